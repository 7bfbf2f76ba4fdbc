package zmtp

import (
	"bufio"
	"fmt"
	"net"
	"time"
)

// serve runs one connection from its handshake to its end.
func (s *Socket) serve(conn net.Conn, greeted func()) {
	p, err := s.greet(conn)
	greeted()
	if err != nil {
		s.options.Log(fmt.Sprintf("refuse connection from %s to %s: %v", conn.RemoteAddr(), s.Addr(), err))
		return
	}
	s.converse(p)
}

// converse writes and reads until the peer, or this side, ends it.
func (s *Socket) converse(p *peer) {
	s.group.Go(func() {
		if err := p.out.write(p.conn, p.layout()); err != nil {
			s.drop(p, err)
		}
	})
	s.drop(p, s.receive(p))
}

func (s *Socket) greet(conn net.Conn) (*peer, error) {
	_ = conn.SetDeadline(time.Now().Add(s.options.Handshake)) // fails only on a closed connection
	r := bufio.NewReaderSize(conn, 64<<10)
	h := handshake{kind: s.kind, name: s.options.Identity, curve: s.options.Curve, server: s.listener != nil, w: conn, r: r}
	identity, boxes, err := h.run()
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	return s.admit(newPeer(conn, r, identity, boxes)), nil
}

// receive passes on a peer's messages until it fails.
func (s *Socket) receive(p *peer) error {
	for {
		frames, err := p.read(s)
		if err != nil {
			return err
		}
		if s.kind == XPub {
			p.subscription(s, frames)
			continue
		}
		if s.kind == Router {
			frames = append([][]byte{[]byte(p.identity)}, frames...)
		}
		select {
		case s.in <- frames:
		case <-s.done:
			return net.ErrClosed
		}
	}
}
