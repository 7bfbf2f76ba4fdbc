package zmtp

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/nacl/box"
	"golang.org/x/crypto/nacl/secretbox"
)

// Sizes of the handshake's commands behind their names (RFC 26, "High-level Grammar").
const (
	helloSize   = 2 + 72 + 32 + 8 + 64 + box.Overhead
	cookieSize  = 16 + 32 + 32 + secretbox.Overhead
	welcomeSize = 16 + 32 + cookieSize + box.Overhead
	vouchSize   = 16 + 32 + 32 + box.Overhead
)

// welcome is the server's side: HELLO comes, WELCOME goes, INITIATE comes, READY goes.
func (h handshake) welcome(ours []byte) (*session, []byte, error) {
	hello, err := h.hear("HELLO")
	if err != nil {
		return nil, nil, err
	}
	client, count, err := h.curve.readHello(hello)
	if err != nil {
		return nil, nil, err
	}
	var key [32]byte // of the cookie
	randomly(key[:])
	if err := h.say("WELCOME", h.curve.makeWelcome(client, &key)); err != nil {
		return nil, nil, err
	}
	initiate, err := h.hear("INITIATE")
	if err != nil {
		return nil, nil, err
	}
	s := &session{ours: "CurveZMQMESSAGES", theirs: "CurveZMQMESSAGEC", seen: count}
	theirs, err := h.curve.readInitiate(s, client, &key, initiate)
	if err != nil {
		return nil, nil, err
	}
	return s, theirs, h.say("READY", s.sealCommand("CurveZMQREADY---", ours))
}

// helloStart is the version, and what makes HELLO longer than the answer.
func helloStart() []byte { return append([]byte{1, 0}, make([]byte, 72)...) }

// readHello returns the client's key for this connection and the number of its command.
func (c *Curve) readHello(hello []byte) (client [32]byte, count uint64, err error) {
	if len(hello) != helloSize || !bytes.Equal(hello[:74], helloStart()) {
		return client, 0, errors.New("read HELLO: it is not of CURVE 1.0")
	}
	client = [32]byte(hello[74:106])
	count = binary.BigEndian.Uint64(hello[106:])
	zeros, ok := box.Open(nil, hello[114:], shortNonce("CurveZMQHELLO---", count), &client, &c.Secret)
	if !ok || !bytes.Equal(zeros, make([]byte, 64)) {
		return client, 0, errors.New("read HELLO: its box does not open: it was made for another public key than this kernel's; connect with the connection file of this kernel")
	}
	return client, count, nil
}

// makeWelcome tells the client this connection's key, whose secret half is remembered in the cookie alone.
func (c *Curve) makeWelcome(client [32]byte, key *[32]byte) []byte {
	public, secret := newPair()
	text := slices.Concat(public[:], makeCookie(client, secret, key))
	welcome := randomly(make([]byte, 16))
	return box.Seal(welcome, text, longNonce("WELCOME-", welcome), &client, &c.Secret)
}

func makeCookie(client, secret [32]byte, key *[32]byte) []byte {
	cookie := randomly(make([]byte, 16))
	return secretbox.Seal(cookie, slices.Concat(client[:], secret[:]), longNonce("COOKIE--", cookie), key)
}

// openCookie returns the secret half of the connection's key.
func openCookie(cookie []byte, client [32]byte, key *[32]byte) ([32]byte, error) {
	text, ok := secretbox.Open(nil, cookie[16:], longNonce("COOKIE--", cookie[:16]), key)
	if !ok || [32]byte(text) != client {
		return [32]byte{}, errors.New("read INITIATE: its cookie is not this connection's")
	}
	return [32]byte(text[32:]), nil
}

