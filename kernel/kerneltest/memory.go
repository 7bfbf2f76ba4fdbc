package kerneltest

import (
	"context"
	"errors"
	"slices"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Memory carries messages between a server and a front end without a socket. It is a server's
// Channels and, from the other side, a front end's Line.
type Memory struct {
	up   map[wire.Channel]chan wire.Message
	down map[wire.Channel]chan wire.Message
	done chan struct{}
}

// NewMemory returns channels that nobody uses yet.
func NewMemory() *Memory {
	m := &Memory{up: map[wire.Channel]chan wire.Message{}, down: map[wire.Channel]chan wire.Message{}, done: make(chan struct{})}
	for _, c := range channels {
		m.up[c], m.down[c] = make(chan wire.Message, 1024), make(chan wire.Message, 1<<16)
	}
	return m
}

// channels are those that carry messages.
var channels = []wire.Channel{wire.Shell, wire.Control, wire.Stdin, wire.IOPub}

var errClosed = errors.New("channels are closed")

// Recv is the server's.
func (m *Memory) Recv(ctx context.Context, c wire.Channel) (wire.Message, error) {
	select {
	case msg := <-m.up[c]:
		return msg, nil
	case <-ctx.Done():
		return wire.Message{}, ctx.Err()
	case <-m.done:
		return wire.Message{}, errClosed
	}
}

// Send is the server's.
func (m *Memory) Send(c wire.Channel, msg wire.Message) error {
	select {
	case m.down[c] <- msg:
		return nil
	case <-m.done:
		return errClosed
	}
}

// Publish is the server's.
func (m *Memory) Publish(_ context.Context, msg wire.Message) error { return m.Send(wire.IOPub, msg) }

// Offer is the server's.
func (m *Memory) Offer(ctx context.Context, msg wire.Message) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return m.Send(wire.IOPub, msg)
}

// Write is the front end's. What it writes passes through the wire format, as everything that a
// kernel gets does.
func (m *Memory) Write(c wire.Channel, msg wire.Message) error {
	msg.Identities = [][]byte{[]byte("front end")}
	frames := msg.Frames(wire.Key{})
	parsed, err := wire.Parse(frames, wire.Key{})
	if err != nil {
		return err
	}
	m.up[c] <- parsed
	return nil
}

// Read is the front end's.
func (m *Memory) Read(c wire.Channel) (wire.Message, error) {
	select {
	case msg := <-m.down[c]:
		frames := slices.Clone(msg.Frames(wire.Key{}))
		return wire.Parse(frames, wire.Key{})
	case <-m.done:
		return wire.Message{}, errClosed
	}
}

// Close ends both sides.
func (m *Memory) Close() error {
	close(m.done)
	return nil
}
