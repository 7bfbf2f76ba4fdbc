package bridge

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// said is the data of a message that answers a request.
type said struct {
	ID      int64             `json:"id"`
	Part    int               `json:"part,omitempty"`
	Status  int               `json:"status,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    *string           `json:"body,omitempty"`
	More    bool              `json:"more,omitempty"`
	Event   *event            `json:"event,omitempty"`
	Error   string            `json:"error,omitempty"`
}

// event is an event of a stream.
type event struct {
	Name string          `json:"name"`
	ID   string          `json:"id,omitempty"`
	Data json.RawMessage `json:"data"`
}

// say publishes the next message of the answer.
func (r *request) say(s said, buffers ...[]byte) error {
	r.saying.Lock()
	defer r.saying.Unlock()
	s.ID, s.Part = r.id, r.parts
	if len(buffers) > 0 {
		if err := r.acks.wait(r.ctx, r.parts); err != nil {
			return err
		}
	}
	r.parts++
	return r.comm.say(r.ctx, r.publish, s, buffers...)
}

func encode(v any) (string, error) {
	raw, err := wire.Encode(v)
	return string(raw), err
}

// ahead is how many pieces are sent that a front end which tells what it got has not told of.
const ahead = 4

// acks is what a front end told that it got. Of one that does not tell, it is nil.
type acks struct {
	mu   sync.Mutex
	got  int
	more chan struct{} // closed and replaced when it got more
}

func newAcks() *acks { return &acks{more: make(chan struct{})} }

// reach takes note that a part arrived.
func (a *acks) reach(part int) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.got = max(a.got, part+1)
	close(a.more)
	a.more = make(chan struct{})
}

// wait returns when a part may be sent.
func (a *acks) wait(ctx context.Context, part int) error {
	for a != nil {
		a.mu.Lock()
		ready, more := part < a.got+ahead, a.more
		a.mu.Unlock()
		if ready {
			break
		}
		select {
		case <-more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
