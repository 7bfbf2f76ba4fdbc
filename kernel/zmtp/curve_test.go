package zmtp

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
)

// pair makes keys as a front end does.
func pair() *Curve {
	public, secret := newPair()
	return &Curve{public, secret}
}

// logs collects what a socket logs.
type logs struct {
	mu    sync.Mutex
	lines []string
	more  chan struct{}
}

func newLogs() *logs { return &logs{more: make(chan struct{}, 1)} }

func (l *logs) log(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
	select {
	case l.more <- struct{}{}:
	default:
	}
}

// await returns the first line that says something.
func (l *logs) await(t *testing.T, says string) string {
	t.Helper()
	for ctx := guarded(t); ; {
		l.mu.Lock()
		lines := slices.Clone(l.lines)
		l.mu.Unlock()
		if i := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, says) }); i >= 0 {
			return lines[i]
		}
		select {
		case <-l.more:
		case <-ctx.Done():
			t.Fatalf("none says %q:\n%s", says, strings.Join(lines, "\n"))
		}
	}
}

func TestEncryptedDealerTalksToRouter(t *testing.T) {
	keys := pair()
	s := listenTest(t, Router, Options{Curve: keys})
	d := dialTest(t, Dealer, s.Addr(), Options{Curve: keys, Identity: "me"})
	all := bodies()
	for range 3 {
		send(t, d, all...)
		got := receive(t, s)
		equalFrames(t, slices.Concat([][]byte{[]byte("me")}, all), got)
		send(t, s, got...)
		equalFrames(t, all, receive(t, d))
	}
}

func TestEncryptedSubReceivesEverything(t *testing.T) {
	keys := pair()
	s := listenTest(t, XPub, Options{Curve: keys, Queue: 64 << 10, Welcome: func(topic string) [][]byte { return [][]byte{[]byte("welcome" + topic)} }})
	var subs []*Socket
	for range 3 { // what is published is boxed for each apart
		sub := dialTest(t, Sub, s.Addr(), Options{Curve: keys})
		if got := receive(t, sub); string(got[0]) != "welcome" {
			t.Fatalf("first came %q", got)
		}
		subs = append(subs, sub)
	}
	const messages = 2000
	go func() {
		for i := range messages {
			_ = s.SendWait(context.Background(), [][]byte{[]byte("stream"), binary.BigEndian.AppendUint32(make([]byte, i), uint32(i))})
		}
	}()
	for i := range messages {
		for _, sub := range subs {
			if got := receive(t, sub); binary.BigEndian.Uint32(got[1][i:]) != uint32(i) {
				t.Fatalf("message %d is another", i)
			}
		}
	}
}

// TestNothingOfAMessageIsOnTheWire looks at the bytes that pass.
func TestNothingOfAMessageIsOnTheWire(t *testing.T) {
	keys := pair()
	s := listenTest(t, Router, Options{Curve: keys})
	echo(t, s)
	tap := newTap(t, s.Addr())
	d := dialTest(t, Dealer, tap.addr(), Options{Curve: keys, Identity: "identity-of-the-dealer"})
	send(t, d, []byte("secret words"))
	if got := receive(t, d); string(got[0]) != "secret words" {
		t.Fatalf("got %q", got)
	}
	passed := tap.passed()
	for name, secret := range map[string][]byte{"message": []byte("secret words"), "identity": []byte("identity-of"), "type": []byte("DEALER"),
		"public key": keys.Public[:], "secret key": keys.Secret[:]} {
		if bytes.Contains(passed, secret) {
			t.Errorf("the %s can be read on the wire", name)
		}
	}
}

func TestMechanismsThatDoNotFitAreRefused(t *testing.T) {
	keys := pair()
	for name, test := range map[string]struct {
		listen, dial *Curve
		says         string
	}{
		"client without encryption": {keys, nil, "connect with the curve keys of its connection file"},
		"server without encryption": {nil, keys, "has no curve_publickey"},
		"key of another server":     {keys, pair(), "made for another public key"},
		"secret of another pair":    {keys, &Curve{keys.Public, pair().Secret}, "nobody vouches for it"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLogs()
			s := listenTest(t, Router, Options{Curve: test.listen, Log: l.log})
			d, err := Dial(guarded(t), Dealer, "tcp", s.Addr().String(), Options{Curve: test.dial})
			if err == nil {
				_ = d.Close(0)
				t.Error("they talk to each other")
			}
			line := l.await(t, test.says)
			for _, secret := range []string{string(keys.Secret[:]), fmt.Sprintf("%x", keys.Secret), fmt.Sprint(keys.Secret)} {
				if strings.Contains(line, secret) {
					t.Errorf("a secret is in the log: %s", line)
				}
			}
		})
	}
	if said := fmt.Sprintf("%v %+v %#v %s %v", keys, keys, keys, keys, Options{Curve: keys}); strings.Contains(said, fmt.Sprint(keys.Secret[:4])[1:9]) {
		t.Errorf("keys are printed: %s", said)
	}
}

