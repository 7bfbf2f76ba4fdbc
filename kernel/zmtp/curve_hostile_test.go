package zmtp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// intruder is a client of encrypted sockets that does as it should until it says something of its own.
type intruder struct {
	conn  net.Conn
	boxes *session
}

// intrude finishes the handshake with the keys.
func intrude(t *testing.T, s *Socket, keys *Curve) *intruder {
	t.Helper()
	conn := rawDial(t, s)
	h := handshake{kind: Dealer, name: "intruder", curve: keys, w: conn, r: bufio.NewReader(conn)}
	_, boxes, err := h.run()
	if err != nil {
		t.Fatal(err)
	}
	return &intruder{conn, boxes}
}

// sealed is the next message of the intruder as it goes over the wire.
func (i *intruder) sealed(frames ...[]byte) []byte {
	return bytes.Clone(bytes.Join(i.boxes.seal([]packed{bare(frames)}), nil))
}

// disconnected checks that the other side hangs up.
func disconnected(t *testing.T, conn net.Conn) {
	t.Helper()
	if _, err := io.Copy(io.Discard, conn); err != nil && !leaving(err) {
		t.Errorf("was not disconnected: %v", err)
	}
}

func TestMessagesThatWereMeddledWithEndTheConnection(t *testing.T) {
	keys := pair()
	for name, test := range map[string]struct {
		says string
		say  func(i *intruder) []byte
	}{
		"replayed": {"number 3 came after 3", func(i *intruder) []byte {
			m := i.sealed([]byte("once"))
			return slices.Concat(m, m)
		}},
		"reordered": {"number 4 came after 2", func(i *intruder) []byte {
			first, second := i.sealed([]byte("first")), i.sealed([]byte("second"))
			return slices.Concat(second, first)
		}},
		"left out": {"number 4 came after 2", func(i *intruder) []byte {
			i.sealed([]byte("lost"))
			return i.sealed([]byte("second"))
		}},
		"changed": {"does not open", func(i *intruder) []byte {
			m := i.sealed([]byte("text"))
			m[len(m)-1]++
			return m
		}},
		"changed in its number": {"number 4 came after 2", func(i *intruder) []byte {
			m := i.sealed([]byte("text"))
			m[2+len(messageName)+7]++
			return m
		}},
		"of another connection": {"does not open", func(i *intruder) []byte {
			i.boxes.key = shared(keys.Public, pair().Secret)
			return i.sealed([]byte("text"))
		}},
		"sent back": {"does not open", func(i *intruder) []byte {
			i.boxes.ours = i.boxes.theirs
			return i.sealed([]byte("text"))
		}},
		"not encrypted":   {"something else came", func(*intruder) []byte { return []byte("\x00\x05plain") }},
		"a plain command": {"something else came", func(*intruder) []byte { return command("PING", "\x00\x00") }},
		"too short a box": {"something else came", func(*intruder) []byte {
			return append([]byte{0, byte(curveCost) - 1}, messageName+strings.Repeat("x", curveCost)...)
		}},
		"in parts outside": {"something else came", func(i *intruder) []byte { m := i.sealed([]byte("text")); m[0] |= flagMore; return m }},
		"above the limit":  {"too large", func(i *intruder) []byte { return i.sealed(make([]byte, 64<<10)) }},
		"of 2^63 bytes":    {"too large", func(*intruder) []byte { return []byte{2, 0x80, 0, 0, 0, 0, 0, 0, 0} }},
		"of 2^63-1 bytes":  {"too large", func(*intruder) []byte { return []byte{2, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff} }},
		"endless in parts": {"too large", func(i *intruder) []byte { return i.sealed(make([][]byte, 4<<10)...) }},
		"with flags of its own": {"flags 0xf8", func(i *intruder) []byte {
			return i.boxes.sealFrame(nil, 0xf8, []byte("text"))
		}},
		"a command with more": {"flags 0x03", func(i *intruder) []byte {
			return i.boxes.sealFrame(nil, boxedMore|boxedCommand, []byte("\x04PING\x00\x00"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLogs()
			s := listenTest(t, Router, Options{Curve: keys, MaxSize: 60 << 10, Log: l.log})
			i := intrude(t, s, keys)
			_, _ = i.conn.Write(test.say(i)) // may fail: it can be cut off before it has said everything
			disconnected(t, i.conn)
			l.await(t, test.says)
		})
	}
}

// TestCutFramesHurtNobody ends a conversation after each of its bytes.
func TestCutFramesHurtNobody(t *testing.T) {
	keys := pair()
	s := listenTest(t, Router, Options{Curve: keys})
	echo(t, s)
	tap := newTap(t, s.Addr())
	d := dialTest(t, Dealer, tap.addr(), Options{Curve: keys})
	send(t, d, []byte("text"))
	receive(t, d)
	said := tap.heard()
	for n := 0; n < len(said); n += 3 {
		conn := rawDial(t, s)
		writeAll(t, conn, said[:n])
		_ = conn.(*net.TCPConn).CloseWrite()
		disconnected(t, conn)
		_ = conn.Close()
	}
	conn := rawDial(t, s) // all of it again: the cookie is that of another connection
	writeAll(t, conn, said)
	disconnected(t, conn)
	d = dialTest(t, Dealer, s.Addr(), Options{Curve: keys})
	send(t, d, []byte("alive"))
	if got := receive(t, d); string(got[0]) != "alive" {
		t.Errorf("got %q", got)
	}
}

func TestConversationSaidAgainIsRefused(t *testing.T) {
	keys, l := pair(), newLogs()
	s := listenTest(t, Router, Options{Curve: keys, Log: l.log})
	tap := newTap(t, s.Addr())
	d := dialTest(t, Dealer, tap.addr(), Options{Curve: keys})
	send(t, d, []byte("text"))
	receive(t, s)
	conn := rawDial(t, s)
	writeAll(t, conn, tap.heard())
	disconnected(t, conn)
	l.await(t, "its cookie is not this connection's")
}

func TestKeyWithoutStrengthOpensNothing(t *testing.T) {
	keys, l := pair(), newLogs()
	s := listenTest(t, Router, Options{Curve: keys, Log: l.log})
	conn := rawDial(t, s)
	// The product of this key and any secret is zero: HELLO and WELCOME open without the server's key. The vouch does not.
	s1 := &session{key: shared([32]byte{}, pair().Secret)}
	h := handshake{kind: Dealer, curve: &Curve{}, w: conn, r: bufio.NewReader(conn)}
	writeAll(t, conn, greeting("CURVE", false))
	if err := readGreeting(h.r, "CURVE"); err != nil {
		t.Fatal(err)
	}
	hello := slices.Concat([]byte{1, 0}, make([]byte, 72+32), s1.sealCommand("CurveZMQHELLO---", make([]byte, 64)))
	if err := h.say("HELLO", hello); err != nil {
		t.Fatal(err)
	}
	welcome, err := h.hear("WELCOME")
	if err != nil {
		t.Fatal(err)
	}
	server, cookie, err := readWelcome(welcome, s1.key)
	if err != nil {
		t.Fatal(err)
	}
	guess := pair()
	text := slices.Concat(guess.vouch([32]byte{}, server), property("Socket-Type", "DEALER"))
	if err := h.say("INITIATE", slices.Concat(cookie, s1.sealCommand("CurveZMQINITIATE", text))); err != nil {
		t.Fatal(err)
	}
	disconnected(t, conn)
	l.await(t, "nobody vouches for it")
}

func TestEncryptedSocketForgetsSilentPeers(t *testing.T) {
	keys, l := pair(), newLogs()
	s := listenTest(t, Router, Options{Curve: keys, Handshake: 300 * time.Millisecond, Log: l.log})
	for _, says := range []string{"read greeting", "read HELLO"} {
		conn := rawDial(t, s)
		if says == "read HELLO" {
			writeAll(t, conn, greeting("CURVE", false))
		}
		disconnected(t, conn)
		l.await(t, says)
	}
}

func TestServerThatRefusesSaysWhy(t *testing.T) {
	ours, theirs := net.Pipe()
	defer ours.Close()
	go func() {
		_, _ = theirs.Read(make([]byte, 64))
		_, _ = theirs.Write(greeting("CURVE", true))
		_, _ = theirs.Read(make([]byte, 1<<10))
		_, _ = theirs.Write(command("ERROR", "\x03400"))
	}()
	_, _, err := (handshake{kind: Dealer, curve: pair(), w: ours, r: bufio.NewReader(ours)}).run()
	if err == nil || !strings.Contains(err.Error(), "refuses") || !strings.Contains(err.Error(), "400") {
		t.Errorf("%v does not say so", err)
	}
}

// FuzzCurve feeds a conversation that arbitrary bytes were put into to each side of the handshake, and to what comes behind.
func FuzzCurve(f *testing.F) {
	keys := pair()
	for _, server := range []bool{true, false} {
		for at := range 4 {
			f.Add(server, uint8(at), uint16(40), []byte{1})
		}
		f.Add(server, uint8(2), uint16(0), []byte{2, 0x80, 0, 0, 0, 0, 0, 0, 0})
	}
	f.Fuzz(func(t *testing.T, server bool, write uint8, at uint16, junk []byte) {
		a, b := net.Pipe()
		defer a.Close()
		defer b.Close()
		for _, c := range []net.Conn{a, b} {
			_ = c.SetDeadline(time.Now().Add(100 * time.Millisecond)) // one whose rest is missing waits for it
		}
		ended := make(chan error, 1)
		go func() {
			ended <- talk(handshake{kind: Router, curve: keys, server: server, w: a, r: bufio.NewReader(a)})
			_ = a.Close()
		}()
		meddler := &meddler{Conn: b, write: int(write), at: int(at), junk: junk}
		_ = talk(handshake{kind: Dealer, curve: keys, server: !server, w: meddler, r: bufio.NewReader(b)})
		_ = b.Close()
		if err := <-ended; errors.Is(err, errOther) {
			t.Errorf("%x at %d of write %d: %v", junk, at, write, err)
		}
	})
}

var errOther = errors.New("another message came than was sent")

// talk shakes hands, sends a message and reads one.
func talk(h handshake) error {
	_, boxes, err := h.run()
	if err != nil {
		return err
	}
	written := make(chan error, 1)
	go func() {
		sealed := boxes.seal([]packed{bare([][]byte{[]byte("topic"), []byte("text")})})
		_, err := sealed.WriteTo(h.w)
		written <- err
	}()
	p := newPeer(nil, h.r, "", boxes)
	frames, err := p.read(&Socket{kind: Router, options: Options{MaxSize: 1 << 16}.withDefaults()})
	if err == nil && fmt.Sprintf("%s", frames) != "[topic text]" {
		err = errOther
	}
	return errors.Join(err, <-written)
}

// meddler overwrites bytes of one write.
type meddler struct {
	net.Conn
	write, at int
	junk      []byte
}

func (m *meddler) Write(b []byte) (int, error) {
	m.write--
	if m.write == -1 && m.at < len(b) {
		other := bytes.Clone(b)
		copy(other[m.at:], m.junk)
		b = other
	}
	return m.Conn.Write(b)
}
