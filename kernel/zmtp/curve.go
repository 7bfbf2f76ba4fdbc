package zmtp

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"

	"golang.org/x/crypto/nacl/box"
)

// Curve is the key pair of encrypted sockets (the CURVE mechanism, https://rfc.zeromq.org/spec/26/). Who listens is the
// server with this pair; who dials has to know the same Public, and shows the pair as its own, as Jupyter's clients do.
// Like ipykernel, a server takes every client that knows its public key.
type Curve struct{ Public, Secret [32]byte }

// String keeps the keys out of logs.
func (*Curve) String() string { return "CURVE keys" }

// GoString keeps the keys out of logs.
func (*Curve) GoString() string { return "CURVE keys" }

// shared is the key of boxes between the owner of secret and that of public.
func shared(public, secret [32]byte) *[32]byte {
	var key [32]byte
	box.Precompute(&key, &public, &secret)
	return &key
}

// What a frame becomes in a box: MESSAGE, a short nonce, the box with one byte of flags and the body.
const (
	messageName = "\x07MESSAGE"
	curveCost   = len(messageName) + 8 + box.Overhead + 1
)

// Flags in a MESSAGE's box. RFC 26 knows the first; the second is how libzmq, and so everybody, boxes ZMTP 3.1's commands.
const (
	boxedMore    = 1
	boxedCommand = 2
)

// session boxes and opens the frames of one connection. One goroutine may seal while another opens.
type session struct {
	key    *[32]byte
	ours   string // first 16 bytes of the nonces of what this side sends
	theirs string
	sent   uint64 // last short nonce
	seen   uint64
	sealed []byte // room used again
	plain  []byte
}

// shortNonce completes a nonce that counts.
func shortNonce(prefix string, count uint64) *[24]byte {
	var n [24]byte
	binary.BigEndian.PutUint64(n[copy(n[:], prefix):], count)
	return &n
}

// longNonce completes a nonce that is random: its last 16 bytes.
func longNonce(prefix string, random []byte) *[24]byte {
	var n [24]byte
	copy(n[copy(n[:], prefix):], random)
	return &n
}

// next counts what this side sends.
func (s *session) next() uint64 {
	s.sent++
	return s.sent
}

// count checks a nonce of the other side. One that was seen is a replay; one that was left out is a frame that somebody
// took away, for everybody counts by one.
func (s *session) count(nonce uint64) error {
	if nonce != s.seen+1 {
		return fmt.Errorf("number %d came after %d: frames were repeated, lost or put in another order on the way", nonce, s.seen)
	}
	s.seen = nonce
	return nil
}

// pack lays out a message for the socket's peers.
func (s *Socket) pack(frames [][]byte) packed {
	if s.options.Curve == nil {
		return pack(frames)
	}
	return bare(frames)
}

// packCommand lays out a command for the socket's peers.
func (s *Socket) packCommand(name string, data []byte) packed {
	if s.options.Curve == nil {
		return packCommand(name, data)
	}
	p := bare([][]byte{slices.Concat([]byte{byte(len(name))}, []byte(name), data)})
	p.command = true
	return p
}

// bare leaves the layout to seal.
func bare(frames [][]byte) packed {
	var p packed
	for _, f := range frames {
		p.parts = append(p.parts, f)
		p.size += len(f) + curveCost
	}
	return p
}

// keep is how much room is held for the next frames.
const keep = 2 * atOnce

// seal lays out messages for the wire, each frame in a box. The result is good until the next call.
func (s *session) seal(batch []packed) net.Buffers {
	out := s.sealed[:0]
	for _, p := range batch {
		for i, f := range p.parts {
			flags := byte(boxedMore)
			if p.command {
				flags = boxedCommand
			} else if i == len(p.parts)-1 {
				flags = 0
			}
			out = s.sealFrame(out, flags, f)
		}
	}
	if s.sealed = out; cap(out) > keep {
		s.sealed, s.plain = nil, nil
	}
	return net.Buffers{out}
}

func (s *session) sealFrame(out []byte, flags byte, body []byte) []byte {
	s.plain = append(append(s.plain[:0], flags), body...)
	count := s.next()
	out = appendHeader(out, 0, curveCost+len(body)) // as libzmq, a message: only the handshake's frames are commands
	out = binary.BigEndian.AppendUint64(append(out, messageName...), count)
	return box.SealAfterPrecomputation(out, s.plain, shortNonce(s.ours, count), s.key)
}

// open reads a frame and takes it out of its box.
func (s *session) open(r *bufio.Reader, limit int64) (frame, error) {
	f, err := readFrame(r, limit+int64(curveCost), trusted)
	if err != nil {
		return frame{}, err
	}
	if f.more || len(f.body) < curveCost || string(f.body[:len(messageName)]) != messageName {
		return frame{}, errors.New("read MESSAGE: something else came")
	}
	nonce := binary.BigEndian.Uint64(f.body[len(messageName):])
	if err := s.count(nonce); err != nil {
		return frame{}, err
	}
	plain, ok := box.OpenAfterPrecomputation(nil, f.body[len(messageName)+8:], shortNonce(s.theirs, nonce), s.key)
	if !ok {
		return frame{}, errors.New("read MESSAGE: its box does not open: it was changed on the way")
	}
	flags := plain[0]
	if flags&^(boxedMore|boxedCommand) != 0 || flags == boxedMore|boxedCommand {
		return frame{}, fmt.Errorf("read MESSAGE: flags %#02x are not CURVE's", flags)
	}
	return frame{flags&boxedMore != 0, flags&boxedCommand != 0, plain[1:]}, nil
}
