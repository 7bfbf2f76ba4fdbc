package proxy

import (
	"bytes"
	"encoding/json"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// own are the requests that gemba itself sends to the kernel, in a session of its own by which what they cause is told from the rest.
type own struct {
	author  kernel.Author
	session string
	key     wire.Key
	mu      sync.Mutex
	waiting map[string]*exchange // by the request's msg_id
}

// exchange is one request of gemba's, and what comes of it.
type exchange struct {
	subshell  string        // that the request is for, empty for the main one
	id        string        // of the request
	published func(message) // called for each message on iopub but the statuses, in order
	asked     func(message) // called for each question on stdin
	replied   chan message  // has the reply
	idle      chan struct{} // closed when the kernel is idle again
	once      sync.Once
	topic     []byte        // of the status that said so
	hurry     time.Duration // how long the idle may come after the reply; 0: as long as it takes
}

func (o *own) open(x *exchange, t wire.Type, content any) (wire.Message, error) {
	m, err := o.author.Message(t, nil, content, nil)
	if err != nil {
		return m, err
	}
	m.Header.Session, m.Header.SubshellID = o.session, x.subshell
	x.id, x.replied, x.idle = m.Header.MsgID, make(chan message, 1), make(chan struct{})
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting[x.id] = x
	return m, nil
}

func (o *own) close(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.waiting, id)
}

// mine reports whether a message is of gemba's own doing, and hands it to who waits for it.
func (o *own) mine(c wire.Channel, m message) bool {
	if m.parent.Session != o.session {
		return false
	}
	o.mu.Lock()
	x := o.waiting[m.parent.ID]
	o.mu.Unlock()
	if x != nil {
		x.take(c, m)
	}
	return true
}

func (x *exchange) take(c wire.Channel, m message) {
	switch {
	case c == wire.Stdin:
		if x.asked != nil {
			x.asked(m)
		}
	case c != wire.IOPub:
		select {
		case x.replied <- m:
		default: // a second reply to one request
		}
	case m.header.Type == wire.Status:
		if state(m) == wire.Idle {
			x.once.Do(func() { x.topic = bytes.Join(m.identities(), nil); close(x.idle) })
		}
	case x.published != nil:
		x.published(m)
	}
}

// state is what a status message says.
func state(m message) string {
	var s wire.State
	_ = json.Unmarshal(m.content(), &s) // one that says nothing is none that is waited for
	return s.ExecutionState
}
