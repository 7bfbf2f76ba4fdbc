package bridge

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// How many requests of one comm there may be.
const (
	atOnce  = 8   // that are answered
	waiting = 256 // that wait
	streams = 8   // of events, beside the others
)

// comm is one page's comm.
type comm struct {
	bridge  *Bridge
	id      string
	publish Publish // in answer to its comm_open
	ctx     context.Context
	cancel  context.CancelFunc
	greeted chan struct{} // closed behind the hello
	slots   chan struct{} // has a token for each request that is answered
	streams chan struct{} // likewise for each stream
	pushes  pushes

	mu       sync.Mutex
	requests map[int64]*request
}

func newComm(b *Bridge, id string, publish Publish) *comm {
	c := &comm{bridge: b, id: id, publish: publish, greeted: make(chan struct{}), slots: make(chan struct{}, atOnce),
		streams: make(chan struct{}, streams), requests: map[int64]*request{}}
	c.ctx, c.cancel = context.WithCancel(b.ctx)
	c.pushes.room = make(chan struct{})
	return c
}

// greet says hello, before anything else is said on the comm.
func (c *comm) greet() {
	defer close(c.greeted)
	c.say(c.ctx, c.publish, struct {
		Hello Hello `json:"hello"`
	}{c.bridge.Hello})
}

// say publishes data on the comm.
func (c *comm) say(ctx context.Context, publish Publish, data any, buffers ...[]byte) error {
	return c.bridge.say(ctx, publish, wire.CommMsg, c.id, data, buffers...)
}

// complain says what is wrong with a message that no request can be made of.
func (c *comm) complain(publish Publish, why string) {
	c.bridge.start(func() { c.say(c.ctx, publish, trouble{why}) })
}

// take does what a message wants.
func (c *comm) take(data json.RawMessage, publish Publish) {
	var a asked
	err := json.Unmarshal(data, &a)
	switch {
	case err != nil:
		c.complain(publish, "this is no request: "+err.Error())
	case a.ID == nil:
		c.complain(publish, "this request has no id")
	case a.Cancel:
		c.forget(*a.ID, nil)
	case a.Got != nil:
		c.acknowledge(*a.ID, *a.Got)
	default:
		c.begin(a, publish)
	}
}

// begin answers a request when it is its turn.
func (c *comm) begin(a asked, publish Publish) {
	r := newRequest(c, a, publish)
	c.mu.Lock()
	_, taken := c.requests[r.id]
	full := len(c.requests) >= atOnce+waiting+streams
	if !taken && !full {
		c.requests[r.id] = r
	}
	c.mu.Unlock()
	switch {
	case taken:
		r.cancel()
		c.complain(publish, "a request with this id is under way")
	case full:
		c.bridge.start(func() { defer r.cancel(); r.refuse(tooMany()) })
	default:
		c.bridge.start(r.run)
	}
}

// forget ends a request; where it is given, only if it is the one with this id.
func (c *comm) forget(id int64, only *request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.requests[id]
	if r == nil || only != nil && r != only {
		return
	}
	r.cancel()
	delete(c.requests, id)
}

func (c *comm) acknowledge(id int64, part int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.requests[id]; r != nil {
		r.acks.reach(part)
	}
}
