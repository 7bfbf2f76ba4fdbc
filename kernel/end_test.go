package kernel_test

import (
	"context"
	"errors"
	"testing"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

func TestShutdown(t *testing.T) {
	for _, test := range []struct {
		name    string
		channel wire.Channel
		restart bool
		reason  string
	}{
		{"on control", wire.Control, false, "shutdown"},
		{"restart", wire.Control, true, "restart"},
		{"on shell, as old clients do", wire.Shell, false, "shutdown"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := start(t)
			cell := b.Execute("block")
			b.begun(cell)
			id := b.Send(test.channel, wire.ShutdownRequest, wire.Shutdown{Restart: test.restart})
			reply := b.Reply(id)
			want(t, "channel of the reply", reply.Channel, test.channel)
			want(t, "reply", kerneltest.Decode[wire.ShutDown](t, reply), wire.ShutDown{Status: "ok", Restart: test.restart})
			if err := b.ended(); err != nil {
				t.Error(err)
			}
			if !b.engine.Closed() {
				t.Error("the engine was not closed before the reply")
			}
			b.Idle(id)
			want(t, "record", b.recorder.Story()[2:], []string{"interrupted by shutdown_request",
				`output error {"ename":"KeyboardInterrupt","evalue":"","traceback":["KeyboardInterrupt"]}`,
				"finished interrupted KeyboardInterrupt", "closed: " + test.reason})
		})
	}
}

func TestStop(t *testing.T) {
	b := start(t)
	b.Reply(b.Execute("print x"))
	b.server.Stop("SIGTERM")
	if err := b.ended(); err != nil {
		t.Error(err)
	}
	story := b.recorder.Story()
	want(t, "record", story[len(story)-1], "closed: SIGTERM")
}

func TestShutdownDoesNotWaitForACellThatIgnoresIt(t *testing.T) {
	b := start(t)
	cell := b.Execute("stuck 1m")
	b.begun(cell)
	b.Reply(b.Send(wire.Control, wire.ShutdownRequest, wire.Shutdown{}))
	if err := b.ended(); err != nil {
		t.Error(err)
	}
}

func TestContextEndsTheServer(t *testing.T) {
	memory := kerneltest.NewMemory()
	defer memory.Close()
	session := kernel.OpenSession(kernel.SessionOptions{Engine: kerneltest.NewEngine()})
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("enough"))
	if err := kernel.NewServer(kernel.ServerOptions{Session: session, Channels: memory}).Serve(ctx); err != nil {
		t.Error(err)
	}
}

func TestChannelsThatEndEndTheServer(t *testing.T) {
	memory, recorder := kerneltest.NewMemory(), &kerneltest.Recorder{}
	session := kernel.OpenSession(kernel.SessionOptions{Engine: kerneltest.NewEngine(), Recorder: recorder})
	_ = memory.Close()
	if err := kernel.NewServer(kernel.ServerOptions{Session: session, Channels: memory}).Serve(context.Background()); err != nil {
		t.Error(err)
	}
	events := recorder.Events()
	if _, ok := events[len(events)-1].(tracker.SessionClosed); !ok {
		t.Errorf("last event is %T", events[len(events)-1])
	}
}

func TestBrokenRecorderIsToldOnceAndCellsRun(t *testing.T) {
	recorder, told := &kerneltest.Recorder{}, 0
	session := kernel.OpenSession(kernel.SessionOptions{Engine: kerneltest.NewEngine(), Recorder: recorder, Unrecorded: func(error) { told++ }})
	run := func() {
		if o := session.Execute(context.Background(), wire.Cell{Source: "print x"}, deaf{}); o.Error != nil {
			t.Errorf("cell failed: %v", o.Error)
		}
	}
	for _, fault := range []error{nil, errors.New("disk full"), errors.New("disk full"), nil, errors.New("disk full")} {
		recorder.Fail(fault)
		run()
	}
	want(t, "times told", told, 2)
}

func TestHangingRecorderHoldsUpOneCellOnly(t *testing.T) {
	recorder, told := &kerneltest.Recorder{Hang: make(chan struct{})}, 0
	session := kernel.OpenSession(kernel.SessionOptions{Engine: kerneltest.NewEngine(), Recorder: recorder, Unrecorded: func(error) { told++ }})
	for range 50 { // with a second for each this would pass the test's deadline
		session.Execute(context.Background(), wire.Cell{Source: "print x"}, deaf{})
	}
	want(t, "times told", told, 1)
}

// A session that ends does not wait for a cell that does not stop: its end and the cell's are written at
// the same time. The race detector judges.
func TestSessionEndsWhileACellDoes(t *testing.T) {
	session := kernel.OpenSession(kernel.SessionOptions{Engine: kerneltest.NewEngine(), Recorder: silent{}})
	done := make(chan wire.Outcome)
	go func() { done <- session.Execute(context.Background(), wire.Cell{Source: "print x"}, deaf{}) }()
	if err := session.Close("shutdown"); err != nil {
		t.Error(err)
	}
	if o := <-done; o.Error != nil {
		t.Errorf("cell failed: %v", o.Error)
	}
}

// silent is a Recorder without a lock, which would hide races of others.
type silent struct{}

func (silent) Record(tracker.Event)        {}
func (silent) Flush(context.Context) error { return nil }

// deaf is a Front that nobody watches.
type deaf struct{}

func (deaf) Publish(wire.Type, any, ...[]byte) {}
func (deaf) Input(context.Context, string, bool) (string, error) {
	return "", wire.ErrNoStdin
}
