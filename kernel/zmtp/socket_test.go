package zmtp

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/google/go-cmp/cmp"
)

// guard bounds whatever must happen; it decides nothing but whether a test hangs.
const guard = 3 * time.Minute

func listenTest(t *testing.T, kind Kind, o Options) *Socket {
	t.Helper()
	s, err := Listen(kind, "tcp", "127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(0) })
	return s
}

// dial connects a socket of go-zeromq, an implementation of ZMTP that is not ours.
func dial(t *testing.T, sock zmq4.Socket, addr net.Addr) zmq4.Socket {
	t.Helper()
	endpoint := "tcp://" + addr.String()
	if addr.Network() == "unix" {
		endpoint = "ipc://" + addr.String()
	}
	if err := sock.Dial(endpoint); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sock.Close() })
	return sock
}

func echo(t *testing.T, s *Socket) {
	ctx, cancel := context.WithTimeout(context.Background(), guard)
	t.Cleanup(cancel)
	go func() {
		for {
			frames, err := s.Recv(ctx)
			if err != nil {
				return
			}
			_ = s.Send(frames)
		}
	}()
}

// ask sends frames through a dealer and returns what comes back.
func ask(t *testing.T, d zmq4.Socket, frames ...[]byte) [][]byte {
	t.Helper()
	if err := d.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
		t.Fatal(err)
	}
	msg, err := d.Recv()
	if err != nil {
		t.Fatal(err)
	}
	return msg.Frames
}

func TestRouterAnswersEachPeer(t *testing.T) {
	s := listenTest(t, Router, Options{})
	echo(t, s)
	ctx := context.Background()
	named := dial(t, zmq4.NewDealer(ctx, zmq4.WithID(zmq4.SocketIdentity("me"))), s.Addr())
	other := dial(t, zmq4.NewDealer(ctx), s.Addr())
	for _, size := range []int{0, 1, 255, 256, copied, copied + 1, trusted + 1} {
		body := []byte(strings.Repeat("x", size))
		got := ask(t, named, []byte("a"), body, []byte{})
		if len(got) != 3 || !bytes.Equal(got[1], body) {
			t.Errorf("%d bytes: got %d frames back, or others", size, len(got))
		}
	}
	if got := ask(t, other, []byte("b")); string(got[0]) != "b" {
		t.Errorf("other peer got %q", got)
	}
}

func TestHeartbeatOfRequestSocket(t *testing.T) {
	s := listenTest(t, Router, Options{})
	echo(t, s)
	req := dial(t, zmq4.NewReq(context.Background()), s.Addr())
	if got := ask(t, req, []byte("ping")); string(got[0]) != "ping" {
		t.Errorf("got %q", got)
	}
}

func TestIdentityMovesToTheNewConnection(t *testing.T) {
	s := listenTest(t, Router, Options{})
	echo(t, s)
	for i := range 3 {
		d := dial(t, zmq4.NewDealer(context.Background(), zmq4.WithID(zmq4.SocketIdentity("me"))), s.Addr())
		want := fmt.Sprint(i)
		if got := ask(t, d, []byte(want)); string(got[0]) != want {
			t.Errorf("connection %d got %q", i, got)
		}
	}
}

func subscribe(t *testing.T, s *Socket, topic string) zmq4.Socket {
	t.Helper()
	sub := dial(t, zmq4.NewSub(context.Background()), s.Addr())
	if err := sub.SetOption(zmq4.OptionSubscribe, topic); err != nil {
		t.Fatal(err)
	}
	return sub
}

