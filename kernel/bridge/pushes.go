package bridge

import (
	"slices"
	"sync"
	"time"
)

// How events are pushed.
const (
	between = 100 * time.Millisecond // two events on one comm
	pushed  = 64 << 10               // bytes of events that wait on one comm, before those who write them do
)

// push is an event that waits.
type push struct {
	request *request
	event   event
}

// pushes are the events that wait on one comm, in order.
type pushes struct {
	mu      sync.Mutex
	waiting []push
	size    int           // of their data, in bytes
	leaving *request      // of the event that leaves now
	running bool          // somebody sends them
	room    chan struct{} // closed and replaced when there is more room
}

// push has an event sent, together with one that waits, if they can be one.
func (c *comm) push(r *request, e event) error {
	for {
		room := c.add(r, e)
		if room == nil {
			return nil
		}
		select {
		case <-room:
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
	}
}

// add adds an event, or returns what tells when there may be room for it.
func (c *comm) add(r *request, e event) (room <-chan struct{}) {
	p := &c.pushes
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.size > pushed {
		return p.room
	}
	i := slices.IndexFunc(p.waiting, func(w push) bool { return w.request == r && w.event.Name == e.Name })
	if i >= 0 && mergeable(p.waiting[i].event.Data, e.Data) {
		p.size -= len(p.waiting[i].event.Data)
		e.Data = merge(p.waiting[i].event.Data, e.Data)
		p.waiting[i].event = e
	} else {
		p.waiting = append(p.waiting, push{r, e})
	}
	p.size += len(e.Data)
	if !p.running {
		p.running = true
		c.bridge.start(c.sendPushes)
	}
	return nil
}

// sendPushes sends what waits, one after the other with a pause behind each, until nothing does.
func (c *comm) sendPushes() {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-c.ctx.Done():
		}
		next, some := c.next()
		if !some {
			return
		}
		if next.request.say(said{More: true, Event: &next.event}) == nil {
			pause.Reset(between)
		} else {
			pause.Reset(0)
		}
	}
}

// next takes the event that leaves next. Without one nobody sends any more.
func (c *comm) next() (push, bool) {
	p := &c.pushes
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.room)
	p.room = make(chan struct{})
	if len(p.waiting) == 0 {
		p.leaving, p.running = nil, false
		return push{}, false
	}
	first := p.waiting[0]
	p.waiting, p.size, p.leaving = p.waiting[1:], p.size-len(first.event.Data), first.request
	return first, true
}

// drain waits until the events of a request left, or it is over.
func (c *comm) drain(r *request) {
	for {
		p := &c.pushes
		p.mu.Lock()
		waits, room := p.leaving == r || slices.ContainsFunc(p.waiting, func(w push) bool { return w.request == r }), p.room
		p.mu.Unlock()
		if !waits {
			return
		}
		select {
		case <-room:
		case <-r.ctx.Done():
			return
		}
	}
}
