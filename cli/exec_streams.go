package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

const (
	// afterwards is how long a program that has ended is waited for to end its output, which others may hold open.
	afterwards = time.Second
	// atOnce is how long what they said meanwhile is waited for behind that.
	atOnce = time.Millisecond
	// inPipes is how much of it may be the program's own, in bytes.
	inPipes = 1 << 20
)

// outlet is where a program's output goes: to where gemba's own goes, byte for byte, and into the record. It is a terminal where
// gemba's is one.
type outlet struct {
	stream   string // "stdout" or "stderr"
	to       io.Writer
	terminal *os.File // to, when it is one
	from     *os.File
	child    *os.File // the program's end
	ended    atomic.Pointer[time.Time]
	late     int   // bytes that came long after the program's end
	fault    error // why nothing can be written any more
}

func newOutlet(stream string, to io.Writer) (o *outlet, err error) {
	o = &outlet{stream: stream, to: to}
	if f, ok := to.(*os.File); ok && term.IsTerminal(int(f.Fd())) && o.openTerminal(f) {
		return o, nil
	}
	if o.from, o.child, err = os.Pipe(); err != nil {
		return nil, fmt.Errorf("make a pipe for the program's %s: %w", stream, err)
	}
	return o, nil
}

// openTerminal makes the program's end a terminal, which changes nothing of what is written to it: the one behind does.
func (o *outlet) openTerminal(behind *os.File) bool {
	from, child, err := pty.Open()
	if err != nil {
		return false
	}
	if _, err := term.MakeRaw(int(child.Fd())); err != nil {
		_ = errors.Join(from.Close(), child.Close())
		return false
	}
	o.terminal, o.from, o.child = behind, from, child
	o.resize()
	return true
}

// resize gives the program's terminal the size of the one behind, and reports whether it had another.
func (o *outlet) resize() bool {
	if o.terminal == nil {
		return false
	}
	size, err := pty.GetsizeFull(o.terminal)
	if err != nil {
		return false
	}
	had, err := pty.GetsizeFull(o.from)
	return (err != nil || *had != *size) && pty.Setsize(o.from, size) == nil
}

// copy passes on what the program says until it ends, or until nobody listens: then the program finds its output closed.
func (o *outlet) copy(said *transcript) {
	defer func() { _ = o.from.Close() }()
	buf := make([]byte, gatherSize)
	for {
		n, err := o.read(buf)
		if n > 0 {
			if _, o.fault = o.to.Write(buf[:n]); o.fault != nil {
				return
			}
			said.add(o.stream, buf[:n])
		}
		if err != nil { // of a terminal whose other end is closed it is EIO
			return
		}
	}
}

// read reads what the program said. Behind its end it waits for a moment, and then takes what is there and no more: somebody
// whom the program left in the background could talk for ever.
func (o *outlet) read(buf []byte) (int, error) {
	ended := o.ended.Load()
	if ended == nil || time.Since(*ended) < afterwards {
		if n, err := o.from.Read(buf); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
	}
	if o.late > inPipes {
		return 0, io.EOF
	}
	_ = o.from.SetReadDeadline(time.Now().Add(atOnce)) // what has no deadlines ends by itself
	n, err := o.from.Read(buf)
	o.late += n
	return n, err
}

// end says that the program has ended.
func (o *outlet) end(now time.Time) {
	o.ended.Store(&now)
	_ = o.from.SetReadDeadline(now.Add(afterwards))
}

// streams are a program's standard output and error: one outlet, when both go to the same place, so that the order stays.
type streams struct {
	out, err *outlet
	said     *transcript
	work     sync.WaitGroup
}

func openStreams(stdout, stderr io.Writer, said *transcript) (s *streams, err error) {
	s = &streams{said: said}
	if s.out, err = newOutlet("stdout", stdout); err != nil {
		return nil, err
	}
	if s.err = s.out; !samePlace(stdout, stderr) {
		if s.err, err = newOutlet("stderr", stderr); err != nil {
			return nil, errors.Join(err, s.out.from.Close(), s.out.child.Close())
		}
	}
	return s, nil
}

// samePlace reports whether two streams go to the same file, pipe or terminal.
func samePlace(a, b io.Writer) bool {
	f, isFile := a.(*os.File)
	g, both := b.(*os.File)
	if !isFile || !both {
		return false
	}
	x, errX := f.Stat()
	y, errY := g.Stat()
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// each calls f for each outlet.
func (s *streams) each(f func(*outlet)) {
	f(s.out)
	if s.err != s.out {
		f(s.err)
	}
}

// flow passes on what the program, which has started or never will, says.
func (s *streams) flow() {
	s.each(func(o *outlet) {
		_ = o.child.Close()
		s.work.Go(func() { o.copy(s.said) })
	})
}

// end waits until all that the program said is passed on, and returns why it could not be. That nobody listened is no fault.
func (s *streams) end() (fault error) {
	now := time.Now()
	s.each(func(o *outlet) { o.end(now) })
	s.work.Wait()
	s.each(func(o *outlet) {
		if o.fault != nil && !errors.Is(o.fault, syscall.EPIPE) {
			fault = errors.Join(fault, fmt.Errorf("pass on the program's %s: %w", o.stream, o.fault))
		}
	})
	return fault
}

// resize follows the size of the terminals, and reports whether one had changed.
func (s *streams) resize() (changed bool) {
	s.each(func(o *outlet) { changed = o.resize() || changed })
	return changed
}
