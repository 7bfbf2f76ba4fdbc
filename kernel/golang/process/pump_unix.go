//go:build unix

package process

import (
	"errors"
	"io"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const pieceSize = 1 << 20 // bytes in a stream message, at most

// pump moves what a program says to its output. One goroutine owns it, and so owns the order in
// which things are said: it reads the program's displays from the pump as from a file, and while
// there are none the pump serves the streams. Before a display is published, drain publishes all
// that was printed before it.
type pump struct {
	out    *output
	fds    [streams]int // read ends of standard output and error, -1 after the end of file
	rich   int          // GONB_PIPE, -1 when the program has none
	back   *mailbox     // GONB_PIPE_BACK, nil when the program has none
	bell   *bell        // rings when the program has exited, or something below has changed
	exited atomic.Bool
	last   bool // the pipe is being read for the last time
	left   int  // bytes of that
	now    func() time.Time
	pace   pace
	buf    []byte
}

// Read returns bytes that the program wrote to GONB_PIPE. At the end of file the program has exited
// and everything it wrote was read; its streams may still hold something.
func (p *pump) Read(b []byte) (int, error) {
	for !p.exited.Load() {
		if n, err := read(p.rich, b); n > 0 {
			return n, nil
		} else if p.rich >= 0 && !errors.Is(err, unix.EAGAIN) {
			return 0, err
		}
		p.step(-1, p.rich)
	}
	return p.readLast(b)
}

// readLast reads what is in the pipe when the program is seen to have exited, and no more: a child
// left in the background could display forever.
func (p *pump) readLast(b []byte) (int, error) {
	if !p.last {
		p.last, p.left = true, waiting(p.rich)
	}
	n, _ := read(p.rich, b[:min(len(b), p.left)])
	if n == 0 {
		return 0, io.EOF
	}
	p.left -= n
	return n, nil
}

// step waits until there is something to do, at most so long (forever when negative), and does it.
// Displays, for which it waits at rich, are left to Read.
func (p *pump) step(limit time.Duration, rich int) {
	set := [...]unix.PollFd{
		{Fd: int32(p.fds[stdout]), Events: unix.POLLIN},
		{Fd: int32(p.fds[stderr]), Events: unix.POLLIN},
		{Fd: int32(rich), Events: unix.POLLIN},
		{Fd: int32(p.bell.r), Events: unix.POLLIN},
		{Fd: int32(p.backlog()), Events: unix.POLLOUT},
	}
	if hold := p.pace.wait(p.now()); hold > 0 {
		set[stdout].Fd, set[stderr].Fd = -1, -1
		if limit < 0 || hold < limit {
			limit = hold
		}
	}
	if n, err := unix.Poll(set[:], milliseconds(limit)); err != nil || n == 0 {
		return
	}
	for i := range p.fds {
		if set[i].Revents != 0 {
			p.take(i, pieceSize)
		}
	}
	if set[3].Revents != 0 {
		p.bell.silence()
	}
	if set[4].Revents != 0 {
		p.back.flush()
	}
}

func milliseconds(d time.Duration) int {
	if d < 0 {
		return -1
	}
	return int((d + time.Millisecond - 1) / time.Millisecond)
}

func (p *pump) backlog() int {
	if p.back == nil {
		return -1
	}
	return p.back.full()
}

// take publishes what is there on a stream, up to limit bytes; a stream at its end is closed.
func (p *pump) take(i, limit int) {
	got := 0
	for got < min(limit, len(p.buf)) {
		n, err := read(p.fds[i], p.buf[got:min(limit, len(p.buf))])
		if n > 0 {
			got += n
			continue
		}
		if !errors.Is(err, unix.EAGAIN) {
			closeAll(p.fds[i])
			p.fds[i] = -1
		}
		break
	}
	if got > 0 {
		p.out.stream(i, p.buf[:got])
		p.pace.spend(p.now(), got)
	}
}

// drain publishes all that can be read from the streams at this moment, and no more: a child left
// in the background could print forever.
func (p *pump) drain() {
	for i, fd := range p.fds {
		for n := waiting(fd); n > 0 && p.fds[i] >= 0; n -= pieceSize {
			p.take(i, n)
		}
	}
}

// serve awaits: the streams flow while a condition on comms is waited for.
func (p *pump) serve(holds func(func() bool) bool) await {
	return func(limit time.Duration, condition func() bool) bool {
		for end := p.now().Add(limit); ; {
			if holds(condition) {
				return true
			}
			left := end.Sub(p.now())
			if left <= 0 || p.exited.Load() {
				return false
			}
			p.step(left, -1)
		}
	}
}
