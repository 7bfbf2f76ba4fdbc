package proxy

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/gemba-ml/gemba/kernel/bridge"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// bridged answers a comm message that is for the ledger, false for one that is for the kernel. A front end takes the last status that it is
// told, of whatever request, for the kernel's: behind the idle of this one, it is told again when the kernel is busy.
func (r *Relay) bridged(m message) bool {
	do := r.Bridge.Take(m.header.Type, m.content(), r.offering(m))
	if do == nil {
		return false
	}
	r.tell(wire.Busy, m.rawHeader())
	do()
	r.shown.mu.Lock()
	defer r.shown.mu.Unlock()
	r.tell(wire.Idle, m.rawHeader())
	if busy := r.shown.busy(); busy != nil {
		r.tell(wire.Busy, busy)
	}
	return true
}

// tell publishes a status that is not the kernel's own.
func (r *Relay) tell(state string, parent json.RawMessage) {
	if m, ok := r.spoken(wire.Status, parent, wire.State{ExecutionState: state}); ok {
		r.forward(wire.IOPub, m.Frames(r.key))
	}
}

// offering publishes answers to a request that come when they come, and hold up no cell.
func (r *Relay) offering(request message) bridge.Publish {
	return func(ctx context.Context, t wire.Type, content any, buffers ...[]byte) error {
		m, ok := r.spoken(t, request.rawHeader(), content)
		if !ok {
			return nil
		}
		m.Buffers = buffers
		return r.Front.Offer(ctx, m)
	}
}

// shown is the kernel's state as front ends were told it.
type shown struct {
	mu    sync.Mutex
	cells []told // executions that are busy, the last one last
	last  told   // status of the kernel
}

// told is a status.
type told struct {
	id, state string
	parent    json.RawMessage
}

// note takes note of a status that passes. The lock is held.
func (s *shown) note(m message) {
	s.last = told{m.parent.ID, state(m), m.rawParent()}
	if m.parent.Type == wire.ExecuteRequest {
		s.forget(m.parent.ID)
		if s.last.state == wire.Busy {
			s.cells = append(s.cells, s.last)
		}
	}
}

// forget says that an execution is over. The lock is held.
func (s *shown) forget(id string) {
	s.cells = slices.DeleteFunc(s.cells, func(t told) bool { return t.id == id })
}

// busy returns the header of what keeps the kernel busy, nil when nothing does. The lock is held.
func (s *shown) busy() json.RawMessage {
	switch {
	case len(s.cells) > 0:
		return s.cells[len(s.cells)-1].parent
	case s.last.state == wire.Busy:
		return s.last.parent
	}
	return nil
}

// noteComms takes note of a question about comms, of which the kernel does not know all.
func (r *Relay) noteComms(m message) {
	var asked wire.CommInfo
	if json.Unmarshal(m.content(), &asked) != nil || len(r.Bridge.Comms(asked.Target)) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.edits.add(m.header.ID, edit{kind: m.header.Type, target: asked.Target})
}

// listed adds the comms that the kernel does not know to its list.
func (r *Relay) listed(m message, target string) message {
	var list struct {
		Comms map[string]json.RawMessage `json:"comms"`
	}
	if json.Unmarshal(m.content(), &list) != nil {
		return m
	}
	comms := map[string]any{}
	for id, c := range list.Comms {
		comms[id] = c
	}
	for id, target := range r.Bridge.Comms(target) {
		comms[id] = wire.CommTarget{Target: target}
	}
	content, err := set(m.content(), map[string]any{"comms": comms})
	if err != nil {
		return m
	}
	return m.with(content, r.key)
}
