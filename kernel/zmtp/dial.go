package zmtp

import (
	"context"
	"fmt"
	"net"
	"time"
)

// How long to wait until an address where nobody listens yet is tried again.
const (
	dialFirst = 2 * time.Millisecond
	dialLast  = 20 * time.Millisecond
)

// Dial connects a DEALER, or a SUB to everything, to the socket at a network and address of package net. It waits until
// somebody listens there, or ctx ends.
func Dial(ctx context.Context, kind Kind, network, address string, o Options) (*Socket, error) {
	conn, err := reach(ctx, network, address)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	s := &Socket{kind: kind, options: o.withDefaults(),
		done: make(chan struct{}), conns: map[net.Conn]bool{conn: true}, peers: map[string]*peer{}}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	p, err := s.greet(conn)
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	if kind == Sub {
		p.out.add(s.pack([][]byte{{1}})) // everything, as a message: what peers of every version of ZMTP 3 understand
	}
	s.dialled = p
	s.group.Go(func() {
		if err := p.out.write(p.conn, p.layout()); err != nil {
			p.out.close() // what the other side said last is still to be read
		}
	})
	return s, nil
}

// read returns the next message of the one that was dialled.
func (s *Socket) read(ctx context.Context, p *peer) ([][]byte, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if err := p.await(ctx); err != nil {
		return nil, err
	}
	frames, err := p.read(s)
	if err != nil {
		s.drop(p, err)
		return nil, net.ErrClosed
	}
	return frames, nil
}

// More says that something came behind the message that Recv returned last. It is for who calls Recv, of a socket that dialled.
func (s *Socket) More() bool {
	s.reading.Lock()
	defer s.reading.Unlock()
	return s.dialled.r.Buffered() > 0
}

// await waits until something comes, or why nothing does can be read. It fails when ctx ends before.
func (p *peer) await(ctx context.Context) error {
	if ctx.Done() == nil {
		return nil
	}
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = p.conn.SetReadDeadline(time.Unix(1, 0)) // fails only on a closed connection
		close(told)
	})
	_, err := p.r.Peek(1)
	if stop() {
		return nil
	}
	<-told
	_ = p.conn.SetReadDeadline(time.Time{})
	if err != nil {
		return ctx.Err()
	}
	return nil
}

func reach(ctx context.Context, network, address string) (net.Conn, error) {
	var why error // what the first attempt failed with; the last one fails as ctx ends
	for wait := dialFirst; ; wait = min(2*wait, dialLast) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			return conn, nil
		}
		if why == nil {
			why = err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", context.Cause(ctx), why)
		}
	}
}
