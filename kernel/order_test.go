package kernel_test

import (
	"context"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// halting is channels of a machine that does something else whenever a reply has left.
type halting struct{ *kerneltest.Memory }

func (h halting) Send(c wire.Channel, m wire.Message) error {
	err := h.Memory.Send(c, m)
	if c == wire.Shell {
		time.Sleep(5 * time.Millisecond)
	}
	return err
}

// TestIdleIsBeforeWhatTheReplyBrings sends a request as soon as the reply to another is there: clients that go through their
// messages in order find all of the first before the second.
func TestIdleIsBeforeWhatTheReplyBrings(t *testing.T) {
	for _, first := range []struct {
		request wire.Type
		content any
	}{
		{wire.ExecuteRequest, map[string]any{"code": "print hi"}},
		{wire.IsCompleteRequest, map[string]any{"code": "print"}},
		{wire.HistoryRequest, map[string]any{"hist_access_type": "tail", "n": 1}},
	} {
		memory := kerneltest.NewMemory()
		session := kernel.OpenSession(kernel.SessionOptions{Engine: kerneltest.NewEngine()})
		server := kernel.NewServer(kernel.ServerOptions{Session: session, Channels: halting{memory}})
		front := kerneltest.NewFrontEnd(t, memory)
		go func() { _ = server.Serve(context.Background()) }()
		t.Cleanup(func() { server.Stop("test done") })
		var sent []string
		for range 20 {
			id := front.Send(wire.Shell, first.request, first.content)
			front.Reply(id)
			next := front.Send(wire.Shell, wire.KernelInfoRequest, struct{}{})
			front.Reply(next)
			sent = append(sent, id, next)
		}
		front.Idle(sent[len(sent)-1])
		want(t, string(first.request), idles(front.Arrived()), sent)
	}
}

// idles are the requests that were done, in order.
func idles(arrived []kerneltest.Arrival) (ids []string) {
	for _, a := range arrived {
		if a.State() == wire.Idle {
			ids = append(ids, a.ParentID())
		}
	}
	return ids
}
