package zmtp

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/google/go-cmp/cmp"
)

// guarded is a context that only ends a test that hangs.
func guarded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), guard)
	t.Cleanup(cancel)
	return ctx
}

func dialTest(t *testing.T, kind Kind, to net.Addr, o Options) *Socket {
	t.Helper()
	s, err := Dial(guarded(t), kind, to.Network(), to.String(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(0) })
	return s
}

func receive(t *testing.T, s *Socket) [][]byte {
	t.Helper()
	frames, err := s.Recv(guarded(t))
	if err != nil {
		t.Fatal(err)
	}
	return frames
}

func send(t *testing.T, s *Socket, frames ...[]byte) {
	t.Helper()
	if err := s.SendWait(guarded(t), frames); err != nil {
		t.Fatal(err)
	}
}

// bodies are frames of every layout: empty, short, long, and too large for one write.
func bodies() [][]byte {
	all := [][]byte{{}, []byte("short"), make([]byte, 255), make([]byte, 256), make([]byte, copied+1), make([]byte, 3<<20)}
	for i, b := range all {
		for j := range b {
			b[j] = byte(i + j*7)
		}
	}
	return all
}

func equalFrames(t *testing.T, want, got [][]byte) {
	t.Helper()
	if !slices.EqualFunc(want, got, bytes.Equal) {
		t.Errorf("got %d frames, %.100q, want %d, %.100q", len(got), got, len(want), want)
	}
}

func TestDealerTalksToRouter(t *testing.T) {
	s := listenTest(t, Router, Options{})
	named, other := dialTest(t, Dealer, s.Addr(), Options{Identity: "me"}), dialTest(t, Dealer, s.Addr(), Options{})
	send(t, named, bodies()...)
	got := receive(t, s)
	equalFrames(t, append([][]byte{[]byte("me")}, bodies()...), got)
	send(t, s, got...)
	equalFrames(t, bodies(), receive(t, named))
	send(t, other, []byte("x"))
	if got := receive(t, s); len(got) != 2 || len(got[0]) != 5 || string(got[1]) != "x" {
		t.Errorf("from the nameless arrived %q", got)
	}
}

func TestDealerTalksToAnotherImplementation(t *testing.T) {
	router := zmq4.NewRouter(context.Background())
	if err := router.Listen("tcp://127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = router.Close() })
	d := dialTest(t, Dealer, router.Addr(), Options{Identity: "me"})
	send(t, d, []byte("ping"), []byte("2"))
	msg, err := router.Recv()
	if err != nil {
		t.Fatal(err)
	}
	if err := router.SendMulti(msg); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]byte{[]byte("ping"), []byte("2")}, receive(t, d)); diff != "" {
		t.Error(diff)
	}
}

func TestSubReceivesEverything(t *testing.T) {
	s := listenTest(t, XPub, Options{Queue: 64 << 10, Welcome: func(topic string) [][]byte { return [][]byte{[]byte("welcome" + topic)} }})
	sub := dialTest(t, Sub, s.Addr(), Options{})
	if got := receive(t, sub); string(got[0]) != "welcome" {
		t.Fatalf("first came %q", got)
	}
	const messages = 3000
	go func() {
		for i := range messages {
			_ = s.SendWait(context.Background(), [][]byte{[]byte("stream"), binary.BigEndian.AppendUint32(make([]byte, i), uint32(i))})
		}
	}()
	for i := range messages {
		if got := receive(t, sub); binary.BigEndian.Uint32(got[1][i:]) != uint32(i) {
			t.Fatalf("message %d is another", i)
		}
	}
}