// readInitiate sets the session's key and returns the client's properties. Only who knows the server's public key can
// make the vouch, and only who has the secret half of the client's pair.
func (c *Curve) readInitiate(s *session, client [32]byte, key *[32]byte, initiate []byte) ([]byte, error) {
	if len(initiate) < cookieSize+8+32+vouchSize+box.Overhead {
		return nil, errors.New("read INITIATE: it is cut off")
	}
	secret, err := openCookie(initiate[:cookieSize], client, key)
	if err != nil {
		return nil, err
	}
	s.key = shared(client, secret)
	text, err := s.openCommand("CurveZMQINITIATE", initiate[cookieSize:])
	if err != nil {
		return nil, fmt.Errorf("read INITIATE: %w", err)
	}
	permanent, vouch := [32]byte(text), text[32:32+vouchSize]
	said, ok := box.Open(nil, vouch[16:], longNonce("VOUCH---", vouch[:16]), &permanent, &secret)
	if !ok || [32]byte(said) != client || [32]byte(said[32:]) != c.Public {
		return nil, errors.New("read INITIATE: nobody vouches for it")
	}
	return text[32+vouchSize:], nil
}

// initiate is the client's side: HELLO goes, WELCOME comes, INITIATE goes, READY comes.
func (h handshake) initiate(ours []byte) (*session, []byte, error) {
	public, secret := newPair()
	s := &session{ours: "CurveZMQMESSAGEC", theirs: "CurveZMQMESSAGES", key: shared(h.curve.Public, secret)}
	hello := slices.Concat(helloStart(), public[:], s.sealCommand("CurveZMQHELLO---", make([]byte, 64)))
	if err := h.say("HELLO", hello); err != nil {
		return nil, nil, err
	}
	welcome, err := h.hear("WELCOME")
	if err != nil {
		return nil, nil, err
	}
	server, cookie, err := readWelcome(welcome, s.key)
	if err != nil {
		return nil, nil, err
	}
	s.key = shared(server, secret)
	text := slices.Concat(h.curve.vouch(public, server), ours)
	if err := h.say("INITIATE", slices.Concat(cookie, s.sealCommand("CurveZMQINITIATE", text))); err != nil {
		return nil, nil, err
	}
	ready, err := h.hear("READY")
	if err != nil {
		return nil, nil, err
	}
	theirs, err := s.openCommand("CurveZMQREADY---", ready)
	if err != nil {
		return nil, nil, fmt.Errorf("read READY: %w", err)
	}
	return s, theirs, nil
}

func readWelcome(welcome []byte, key *[32]byte) (server [32]byte, cookie []byte, err error) {
	if len(welcome) != welcomeSize {
		return server, nil, errors.New("read WELCOME: it is not of CURVE 1.0")
	}
	text, ok := box.OpenAfterPrecomputation(nil, welcome[16:], longNonce("WELCOME-", welcome[:16]), key)
	if !ok {
		return server, nil, errors.New("read WELCOME: its box does not open: the other side has other keys")
	}
	return [32]byte(text), text[32:], nil
}

// vouch is this side's own public key, and its word for the connection's.
func (c *Curve) vouch(public, server [32]byte) []byte {
	nonce := randomly(make([]byte, 16))
	sealed := box.Seal(nonce, slices.Concat(public[:], c.Public[:]), longNonce("VOUCH---", nonce), &server, &c.Secret)
	return slices.Concat(c.Public[:], sealed)
}

// sealCommand is a short nonce and the box of text.
func (s *session) sealCommand(prefix string, text []byte) []byte {
	count := s.next()
	return box.SealAfterPrecomputation(binary.BigEndian.AppendUint64(nil, count), text, shortNonce(prefix, count), s.key)
}

func (s *session) openCommand(prefix string, data []byte) ([]byte, error) {
	if len(data) < 8+box.Overhead {
		return nil, errors.New("it is cut off")
	}
	count := binary.BigEndian.Uint64(data)
	if err := s.count(count); err != nil {
		return nil, err
	}
	text, ok := box.OpenAfterPrecomputation(nil, data[8:], shortNonce(prefix, count), s.key)
	if !ok {
		return nil, errors.New("its box does not open: it was changed on the way")
	}
	return text, nil
}

// newPair makes the keys of one connection.
func newPair() (public, secret [32]byte) {
	p, s, err := box.GenerateKey(rand.Reader)
	if err != nil {
		panic(err) // crypto/rand never fails
	}
	return *p, *s
}

// randomly fills b.
func randomly(b []byte) []byte {
	_, _ = rand.Read(b) // never fails, and ends the program where the system has no randomness
	return b
}
