package kerneltest

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-zeromq/zmq4"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// sockets is a Line over go-zeromq.
type sockets struct {
	key   wire.Key
	socks map[wire.Channel]zmq4.Socket
}

// Dial connects to a kernel as a front end named identity, and waits until the kernel says that it
// is subscribed to everything.
func Dial(c wire.Connection, identity string) (Line, error) {
	ctx := context.Background()
	id := zmq4.WithID(zmq4.SocketIdentity(identity))
	s := &sockets{key: wire.NewKey(c.Key), socks: map[wire.Channel]zmq4.Socket{
		wire.Shell: zmq4.NewDealer(ctx, id), wire.Control: zmq4.NewDealer(ctx, id),
		wire.Stdin: zmq4.NewDealer(ctx, id), wire.IOPub: zmq4.NewSub(ctx),
	}}
	for channel, sock := range s.socks {
		if err := sock.Dial(Endpoint(c, channel)); err != nil {
			return nil, errors.Join(fmt.Errorf("dial %s: %w", channel, err), s.Close())
		}
	}
	if err := s.socks[wire.IOPub].SetOption(zmq4.OptionSubscribe, ""); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for {
		m, err := s.Read(wire.IOPub)
		if err != nil || m.Header.Type == wire.IOPubWelcome {
			return s, err
		}
	}
}

// Endpoint names a channel of a connection as ZeroMQ does.
func Endpoint(c wire.Connection, channel wire.Channel) string {
	network, address := c.Address(channel)
	if network == "unix" {
		return "ipc://" + address
	}
	return "tcp://" + address
}

// Write signs and sends a message.
func (s *sockets) Write(c wire.Channel, m wire.Message) error {
	return s.socks[c].SendMulti(zmq4.NewMsgFrom(m.Frames(s.key)...))
}

// Read receives a message and checks its signature.
func (s *sockets) Read(c wire.Channel) (wire.Message, error) {
	msg, err := s.socks[c].Recv()
	if err != nil {
		return wire.Message{}, err
	}
	return wire.Parse(msg.Frames, s.key)
}

// Close disconnects.
func (s *sockets) Close() error {
	var errs []error
	for _, sock := range s.socks {
		errs = append(errs, sock.Close())
	}
	return errors.Join(errs...)
}
