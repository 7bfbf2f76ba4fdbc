package kernel

import (
	"encoding/json"
	"errors"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// busy publishes that work on a request begins.
func (s *Server) busy(r request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status(wire.Busy, &r)
}

// done replies to a request and publishes that it is done.
func (s *Server) done(r request, reply wire.Type, content, metadata any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conclude(r, reply, content, metadata)
}

// conclude replies, when there is something to reply, and publishes idle; s.mu is held, so that what a front end sends because
// of the reply has its busy behind this idle, as with a kernel that does one thing at a time. Front ends take the last status
// for the kernel's, so while a cell runs idle is followed by that cell's busy.
func (s *Server) conclude(r request, reply wire.Type, content, metadata any) {
	if content != nil && reply != "" {
		s.send(r.channel, reply, &r, content, metadata)
	}
	s.status(wire.Idle, &r)
	if s.running != nil {
		s.status(wire.Busy, &s.running.request)
	}
}

func (s *Server) status(state string, parent *request) {
	s.send(wire.IOPub, wire.Status, parent, wire.State{ExecutionState: state}, nil)
}

// send sends a message that answers parent, or nothing when it is nil. Who went away misses it.
func (s *Server) send(c wire.Channel, t wire.Type, parent *request, content, metadata any) {
	m, err := s.message(c, t, parent, content, metadata)
	if err == nil {
		err = s.Channels.Send(c, m)
	}
	if err != nil && !errors.Is(err, ErrAway) {
		s.Log.Warn("drop message", "type", t, "channel", c, "why", err)
	}
}

// message writes a message for a channel: on iopub its topic is its type, elsewhere it goes to where
// parent came from.
func (s *Server) message(c wire.Channel, t wire.Type, parent *request, content, metadata any) (wire.Message, error) {
	var header json.RawMessage
	var identities [][]byte
	if parent != nil {
		header, identities = parent.Header.Raw(), parent.Identities
	}
	if c == wire.IOPub {
		identities = [][]byte{[]byte(t)}
	}
	m, err := s.author.message(t, header, content, metadata)
	m.Identities = identities
	return m, err
}
