package kernel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"syscall"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/kernel/zmtp"
	"github.com/gemba-ml/gemba/tracker"
)

// Sockets are the five sockets of a connection file.
type Sockets struct {
	key  wire.Key
	log  *slog.Logger
	open map[wire.Channel]*zmtp.Socket

	author *author // of welcomes
}

// ErrTaken says that something listens already where a connection file points.
var ErrTaken = errors.New("address taken")

// kinds are the ZeroMQ types of the five sockets. A ROUTER echoes a heartbeat as a REP would.
var kinds = map[wire.Channel]zmtp.Kind{
	wire.Shell: zmtp.Router, wire.Control: zmtp.Router, wire.Stdin: zmtp.Router,
	wire.IOPub: zmtp.XPub, wire.Heartbeat: zmtp.Router,
}

// OpenSockets listens on the five sockets, echoes heartbeats and welcomes subscribers in the name of a
// session. It returns ErrTaken when another kernel listens there.
func OpenSockets(c wire.Connection, session tracker.ID, log *slog.Logger) (*Sockets, error) {
	s := &Sockets{key: wire.NewKey(c.Key), log: log, open: map[wire.Channel]*zmtp.Socket{},
		author: &author{session: session, username: username(), mark: "welcome", now: time.Now}}
	curve, err := curveOf(c)
	if err != nil {
		return nil, err
	}
	o := zmtp.Options{MaxSize: wire.MaxSize, Curve: curve, Welcome: s.welcome, Log: func(m string) { log.Warn(m) }}
	for channel, kind := range kinds {
		network, address := c.Address(channel)
		socket, err := zmtp.Listen(kind, network, address, o)
		if errors.Is(err, syscall.EADDRINUSE) {
			err = fmt.Errorf("%w: another kernel, or another program, listens on %s", ErrTaken, address)
		}
		if err != nil {
			_ = s.Close(0)
			return nil, fmt.Errorf("open %s channel: %w", channel, err)
		}
		s.open[channel] = socket
	}
	go s.echo()
	return s, nil
}

// curveOf returns the keys of a connection whose sockets are encrypted, else nil.
func curveOf(c wire.Connection) (*zmtp.Curve, error) {
	if !c.Encrypted() {
		return nil, nil
	}
	public, secret, err := c.CurveKeys()
	if err != nil {
		return nil, fmt.Errorf("encrypt the sockets: %w", err)
	}
	return &zmtp.Curve{Public: public, Secret: secret}, nil
}

// welcome is what a new subscriber is sent (iopub_welcome, protocol 5.5).
func (s *Sockets) welcome(topic string) [][]byte {
	m, _ := s.author.message(wire.IOPubWelcome, nil, wire.Welcome{Subscription: topic}, nil) // a string always encodes
	m.Identities = [][]byte{[]byte(topic)}
	return m.Frames(s.key)
}

// echo answers heartbeats until the socket is closed.
func (s *Sockets) echo() {
	hb := s.open[wire.Heartbeat]
	for {
		frames, err := hb.Recv(context.Background())
		if err != nil {
			return
		}
		_ = hb.Send(frames) // who left does not need an answer
	}
}

// Recv returns the next good message of a channel. Others are logged and forgotten.
func (s *Sockets) Recv(ctx context.Context, c wire.Channel) (wire.Message, error) {
	for {
		frames, err := s.open[c].Recv(ctx)
		if err != nil {
			return wire.Message{}, fmt.Errorf("receive on %s: %w", c, err)
		}
		m, err := wire.Parse(frames, s.key)
		if err == nil {
			return m, nil
		}
		s.log.Warn("ignore message", "channel", c, "why", err)
	}
}

// Send queues a message.
func (s *Sockets) Send(c wire.Channel, m wire.Message) error {
	err := s.open[c].Send(m.Frames(s.key))
	if errors.Is(err, zmtp.ErrNoPeer) {
		return ErrAway
	}
	return err
}

// Publish queues a message on iopub once the subscribers have room.
func (s *Sockets) Publish(ctx context.Context, m wire.Message) error {
	return s.open[wire.IOPub].SendWait(ctx, m.Frames(s.key))
}

// Offer queues a message on iopub once the subscribers have room, however long that takes. When ctx ends first it sends nothing.
func (s *Sockets) Offer(ctx context.Context, m wire.Message) error {
	return s.open[wire.IOPub].Offer(ctx, m.Frames(s.key))
}

// Receive returns the frames that came next on a channel, whatever they are.
func (s *Sockets) Receive(ctx context.Context, c wire.Channel) ([][]byte, error) {
	return s.open[c].Recv(ctx)
}

// Forward queues frames on a channel, however much waits there: the kernel that they are of would not wait either, and drop what
// nobody reads before it is recorded.
func (s *Sockets) Forward(c wire.Channel, frames [][]byte) error {
	err := s.open[c].Send(frames)
	if errors.Is(err, zmtp.ErrNoPeer) {
		return ErrAway
	}
	return err
}

// Close gives waiting messages up to linger to leave, and closes the sockets.
func (s *Sockets) Close(linger time.Duration) error {
	var errs []error
	for _, socket := range s.open {
		errs = append(errs, socket.Close(linger))
	}
	return errors.Join(errs...)
}