func TestLibzmqTalksToEncryptedSockets(t *testing.T) {
	keys, l := pair(), newLogs()
	router := listenTest(t, Router, Options{Curve: keys, Log: l.log})
	xpub := listenTest(t, XPub, Options{Curve: keys, Welcome: func(topic string) [][]byte { return [][]byte{[]byte(topic), []byte("welcome")} }})
	go func() {
		for {
			frames, err := router.Recv(context.Background())
			if err != nil {
				return
			}
			if string(frames[1]) != "flood" {
				_ = router.Send(frames)
				continue
			}
			for i := range 5000 {
				_ = xpub.SendWait(context.Background(), [][]byte{[]byte("stream"), []byte(fmt.Sprint(i)), make([]byte, i)})
			}
		}
	}()
	said, err := python(t, keys, "curve_client.py", "tcp://"+router.Addr().String(), "tcp://"+xpub.Addr().String()).Output()
	if want := "wrong server key refused\nwrong pair refused\nplain refused\n"; string(said) != want || err != nil {
		t.Errorf("got %q, %v, want %q", said, err, want)
	}
	for _, why := range []string{"made for another public key", "nobody vouches for it", "security mechanism \"NULL\", want CURVE: this kernel's sockets are encrypted"} {
		l.await(t, why)
	}
}

func TestEncryptedSocketsTalkToLibzmq(t *testing.T) {
	keys, dir := pair(), t.TempDir()
	server := python(t, keys, "curve_server.py", dir)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	sub := dialTest(t, Sub, &net.UnixAddr{Net: "unix", Name: filepath.Join(dir, "xpub")}, Options{Curve: keys})
	for i := range 5000 {
		if got := receive(t, sub); string(got[1]) != fmt.Sprint(i) || len(got[2]) != i {
			t.Fatalf("message %d is number %s of %d bytes", i, got[1], len(got[2]))
		}
	}
	d := dialTest(t, Dealer, &net.UnixAddr{Net: "unix", Name: filepath.Join(dir, "router")}, Options{Curve: keys})
	all := bodies()
	for range 20 {
		send(t, d, all...)
		equalFrames(t, all, receive(t, d))
	}
	send(t, d, []byte("end"))
	if err := server.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := d.Recv(guarded(t)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("then %v, want %v", err, net.ErrClosed)
	}
}

// python prepares a script of testdata that is told the keys.
func python(t *testing.T, keys *Curve, script string, args ...string) *exec.Cmd {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(filepath.Dir(strings.TrimSpace(string(out))), ".venv", "bin", "python")
	if err := exec.Command(program, "-c", "import zmq; assert zmq.has('curve')").Run(); err != nil {
		kerneltest.Lacking(t, "pyzmq with CURVE is not in .venv: run make venv")
	}
	args = slices.Concat([]string{filepath.Join("testdata", script)}, args, []string{hex.EncodeToString(keys.Public[:]), hex.EncodeToString(keys.Secret[:])})
	cmd := exec.CommandContext(guarded(t), program, args...)
	cmd.Stderr = os.Stderr
	return cmd
}

// tap passes a connection on and keeps what passed.
type tap struct {
	listener net.Listener
	mu       sync.Mutex
	bytes    []byte // both ways
	first    []byte // what the one who dialled said
}

func newTap(t *testing.T, to net.Addr) *tap {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	p := &tap{listener: l}
	go func() {
		in, err := l.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial(to.Network(), to.String())
		if err != nil {
			return
		}
		go func() { _, _ = io.Copy(out, io.TeeReader(in, io.MultiWriter(p, (*hearing)(p)))) }()
		_, _ = io.Copy(in, io.TeeReader(out, p))
	}()
	return p
}

func (p *tap) addr() net.Addr { return p.listener.Addr() }

func (p *tap) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes = append(p.bytes, b...)
	return len(b), nil
}

func (p *tap) passed() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Clone(p.bytes)
}

// heard is what the one who dialled said.
func (p *tap) heard() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Clone(p.first)
}

// hearing keeps what one side says.
type hearing tap

func (p *hearing) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.first = append(p.first, b...)
	return len(b), nil
}
