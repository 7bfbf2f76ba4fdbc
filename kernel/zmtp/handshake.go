package zmtp

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// peers lists, for each kind of socket, the socket types that it talks to.
var peers = map[Kind]string{Router: "DEALER REQ ROUTER", XPub: "SUB XSUB", Dealer: "ROUTER REP DEALER", Sub: "PUB XPUB"}

// maxCommand bounds commands and subscriptions.
const maxCommand = 64 << 10

// handshake is what two sides say to each other before the first message.
type handshake struct {
	kind   Kind
	name   string // identity
	curve  *Curve // nil for the NULL mechanism
	server bool   // which side of CURVE this is
	w      io.Writer
	r      *bufio.Reader
}

// run greets the peer, exchanges properties and returns the peer's own name, and what boxes its frames.
func (h handshake) run() (identity string, boxes *session, err error) {
	if err := h.greet(); err != nil {
		return "", nil, err
	}
	var theirs []byte
	ours := append(property("Socket-Type", string(h.kind)), property("Identity", h.name)...)
	switch {
	case h.curve == nil:
		theirs, err = h.exchange(ours)
	case h.server:
		boxes, theirs, err = h.welcome(ours)
	default:
		boxes, theirs, err = h.initiate(ours)
	}
	if err != nil {
		return "", nil, err
	}
	identity, err = h.meet(theirs)
	return identity, boxes, err
}

// greet exchanges greetings. The server of CURVE keeps its mechanism back until it knows the other's: a client that does
// not encrypt hangs up when it reads of it, often before it told its own, and then nobody could say why it was refused.
func (h handshake) greet() error {
	ours, first := greeting(h.mechanism(), h.curve != nil && h.server), 64
	if h.curve != nil && h.server {
		first = 12
	}
	if _, err := h.w.Write(ours[:first]); err != nil {
		return fmt.Errorf("write greeting: %w", err)
	}
	if err := readGreeting(h.r, h.mechanism()); err != nil {
		return err
	}
	if first == len(ours) {
		return nil
	}
	if _, err := h.w.Write(ours[first:]); err != nil {
		return fmt.Errorf("write greeting: %w", err)
	}
	return nil
}

func (h handshake) mechanism() string {
	if h.curve == nil {
		return "NULL"
	}
	return "CURVE"
}

// exchange is the NULL mechanism: each side says READY.
func (h handshake) exchange(ours []byte) ([]byte, error) {
	if err := h.say("READY", ours); err != nil {
		return nil, err
	}
	return h.hear("READY")
}

// say writes a command.
func (h handshake) say(name string, data []byte) error {
	p := packCommand(name, data)
	if _, err := p.parts.WriteTo(h.w); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// hear reads the command that has to come, and returns what follows its name.
func (h handshake) hear(name string) ([]byte, error) {
	f, err := readFrame(h.r, maxCommand, maxCommand)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	came, data, err := splitCommand(f.body)
	if err == nil && f.command && came == "ERROR" {
		return nil, fmt.Errorf("read %s: the other side refuses: %.200q", name, data)
	}
	if err != nil || !f.command || came != name {
		return nil, fmt.Errorf("read %s: something else came", name)
	}
	return data, nil
}

// greeting is ours: signature, version 3.1, mechanism, whether it is the server, filler.
func greeting(mechanism string, server bool) []byte {
	b := make([]byte, 64)
	b[0], b[9] = 0xff, 0x7f
	b[10], b[11] = 3, 1
	copy(b[12:32], mechanism)
	if server {
		b[32] = 1
	}
	return b
}

func readGreeting(r io.Reader, mechanism string) error {
	var b [64]byte
	if _, err := io.ReadFull(r, b[:10]); err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	if b[0] != 0xff || b[9] != 0x7f {
		return errors.New("read greeting: this is not ZeroMQ")
	}
	if _, err := io.ReadFull(r, b[10:]); err != nil { // libzmq hangs up before it tells its own mechanism
		return fmt.Errorf("read greeting: it does not answer to security mechanism %s (%s): %w", mechanism, advice[mechanism], err)
	}
	if b[10] < 3 {
		return fmt.Errorf("read greeting: ZMTP %d, want 3 (ZeroMQ 4 or newer)", b[10])
	}
	if theirs := string(bytes.TrimRight(b[12:32], "\x00")); theirs != mechanism {
		return fmt.Errorf("read greeting: security mechanism %.20q, want %s: %s", theirs, mechanism, advice[mechanism])
	}
	return nil
}

// advice says to whom the other mechanism is spoken what to do, by the mechanism of this side.
var advice = map[string]string{
	"NULL":  "this kernel's connection file has no curve_publickey, so nothing is encrypted",
	"CURVE": "this kernel's sockets are encrypted, connect with the curve keys of its connection file",
}

// meet checks the other side's properties and returns its name.
func (h handshake) meet(data []byte) (string, error) {
	properties, err := parseProperties(data)
	if err != nil {
		return "", err
	}
	typ := properties["socket-type"]
	if typ == "" || !strings.Contains(" "+peers[h.kind]+" ", " "+typ+" ") {
		return "", fmt.Errorf("read READY: a %.10q socket cannot talk to %s", typ, h.kind)
	}
	return properties["identity"], nil
}

// property encodes one property of a READY command.
func property(name, value string) []byte {
	b := append([]byte{byte(len(name))}, name...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

// parseProperties decodes a READY command's properties; their names are case-insensitive.
func parseProperties(b []byte) (map[string]string, error) {
	properties := map[string]string{}
	for len(b) > 0 {
		n := 1 + int(b[0])
		if len(b) < n+4 {
			return nil, errors.New("read READY: a property is cut off")
		}
		end := uint64(n) + 4 + uint64(binary.BigEndian.Uint32(b[n:]))
		if end > uint64(len(b)) {
			return nil, errors.New("read READY: a property is cut off")
		}
		properties[strings.ToLower(string(b[1:n]))] = string(b[n+4 : end])
		b = b[end:]
	}
	return properties, nil
}