func TestSubscribersAreWelcomedAndGetTheirTopics(t *testing.T) {
	s := listenTest(t, XPub, Options{Welcome: func(topic string) [][]byte { return [][]byte{[]byte(topic), []byte("welcome")} }})
	sub := subscribe(t, s, "st")
	first, err := sub.Recv()
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{"other", "status", "stream", ""} {
		if err := s.Send([][]byte{[]byte(topic), []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	got := []string{string(first.Frames[1])}
	for range 2 {
		msg, err := sub.Recv()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(msg.Frames[0]))
	}
	if diff := cmp.Diff([]string{"welcome", "status", "stream"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFloodLosesNothingAndStaysBounded(t *testing.T) {
	s := listenTest(t, XPub, Options{Queue: 1 << 20, Welcome: func(string) [][]byte { return [][]byte{{}, {}} }})
	sub := subscribe(t, s, "")
	if _, err := sub.Recv(); err != nil {
		t.Fatal(err)
	}
	const messages, size = 2000, 16 << 10
	go func() {
		for i := range messages {
			body := make([]byte, size)
			binary.BigEndian.PutUint32(body, uint32(i))
			_ = s.SendWait(context.Background(), [][]byte{[]byte("stream"), body})
			for _, p := range s.all() {
				p.out.mu.Lock()
				if p.out.size > 1<<20+2*size {
					t.Errorf("%d bytes wait for the subscriber", p.out.size)
				}
				p.out.mu.Unlock()
			}
		}
	}()
	for i := range messages {
		msg, err := sub.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if got := binary.BigEndian.Uint32(msg.Frames[1]); int(got) != i {
			t.Fatalf("message %d came as number %d", got, i)
		}
	}
}

func TestPeerThatTakesNothingIsDropped(t *testing.T) {
	var dropped atomic.Int32
	s := listenTest(t, XPub, Options{Queue: 1 << 20, Stall: 50 * time.Millisecond, Log: func(string) { dropped.Add(1) }})
	conn := rawDial(t, s)
	writeAll(t, conn, greeting("NULL", false), readyOf("SUB"), command("SUBSCRIBE", ""))
	deadline := time.Now().Add(guard)
	for dropped.Load() == 0 && time.Now().Before(deadline) {
		_ = s.SendWait(context.Background(), [][]byte{{}, make([]byte, 1<<20)})
	}
	if dropped.Load() != 1 || len(s.all()) != 0 {
		t.Errorf("dropped %d times, %d peers left", dropped.Load(), len(s.all()))
	}
}

func TestCancelledSenderDoesNotWait(t *testing.T) {
	s := listenTest(t, XPub, Options{Queue: 1, Stall: guard})
	conn := rawDial(t, s)
	writeAll(t, conn, greeting("NULL", false), readyOf("SUB"), command("SUBSCRIBE", ""))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 64 { // more than the system buffers
		if err := s.SendWait(ctx, [][]byte{{}, make([]byte, 1<<20)}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPingIsAnswered(t *testing.T) {
	s := listenTest(t, Router, Options{})
	conn := rawDial(t, s)
	writeAll(t, conn, greeting("NULL", false), readyOf("DEALER"), command("PING", "\x00\x01ctx"))
	want := append(greeting("NULL", false), readyFrom(Router)...)
	want = append(want, command("PONG", "ctx")...)
	if diff := cmp.Diff(want, readN(t, conn, len(want))); diff != "" {
		t.Error(diff)
	}
}

func TestUnixSocketOfADeadProcessIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kernel-1")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	_ = dead.Close()
	s, err := Listen(Router, "unix", path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can connect: %v, %v", info, err)
	}
	echo(t, s)
	d := dial(t, zmq4.NewDealer(context.Background()), s.Addr())
	if got := ask(t, d, []byte("x")); string(got[0]) != "x" {
		t.Errorf("got %q", got)
	}
	if _, err := Listen(Router, "unix", path, Options{}); err == nil || !isInUse(err) {
		t.Errorf("second listener: %v, want address in use", err)
	}
	_ = s.Close(time.Second)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("socket file after Close: %v", err)
	}
}

func TestFileInThePlaceOfAUnixSocketIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kernel-1")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(Router, "unix", path, Options{}); err == nil || !isInUse(err) {
		t.Errorf("listen: %v, want address in use", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "precious" {
		t.Errorf("the file is gone: %q, %v", b, err)
	}
}

func isInUse(err error) bool { return strings.Contains(err.Error(), syscall.EADDRINUSE.Error()) }

func TestCloseLetsWaitingMessagesLeave(t *testing.T) {
	s := listenTest(t, XPub, Options{Welcome: func(string) [][]byte { return [][]byte{{}, {}} }})
	sub := subscribe(t, s, "")
	if _, err := sub.Recv(); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		_ = s.Send([][]byte{{}, make([]byte, 64<<10)})
	}
	go func() { _ = s.Close(guard) }()
	for i := range 100 {
		if _, err := sub.Recv(); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
}

func TestWhoTakesNothingKeepsWhatIsOffered(t *testing.T) {
	s := listenTest(t, XPub, Options{Queue: 1 << 20, Stall: time.Millisecond, Log: func(m string) { t.Error(m) }, Welcome: func(string) [][]byte { return [][]byte{{}} }})
	sub := dialTest(t, Sub, s.Addr(), Options{})
	receive(t, sub)
	ctx, cancel := context.WithCancel(context.Background())
	offered := make(chan int)
	go func() {
		n := 0
		for s.Offer(ctx, [][]byte{{}, make([]byte, 64<<10)}) == nil {
			n++
		}
		offered <- n
	}()
	full := func() bool { return s.all()[0].out.waits() >= 1<<20 }
	for end := time.Now().Add(guard); !full() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond) // many times as long as a peer may take nothing
	cancel()
	n := <-offered
	if waits := s.all()[0].out.waits(); waits > 1<<20+65<<10 {
		t.Errorf("%d bytes wait", waits)
	}
	for range n {
		receive(t, sub)
	}
}

// TestWhoIsSuspendedHoldsNobodyUp has one of two receivers take nothing: the other gets all that is offered, and the first one what comes once
// it takes something again.
func TestWhoIsSuspendedHoldsNobodyUp(t *testing.T) {
	const queue = 1 << 20
	s := listenTest(t, XPub, Options{Queue: queue, Patience: 20 * time.Millisecond, Log: func(m string) { t.Error(m) }, Welcome: func(string) [][]byte { return [][]byte{{}} }})
	awake, suspended := dialTest(t, Sub, s.Addr(), Options{}), dialTest(t, Sub, s.Addr(), Options{})
	receive(t, awake)
	receive(t, suspended)
	offer := func(text string) {
		t.Helper()
		if err := s.Offer(guarded(t), [][]byte{{}, append(make([]byte, 64<<10), text...)}); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, awake); !strings.HasSuffix(string(got[1]), text) {
			t.Fatalf("received %q, want %s", got[1][64<<10:], text)
		}
	}
	behind := func() bool { return slices.ContainsFunc(s.all(), func(p *peer) bool { return p.behind.Load() }) }
	for n := 0; !behind(); n++ {
		offer(fmt.Sprint("first ", n))
	}
	for n := range 100 {
		offer(fmt.Sprint("missed ", n))
	}
	for _, p := range s.all() {
		if waits := p.out.waits(); waits > queue+65<<10 {
			t.Errorf("%d bytes wait", waits)
		}
	}
	late := 0
	for got := ""; !strings.HasPrefix(got, "last"); {
		offer("last")
		if got = string(receive(t, suspended)[1][64<<10:]); strings.HasPrefix(got, "missed") {
			late++ // the system may have taken a little more
		}
	}
	if late > 50 {
		t.Errorf("of 100 messages that were not for it %d came after all", late)
	}
}
