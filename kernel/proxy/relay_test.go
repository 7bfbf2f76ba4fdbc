//go:build unix

package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

// serveKernel is set in the environment of this binary when it is the kernel that is wrapped.
const serveKernel = "PROXY_TEST_KERNEL"

func TestMain(m *testing.M) {
	if os.Getenv(serveKernel) != "" {
		if err := serve(os.Args[len(os.Args)-1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serve is a kernel whose engine is the one for tests.
func serve(file string) error {
	connection, err := wire.ReadConnection(file)
	if err != nil {
		return err
	}
	id, log := tracker.NewID(), slog.New(slog.DiscardHandler)
	sockets, err := kernel.OpenSockets(connection, id, log)
	if err != nil {
		return err
	}
	session := kernel.OpenSession(kernel.SessionOptions{ID: id, Engine: kerneltest.NewEngine(), Log: log})
	server := kernel.NewServer(kernel.ServerOptions{Session: session, Channels: sockets, Log: log})
	return errors.Join(server.Serve(context.Background()), sockets.Close(time.Second))
}

// stand is a wrapped kernel with a front end.
type stand struct {
	*kerneltest.FrontEnd
	relay    *Relay
	link     *Link
	recorder *kerneltest.Recorder
	served   chan error
}

func newStand(t *testing.T, change ...func(*RelayOptions)) *stand {
	t.Helper()
	t.Setenv(serveKernel, "1")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	child, err := StartChild(ChildOptions{Spec: kernelspec.Spec{Dir: dir, Argv: []string{self, "{connection_file}"}, InterruptMode: "message"}, Key: "a key", Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = child.Close() })
	s := &stand{recorder: &kerneltest.Recorder{}, served: make(chan error, 1)}
	id := tracker.NewID()
	ctx, cancel := context.WithTimeout(context.Background(), kerneltest.Guard)
	defer cancel()
	if s.link, err = Open(ctx, LinkOptions{Child: child, Session: id}); err != nil {
		t.Fatal(err)
	}
	front := wire.Connection{Transport: "ipc", IP: filepath.Join(dir, "f"), ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HBPort: 5, Key: "a key"}
	sockets, err := kernel.OpenSockets(front, id, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sockets.Close(0) })
	session := kernel.OpenSession(kernel.SessionOptions{ID: id, Engine: &Engine{s.link}, Recorder: s.recorder})
	o := RelayOptions{Session: session, Link: s.link, Front: sockets}
	for _, f := range change {
		f(&o)
	}
	s.relay = NewRelay(o)
	go func() { s.served <- s.relay.Serve(context.Background()) }()
	line, err := kerneltest.Dial(front, "front")
	if err != nil {
		t.Fatal(err)
	}
	s.FrontEnd = kerneltest.NewFrontEnd(t, line)
	return s
}

// replies returns the messages that came on a channel other than iopub: the request and what its reply says.
func (s *stand) replies(t *testing.T, ids ...string) (ends []string) {
	t.Helper()
	for _, id := range ids {
		ends = append(ends, kerneltest.Decode[wire.Plain](t, s.Reply(id)).Status)
		s.Idle(id)
	}
	return ends
}

func TestExecutionsWaitForOneAnother(t *testing.T) {
	s := newStand(t)
	var ids []string
	for i := range 20 {
		ids = append(ids, s.Execute(fmt.Sprint("print ", i)))
	}
	s.replies(t, ids...)
	var order []string
	for _, a := range s.Arrived() {
		if a.State() == wire.Idle {
			order = append(order, a.ParentID())
		}
	}
	if diff := cmp.Diff(ids, order); diff != "" {
		t.Errorf("order of the ends (-want +got):\n%s", diff)
	}
	if n := strings.Count(strings.Join(s.recorder.Story(), "\n"), "print"); n < 20 {
		t.Errorf("%d executions recorded", n)
	}
}

func TestWhatIsBehindAFailureIsAborted(t *testing.T) {
	s := newStand(t)
	sent := filepath.Join(t.TempDir(), "sent")
	block := s.Execute("until " + sent + "\nfail E x")
	behind, info := s.Execute("print 1"), s.Send(wire.Shell, wire.KernelInfoRequest, struct{}{})
	for s.held() < 2 && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
	if err := os.WriteFile(sent, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := s.replies(t, block, behind, info)
	after := s.replies(t, s.Execute("print 2")) // sent as soon as the failure was known
	if diff := cmp.Diff([]string{"error", "aborted", "ok", "ok"}, append(got, after...)); diff != "" {
		t.Errorf("replies (-want +got):\n%s", diff)
	}
}

// held counts the messages that wait for an execution to end.
func (s *stand) held() (n int) {
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	for _, l := range s.relay.lanes {
		l.mu.Lock()
		n += len(l.held)
		l.mu.Unlock()
	}
	return n
}

// halting is the front of a machine that does something else whenever a reply has left.
type halting struct{ Front }

func (h halting) Forward(c wire.Channel, frames [][]byte) error {
	err := h.Front.Forward(c, frames)
	if c == wire.Shell {
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

// Clients that go through their messages in order find all of a request before what they sent because of its reply.
func TestIdleIsBeforeWhatTheReplyBrings(t *testing.T) {
	s := newStand(t, func(o *RelayOptions) { o.Front = halting{o.Front} })
	var sent []string
	for range 10 {
		for _, id := range []string{s.Execute("print 1"), s.Execute("fail E x"), s.Execute("print 2")} {
			s.Reply(id)
			sent = append(sent, id)
		}
		info := s.Send(wire.Shell, wire.KernelInfoRequest, struct{}{})
		s.Reply(info)
		sent = append(sent, info)
	}
	s.Idle(sent[len(sent)-1])
	var idle []string
	for _, a := range s.Arrived() {
		if a.State() == wire.Idle {
			idle = append(idle, a.ParentID())
		}
	}
	if diff := cmp.Diff(sent, idle); diff != "" {
		t.Errorf("order of the ends (-want +got):\n%s", diff)
	}
}

func TestQuestionsOfACell(t *testing.T) {
	s := newStand(t)
	id := s.Send(wire.Shell, wire.ExecuteRequest, map[string]any{"code": "password key?", "allow_stdin": true})
	asked := s.Await("question", func(a kerneltest.Arrival) bool { return a.Header.Type == wire.InputRequest })
	s.SendWith(wire.Stdin, wire.Message{Header: wire.Header{Type: wire.InputReply}, Parent: asked.Header.Raw()}, wire.InputValue{Value: "a secret"})
	s.replies(t, id)
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	if open := len(s.relay.asked.open); open != 0 {
		t.Errorf("%d questions are open", open)
	}
}

func TestLanesOfSubshellsThatAreGone(t *testing.T) {
	s := newStand(t)
	for i := range 3 * manyLanes {
		s.SendWith(wire.Shell, wire.Message{Header: wire.Header{Type: wire.KernelInfoRequest, SubshellID: fmt.Sprint(i)}}, struct{}{})
	}
	s.replies(t, s.Execute("print 1"))
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	if n := len(s.relay.lanes); n > manyLanes+2 {
		t.Errorf("%d lanes are kept", n)
	}
}

func TestEndsOfTheKernel(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(s *stand)
		died bool
	}{
		"killed":   {func(s *stand) { _ = syscall.Kill(s.link.Child.PID(), syscall.SIGKILL) }, true},
		"stopped":  {func(s *stand) { s.relay.Stop("SIGTERM") }, false},
		"shutdown": {func(s *stand) { s.Send(wire.Control, wire.ShutdownRequest, wire.Shutdown{}) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			id := s.Execute("print begun\nblock")
			s.Await("begin", func(a kerneltest.Arrival) bool { return a.Header.Type == wire.Stream && a.ParentID() == id })
			test.end(s)
			select {
			case err := <-s.served:
				if errors.Is(err, ErrDied) != test.died {
					t.Errorf("ended with %v", err)
				}
			case <-time.After(kerneltest.Guard):
				t.Fatal("the relay serves on")
			}
			story := s.recorder.Story()
			if !slices.ContainsFunc(story, func(l string) bool { return strings.Contains(l, "begun") }) || len(s.relay.cells) != 0 {
				t.Errorf("recorded %q, %d cells are not over", story, len(s.relay.cells))
			}
		})
	}
}
