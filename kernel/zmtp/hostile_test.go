package zmtp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

func rawDial(t *testing.T, s *Socket) net.Conn {
	t.Helper()
	conn, err := net.Dial(s.Addr().Network(), s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(guard))
	return conn
}

func writeAll(t *testing.T, w io.Writer, parts ...[]byte) {
	t.Helper()
	if _, err := w.Write(bytes.Join(parts, nil)); err != nil {
		t.Fatal(err)
	}
}

func readN(t *testing.T, r io.Reader, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatal(err)
	}
	return b
}

func command(name, data string) []byte {
	return bytes.Join(packCommand(name, []byte(data)).parts, nil)
}

func readyOf(socketType string) []byte {
	return command("READY", string(property("Socket-Type", socketType)))
}

func readyFrom(kind Kind) []byte {
	return command("READY", string(append(property("Socket-Type", string(kind)), property("Identity", "")...)))
}

// hostile is what strangers say to a port. Each must end that connection alone.
func hostile() map[string][]byte {
	badVersion, badMechanism := greeting("NULL", false), greeting("NULL", false)
	badVersion[10] = 1
	copy(badMechanism[12:], "CURVE")
	in := slices.Clip(append(greeting("NULL", false), readyOf("DEALER")...))
	return map[string][]byte{
		"http":                  []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
		"zeros":                 make([]byte, 1000),
		"ones":                  bytes.Repeat([]byte{0xff}, 1000),
		"old version":           badVersion,
		"other mechanism":       badMechanism,
		"message for READY":     append(greeting("NULL", false), 0, 1, 'x'),
		"other command":         append(greeting("NULL", false), command("HELLO", "")...),
		"empty command":         append(greeting("NULL", false), 4, 0),
		"command name too long": append(greeting("NULL", false), 4, 2, 200, 'x'),
		"no socket type":        append(greeting("NULL", false), command("READY", "")...),
		"wrong socket type":     append(greeting("NULL", false), readyOf("SUB")...),
		"part of a type name":   append(greeting("NULL", false), readyOf("DEAL")...),
		"property cut in name":  append(greeting("NULL", false), command("READY", "\xffSock")...),
		"property cut in size":  append(greeting("NULL", false), command("READY", "\x01S\x00")...),
		"property too long":     append(greeting("NULL", false), command("READY", "\x01S\xff\xff\xff\xff")...),
		"frame of 2^63 bytes":   append(in, 2, 0x80, 0, 0, 0, 0, 0, 0, 0),
		"frame of 2^62 bytes":   append(in, 2, 0x40, 0, 0, 0, 0, 0, 0, 0),
		"frame above limit":     append(in, 2, 0, 0, 0, 0, 0, 1, 0, 0),
		"endless empty frames":  append(in, bytes.Repeat([]byte{1, 0}, 64<<10)...),
		"reserved flags":        append(in, 0xf8, 0),
		"command with more":     append(in, 5, 0),
		"empty late command":    append(in, 4, 0),
		"error command":         append(in, command("ERROR", "\x04quit")...),
	}
}

func TestHostilePeersOnlyHurtThemselves(t *testing.T) {
	s := listenTest(t, Router, Options{MaxSize: 60 << 10})
	echo(t, s)
	for name, bytes := range hostile() {
		t.Run(name, func(t *testing.T) {
			conn := rawDial(t, s)
			_, _ = conn.Write(bytes) // may fail: it can be cut off before it has said everything
			if _, err := io.Copy(io.Discard, conn); err != nil && !leaving(err) {
				t.Errorf("was not disconnected: %v", err)
			}
		})
	}
	d := dial(t, zmq4.NewDealer(context.Background()), s.Addr())
	if got := ask(t, d, []byte("alive")); string(got[0]) != "alive" {
		t.Errorf("got %q", got)
	}
}

func TestSilentConnectionsDoNotHoldUpOthers(t *testing.T) {
	s := listenTest(t, Router, Options{Handshake: guard})
	echo(t, s)
	for range 100 {
		rawDial(t, s)
		writeAll(t, rawDial(t, s), greeting("NULL", false)[:20])
	}
	d := dial(t, zmq4.NewDealer(context.Background()), s.Addr())
	if got := ask(t, d, []byte("alive")); string(got[0]) != "alive" {
		t.Errorf("got %q", got)
	}
}

func TestSilentConnectionIsDisconnected(t *testing.T) {
	refused := make(chan string, 1)
	s := listenTest(t, Router, Options{Handshake: time.Second, Log: func(m string) { refused <- m }})
	conn := rawDial(t, s)
	_, _ = io.Copy(io.Discard, conn)
	if got := <-refused; !strings.Contains(got, "read greeting") {
		t.Errorf("log says %q", got)
	}
}

func TestThousandsOfConnects(t *testing.T) {
	s := listenTest(t, Router, Options{})
	echo(t, s)
	for range 4000 {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
	}
	for greeted := false; !greeted; { // the last ones may fill the places of those that are greeted
		_, err := io.ReadFull(rawDial(t, s), make([]byte, 64))
		greeted = err == nil
	}
	d := dial(t, zmq4.NewDealer(context.Background()), s.Addr())
	if got := ask(t, d, []byte("alive")); string(got[0]) != "alive" {
		t.Errorf("got %q", got)
	}
}

func TestPeerThatOnlyAsksDoesNotFillTheMemory(t *testing.T) {
	s := &Socket{kind: XPub, options: Options{Queue: 1 << 10, Welcome: func(string) [][]byte { return [][]byte{make([]byte, 100)} }}}
	p := newPeer(nil, nil, "", nil) // nobody writes what waits for it
	ping, subscribe := append([]byte("\x04PING\x00\x00"), make([]byte, 100)...), []byte("\x09SUBSCRIBEtopic")
	for range 1000 {
		if err := p.command(s, ping); err != nil {
			t.Fatal(err)
		}
		if err := p.command(s, subscribe); err != nil {
			t.Fatal(err)
		}
	}
	if waits := p.out.waits(); waits > 2<<10 {
		t.Errorf("%d bytes wait for it", waits)
	}
}

func TestSizesOfCommandsAndTopicsAreBounded(t *testing.T) {
	large := make([]byte, maxCommand+1)
	for name, test := range map[string]struct {
		kind Kind
		says []byte
	}{
		"command":      {Router, command("SUBSCRIBE", string(large))},
		"subscription": {XPub, bytes.Join(pack([][]byte{large}).parts, nil)},
	} {
		s := &Socket{kind: test.kind, options: Options{}.withDefaults()}
		p := newPeer(nil, bufio.NewReader(bytes.NewReader(test.says)), "", nil)
		if _, err := p.read(s); !errors.Is(err, ErrOversized) {
			t.Errorf("%s of %d bytes: %v, want %v", name, len(large), err, ErrOversized)
		}
	}
}

// FuzzConnection feeds arbitrary bytes to everything that reads from a peer.
func FuzzConnection(f *testing.F) {
	for _, bytes := range hostile() {
		f.Add(bytes)
	}
	f.Add(append(append(greeting("NULL", false), readyOf("DEALER")...), command("PING", "\x00")...))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bufio.NewReader(bytes.NewReader(b))
		if _, _, err := (handshake{kind: Router, w: io.Discard, r: r}).run(); err != nil {
			return
		}
		s := &Socket{kind: XPub, options: Options{MaxSize: 1 << 16}.withDefaults()}
		p := newPeer(nil, r, "", nil)
		for {
			frames, err := p.read(s)
			if err != nil {
				return
			}
			p.subscription(s, frames)
			p.wants([]byte("stream"))
		}
	})
}
