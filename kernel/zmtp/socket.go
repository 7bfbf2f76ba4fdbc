package zmtp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// Kind is a ZeroMQ socket type.
type Kind string

// The kinds that listen here. ROUTER puts the sender's identity before each message received and
// takes the receiver's off each message sent; XPUB sends to the peers that subscribed to a prefix of
// the first frame.
const (
	Router Kind = "ROUTER"
	XPub   Kind = "XPUB"
)

// The kinds that dial: DEALER sends to the one it dialled and receives from it, SUB receives everything that is published there.
const (
	Dealer Kind = "DEALER"
	Sub    Kind = "SUB"
)

// Socket is a socket that listens, or one that dialled. Its methods may be called from several goroutines.
type Socket struct {
	kind    Kind
	options Options
	in      chan [][]byte
	done    chan struct{} // closed by Close, and when the one that was dialled is gone
	closing sync.Once
	ending  sync.Once
	group   sync.WaitGroup

	listener net.Listener // nil of one that dialled
	dialled  *peer        // nil of one that listens
	reading  sync.Mutex   // of what that one sends
	mu       sync.Mutex
	conns    map[net.Conn]bool // every open connection, greeted or not
	peers    map[string]*peer  // by identity
	last     uint32            // last identity given out
}

// ErrNoPeer says that a message's identity is not, or no longer, connected.
var ErrNoPeer = errors.New("no such peer")

// Listen opens a socket on a network ("tcp" or "unix") and address of package net. A Unix socket
// that a dead process left behind is replaced.
func Listen(kind Kind, network, address string, o Options) (*Socket, error) {
	l, err := listen(network, address)
	if err != nil {
		return nil, err
	}
	s := &Socket{kind: kind, options: o.withDefaults(), listener: l, in: make(chan [][]byte, 64),
		done: make(chan struct{}), conns: map[net.Conn]bool{}, peers: map[string]*peer{}}
	s.group.Go(s.accept)
	return s, nil
}

// Addr returns the address listened on; one that dialled has none.
func (s *Socket) Addr() net.Addr { return s.listener.Addr() }

// Recv returns the next message, of a ROUTER the sender's identity first. It returns net.ErrClosed after Close, and when all is
// received of the one that was dialled and is gone.
//
// A socket that dialled is read by who calls Recv, so that nobody else has to be woken for a message: what is not asked for stays
// with the system and then with the sender, and that the other side is gone shows only here.
func (s *Socket) Recv(ctx context.Context) ([][]byte, error) {
	if s.dialled != nil {
		return s.read(ctx, s.dialled)
	}
	select {
	case frames := <-s.in:
		return frames, nil
	case <-s.done:
		return s.rest()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// rest returns what was received before the end.
func (s *Socket) rest() ([][]byte, error) {
	select {
	case frames := <-s.in:
		return frames, nil
	default:
		return nil, net.ErrClosed
	}
}

// Send queues a message and returns at once. The frames must not be changed afterwards.
func (s *Socket) Send(frames [][]byte) error {
	to, p, err := s.route(frames)
	for _, peer := range to {
		s.push(peer, p)
	}
	return err
}

// SendWait is Send after every receiver has room; it stops waiting, not sending, when ctx ends.
func (s *Socket) SendWait(ctx context.Context, frames [][]byte) error {
	to, p, err := s.route(frames)
	for _, peer := range to {
		if !peer.out.room(ctx, s.options.Queue, s.options.Stall) {
			s.drop(peer, fmt.Errorf("it took nothing for %v", s.options.Stall))
			continue
		}
		s.push(peer, p)
	}
	return err
}

// Offer is Send after every receiver has room. One that took nothing for the time of Patience is left out, of this message and of those that
// are offered until it has room again, where another has room: nobody is dropped for it, and nobody waits for who was suspended. When nobody
// has room it waits, however long that takes. When ctx ends first it sends nothing.
func (s *Socket) Offer(ctx context.Context, frames [][]byte) error {
	to, p, err := s.route(frames)
	for {
		ready, behind := s.ready(ctx, to)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, peer := range behind {
			peer.behind.Store(len(ready) > 0)
		}
		if len(behind) > 0 && len(ready) == 0 {
			continue
		}
		for _, peer := range ready {
			s.push(peer, p)
		}
		return err
	}
}

// ready waits for receivers to have room, and tells apart those that have none. Who was left out before is not waited for.
func (s *Socket) ready(ctx context.Context, to []*peer) (ready, behind []*peer) {
	for _, peer := range to {
		patience := s.options.Patience
		if peer.behind.Load() {
			patience = 0
		}
		if peer.out.room(ctx, s.options.Queue, patience) {
			peer.behind.Store(false)
			ready = append(ready, peer)
		} else {
			behind = append(behind, peer)
		}
	}
	return ready, behind
}

// route finds the receivers of a message and lays it out for them.
func (s *Socket) route(frames [][]byte) ([]*peer, packed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.kind {
	case Router:
		p := s.peers[string(frames[0])]
		if p == nil {
			return nil, packed{}, fmt.Errorf("send: %w", ErrNoPeer)
		}
		return []*peer{p}, s.pack(frames[1:]), nil
	case Dealer:
		p := s.peers[""]
		if p == nil {
			return nil, packed{}, fmt.Errorf("send: %w", ErrNoPeer)
		}
		return []*peer{p}, s.pack(frames), nil
	}
	var to []*peer
	for _, p := range s.peers {
		if p.wants(frames[0]) {
			to = append(to, p)
		}
	}
	return to, s.pack(frames), nil
}

func (s *Socket) push(p *peer, m packed) {
	// The parts are shared by all receivers, and writing them moves their slice: each gets its own.
	m.parts = append(net.Buffers(nil), m.parts...)
	if waiting := p.out.add(m); waiting > s.options.Limit {
		s.drop(p, fmt.Errorf("%d MB wait for it", waiting>>20))
	}
}

// drop disconnects a peer.
func (s *Socket) drop(p *peer, why error) {
	if !leaving(why) {
		s.options.Log(fmt.Sprintf("disconnect %s from %s: %v", p.conn.RemoteAddr(), p.conn.LocalAddr(), why))
	}
	p.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.peers[p.identity] == p {
		delete(s.peers, p.identity)
	}
	if s.listener == nil {
		s.end()
	}
}

// end makes Recv return.
func (s *Socket) end() { s.ending.Do(func() { close(s.done) }) }

// leaving reports whether an error is a peer's ordinary going away.
func leaving(err error) bool {
	for _, gone := range []error{io.EOF, net.ErrClosed, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return false
}

// Close stops listening or receiving, gives waiting messages up to linger to leave, and disconnects everybody.
func (s *Socket) Close(linger time.Duration) error {
	var err error
	s.closing.Do(func() {
		if s.listener != nil {
			err = s.listener.Close()
		}
		s.end()
		ctx, cancel := context.WithTimeout(context.Background(), linger)
		defer cancel()
		for _, p := range s.all() {
			p.out.room(ctx, 1, linger)
		}
		s.mu.Lock()
		for conn := range s.conns {
			_ = conn.Close()
		}
		s.mu.Unlock()
		if s.dialled != nil {
			s.dialled.close()
		}
		s.group.Wait()
	})
	return err
}

func (s *Socket) all() []*peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*peer
	for _, p := range s.peers {
		all = append(all, p)
	}
	return all
}
