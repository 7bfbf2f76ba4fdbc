package bridge

import (
	"context"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Publish publishes an answer to the message that it was made for. It waits while much waits to leave, and returns without having sent
// anything when ctx ends first.
type Publish func(ctx context.Context, t wire.Type, content any, buffers ...[]byte) error

// trouble says in plain words what is wrong.
type trouble struct {
	Error string `json:"error"`
}

// refuse closes a comm that is not open here.
func (b *Bridge) refuse(id, why string, publish Publish) {
	b.start(func() { b.say(b.ctx, publish, wire.CommClose, id, trouble{why}) })
}

// outgoing is the content of a comm message.
type outgoing struct {
	ID   string `json:"comm_id"`
	Data any    `json:"data"`
}

// perSecond is how many messages are published in any second.
const perSecond = 200

// say publishes a message when it is its turn: one after the other, so that no more than one waits to leave beside what does already.
func (b *Bridge) say(ctx context.Context, publish Publish, t wire.Type, id string, data any, buffers ...[]byte) error {
	if err := enter(ctx, b.pace); err != nil {
		return err
	}
	time.AfterFunc(time.Second, func() { <-b.pace })
	if err := enter(ctx, b.turn); err != nil {
		return err
	}
	defer func() { <-b.turn }()
	return publish(ctx, t, outgoing{id, data}, buffers...)
}

// enter puts a token into a channel that holds so many.
func enter(ctx context.Context, c chan<- struct{}) error {
	select {
	case c <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
