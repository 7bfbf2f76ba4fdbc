package kernel

import (
	"context"
	"errors"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Channels carry messages between a server and its front ends. They are the Sockets of a real kernel,
// or something in memory. Every method may be called from several goroutines.
type Channels interface {
	// Recv returns the next message that came on shell, control or stdin. What is not a message is
	// dealt with on the way. An error means that no message will come any more.
	Recv(ctx context.Context, c wire.Channel) (wire.Message, error)

	// Send queues a message and returns at once. It returns ErrAway when the receiver is not connected.
	Send(c wire.Channel, m wire.Message) error

	// Publish queues a message on iopub once every subscriber has room, so that a flood of output
	// is slowed down and not lost. When ctx ends it does not wait any longer.
	Publish(ctx context.Context, m wire.Message) error

	// Offer is Publish for what is no output: nobody is disconnected because of it, and when ctx ends it does not send.
	Offer(ctx context.Context, m wire.Message) error
}

// ErrAway says that the front end which a message is for is not connected on that channel.
var ErrAway = errors.New("the front end is not connected")
