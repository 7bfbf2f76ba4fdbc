package zmtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// listen is net.Listen, except that a Unix socket is the user's alone, and replaced when nobody listens
// on it any more.
func listen(network, address string) (net.Listener, error) {
	l, err := net.Listen(network, address)
	if network != "unix" {
		return l, err
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		l, err = replace(address)
	}
	if err != nil || strings.HasPrefix(address, "@") { // Linux's abstract sockets are no files
		return l, err
	}
	if err := os.Chmod(address, 0o600); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("keep others off the socket: %w", err)
	}
	return l, nil
}

// replace listens on the socket that a dead process left behind.
func replace(address string) (net.Listener, error) {
	if !abandoned(address) {
		return nil, fmt.Errorf("listen on %s: %w", address, syscall.EADDRINUSE)
	}
	if err := os.Remove(address); err != nil {
		return nil, fmt.Errorf("replace socket of a dead kernel: %w", err)
	}
	return net.Listen("unix", address)
}

// abandoned reports whether address is a socket, and nobody listens on it.
func abandoned(address string) bool {
	info, err := os.Stat(address)
	if err != nil || info.Mode()&os.ModeSocket == 0 {
		return false
	}
	conn, err := net.Dial("unix", address)
	if err == nil {
		_ = conn.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// greeting at once: more connections than that in their handshake are turned away, so that a port
// scan cannot use up the file descriptors that cells need.
const maxGreeting = 256

// accept takes connections until the listener is closed.
func (s *Socket) accept() {
	greeting := make(chan struct{}, maxGreeting)
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of file descriptors: the moment passes
			s.options.Log(fmt.Sprintf("accept connection on %s: %v", s.Addr(), err))
			time.Sleep(50 * time.Millisecond)
			continue
		}
		select {
		case greeting <- struct{}{}:
			s.start(conn, func() { <-greeting })
		default:
			_ = conn.Close()
		}
	}
}

func (s *Socket) start(conn net.Conn, greeted func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		_ = conn.Close()
		return
	default:
	}
	s.conns[conn] = true
	s.group.Go(func() {
		s.serve(conn, greeted)
		_ = conn.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.conns, conn)
	})
}

// admit enters a peer under its identity, or under a new one when it has none. One that comes back
// under the identity of an older connection takes its place, as after a network failure.
func (s *Socket) admit(p *peer) *peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		p.identity = ""
	} else if p.identity == "" || p.identity[0] == 0 || s.kind == XPub {
		s.last++
		p.identity = string(binary.BigEndian.AppendUint32([]byte{0}, s.last))
	}
	if old := s.peers[p.identity]; old != nil {
		old.close()
	}
	s.peers[p.identity] = p
	return p
}
