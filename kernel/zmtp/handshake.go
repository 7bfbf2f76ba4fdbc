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

// handshake greets the peer as one called name, exchanges READY commands and returns the peer's own name.
func handshake(kind Kind, name string, w io.Writer, r *bufio.Reader) (identity []byte, err error) {
	ready := append(property("Socket-Type", string(kind)), property("Identity", name)...)
	if _, err := w.Write(greeting()); err != nil {
		return nil, fmt.Errorf("write greeting: %w", err)
	}
	if err := readGreeting(r); err != nil {
		return nil, err
	}
	p := packCommand("READY", ready)
	if _, err := p.parts.WriteTo(w); err != nil {
		return nil, fmt.Errorf("write READY: %w", err)
	}
	return readReady(kind, r)
}

// greeting is ours: signature, version 3.1, mechanism NULL, not a server, filler.
func greeting() []byte {
	b := make([]byte, 64)
	b[0], b[9] = 0xff, 0x7f
	b[10], b[11] = 3, 1
	copy(b[12:32], "NULL")
	return b
}

func readGreeting(r io.Reader) error {
	var b [64]byte
	if _, err := io.ReadFull(r, b[:10]); err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	if b[0] != 0xff || b[9] != 0x7f {
		return errors.New("read greeting: this is not ZeroMQ")
	}
	if _, err := io.ReadFull(r, b[10:]); err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	if b[10] < 3 {
		return fmt.Errorf("read greeting: ZMTP %d, want 3 (ZeroMQ 4 or newer)", b[10])
	}
	if mechanism := string(bytes.TrimRight(b[12:32], "\x00")); mechanism != "NULL" {
		return fmt.Errorf("read greeting: security mechanism %.20q, want NULL", mechanism)
	}
	return nil
}

func readReady(kind Kind, r *bufio.Reader) ([]byte, error) {
	f, err := readFrame(r, maxCommand)
	if err != nil {
		return nil, fmt.Errorf("read READY: %w", err)
	}
	name, data, err := splitCommand(f.body)
	if err != nil || !f.command || name != "READY" {
		return nil, errors.New("read READY: something else came")
	}
	properties, err := parseProperties(data)
	if err != nil {
		return nil, err
	}
	typ := properties["socket-type"]
	if typ == "" || !strings.Contains(" "+peers[kind]+" ", " "+typ+" ") {
		return nil, fmt.Errorf("read READY: a %.10q socket cannot talk to %s", typ, kind)
	}
	return []byte(properties["identity"]), nil
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
