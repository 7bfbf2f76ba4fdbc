//go:build unix

package zmtp

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// prompter writes to a connection what the system takes at once.
type prompter struct {
	raw   syscall.RawConn
	try   func(fd uintptr) bool // is made once
	parts net.Buffers
	n     int
}

// prompt returns what writes to a connection without waiting and says how many bytes that were, one call at a time; nil for
// a connection that has no file descriptor. Why a write failed is for the next one to tell, which waits.
func prompt(conn net.Conn) func(net.Buffers) int {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return nil
	}
	p := &prompter{raw: raw}
	p.try = p.once
	return p.write
}

func (p *prompter) write(parts net.Buffers) int {
	p.parts, p.n = parts, 0
	_ = p.raw.Write(p.try) // closed: nothing is written
	p.parts = nil
	return max(0, p.n)
}

// once makes one system call. It never asks to be called again.
func (p *prompter) once(fd uintptr) bool {
	if len(p.parts) == 1 {
		p.n, _ = unix.Write(int(fd), p.parts[0])
	} else {
		p.n, _ = unix.SendmsgBuffers(int(fd), p.parts, nil, nil, 0)
	}
	return true
}