func TestDialWaitsForAListener(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kernel-1")
	dialled := make(chan *Socket)
	tried := make(chan struct{})
	go func() {
		close(tried)
		s, err := Dial(guarded(t), Dealer, "unix", path, Options{})
		if err != nil {
			t.Error(err)
		}
		dialled <- s
	}()
	<-tried
	s, err := Listen(Router, "unix", path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(0)
	echo(t, s)
	d := <-dialled
	defer d.Close(0)
	send(t, d, []byte("x"))
	if got := receive(t, d); string(got[0]) != "x" {
		t.Errorf("got %q", got)
	}
}

func TestContextEndsDial(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, in the system, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	nobody := &net.UnixAddr{Name: filepath.Join(t.TempDir(), "nobody"), Net: "unix"}
	for name, addr := range map[string]net.Addr{"nobody listens": nobody, "the other side is silent": silent.Addr()} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
			defer cancel()
			if _, err := Dial(ctx, Dealer, addr.Network(), addr.String(), Options{Handshake: guard}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v, want that the deadline is exceeded", err)
			} else if name == "nobody listens" && !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%v does not say why", err)
			}
		})
	}
}

func TestContextDoesNotEndASocket(t *testing.T) {
	s := listenTest(t, Router, Options{})
	echo(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	d, err := Dial(ctx, Dealer, "tcp", s.Addr().String(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(0)
	cancel()
	send(t, d, []byte("x"))
	if got := receive(t, d); string(got[0]) != "x" {
		t.Errorf("got %q", got)
	}
}

func TestWhatCameIsReceivedAfterThePeerIsGone(t *testing.T) {
	s := listenTest(t, Router, Options{})
	d := dialTest(t, Dealer, s.Addr(), Options{Identity: "me"})
	send(t, d, []byte("hello"))
	receive(t, s)         // so it knows the dealer
	const messages = 1000 // more than wait on this side
	for i := range messages {
		send(t, s, []byte("me"), binary.BigEndian.AppendUint32(nil, uint32(i)))
	}
	if err := s.Close(guard); err != nil {
		t.Fatal(err)
	}
	for i := range messages {
		if got := receive(t, d); binary.BigEndian.Uint32(got[0]) != uint32(i) {
			t.Fatalf("message %d is another", i)
		}
	}
	if _, err := d.Recv(guarded(t)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("then %v, want %v", err, net.ErrClosed)
	}
	if err := d.Send([][]byte{[]byte("x")}); !errors.Is(err, ErrNoPeer) {
		t.Errorf("sending then: %v, want %v", err, ErrNoPeer)
	}
}

func TestWhatCameIsReceivedAfterWritingFailed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kernel-1")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		writeAll(t, conn, greeting("NULL", false), readyOf("ROUTER"))
		_, _ = io.CopyN(io.Discard, conn, int64(len(greeting("NULL", false))+len(readyFrom(Dealer))))
		for range 200 {
			writeAll(t, conn, []byte("\x00\x04last"))
		}
		_ = conn.Close()
	}()
	d := dialTest(t, Dealer, l.Addr(), Options{})
	for failed := false; !failed; { // the writer finds out that nobody reads
		_ = d.Send([][]byte{[]byte("hello?")})
		d.mu.Lock()
		p := d.peers[""]
		d.mu.Unlock()
		p.out.mu.Lock()
		failed = p.out.closed
		p.out.mu.Unlock()
	}
	for i := range 200 {
		if got := receive(t, d); string(got[0]) != "last" {
			t.Fatalf("message %d is %q", i, got)
		}
	}
	if _, err := d.Recv(guarded(t)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("then %v, want %v", err, net.ErrClosed)
	}
}

func TestKindsThatDoNotFitAreRefused(t *testing.T) {
	s := listenTest(t, Router, Options{})
	if d, err := Dial(guarded(t), Sub, "tcp", s.Addr().String(), Options{}); err == nil {
		_ = d.Close(0)
		t.Error("a SUB talks to a ROUTER")
	}
}

func TestRecvReturnsAfterClose(t *testing.T) {
	s := listenTest(t, Router, Options{})
	d := dialTest(t, Dealer, s.Addr(), Options{})
	ended := make(chan error)
	go func() {
		_, err := d.Recv(guarded(t))
		ended <- err
	}()
	if err := d.Close(0); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v, want %v", err, net.ErrClosed)
	}
}
