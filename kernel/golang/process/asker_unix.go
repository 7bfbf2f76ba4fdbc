//go:build unix

package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gemba-ml/gemba/kernel/wire"
)

const (
	askDelay  = 200 * time.Millisecond // so that a program which ends quickly asks nothing
	askPrompt = " "                    // of %with_inputs and %with_password
)

// newStdin makes a program's standard input as a named pipe and returns the program's end. While
// nobody holds the other end open, reading it is an end of file, and later, when somebody does, it
// is not: a program that reads without asking gets an end of file at once, and after
// gonbui.RequestInput it gets the answer.
func newStdin(path string) (*os.File, error) {
	if err := unix.Mkfifo(path, 0o600); err != nil {
		return nil, fmt.Errorf("make pipe %s: %w", path, err)
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open pipe %s: %w", path, err)
	}
	if err := unix.SetNonblock(fd, false); err != nil {
		return nil, fmt.Errorf("open pipe %s: %w", path, err)
	}
	return os.NewFile(uintptr(fd), path), nil
}

// asker asks the user, one question after the other, and gives the program the answers.
type asker struct {
	ctx   context.Context // ends with the program
	stop  func()          // stops the program
	front wire.Front
	path  string // of the program's standard input, see newStdin
	work  sync.WaitGroup

	mu      sync.Mutex
	last    chan struct{} // closed when the question before is answered
	refused error         // the first reason why a question could not be asked
}

// open opens the end of standard input that is written to, until the program ends. It fails when
// the program has closed its own end.
func (a *asker) open() (*os.File, error) {
	w, err := os.OpenFile(a.path, os.O_WRONLY|unix.O_NONBLOCK, 0)
	if err == nil {
		context.AfterFunc(a.ctx, func() { _ = w.Close() })
	}
	return w, err
}

// request asks for one line. From now on until the program has it, reading waits for it. A
// program that cannot be answered is stopped, since it may well ask for ever.
func (a *asker) request(prompt string, password bool) {
	w, err := a.open()
	if err != nil {
		return // the program has closed its input, the answer would reach nobody
	}
	a.mu.Lock()
	before, done := a.last, make(chan struct{})
	a.last = done
	a.mu.Unlock()
	a.work.Go(func() {
		defer close(done)
		defer w.Close()
		if before != nil {
			<-before
		}
		if !a.ask(w, prompt, password) {
			a.stop()
		}
	})
}

// write gives the program fixed text. The program waits for it from the call on.
func (a *asker) write(w *os.File, text []byte) {
	a.work.Go(func() {
		defer w.Close()
		_, _ = w.Write(text) // a program need not read it
	})
}

// prompt asks for lines as long as the program runs.
func (a *asker) prompt(w *os.File, password bool) {
	a.work.Go(func() {
		defer w.Close()
		for a.sleep(askDelay) {
			if !unread(w) && !a.ask(w, askPrompt, password) {
				return
			}
		}
	})
}

// ask asks one question and gives the program the answer. It reports whether that went well.
func (a *asker) ask(w *os.File, prompt string, password bool) bool {
	line, err := a.front.Input(a.ctx, prompt, password)
	if err == nil {
		_, err = w.WriteString(line + "\n")
		return err == nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ctx.Err() == nil && a.refused == nil {
		a.refused = fmt.Errorf("ask for input: %w", err)
	}
	return false
}

func (a *asker) sleep(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-a.ctx.Done():
		return false
	}
}

// end waits for what was begun; the context has to be over. It returns why the user could not be
// asked, nil when all went well.
func (a *asker) end() error {
	a.work.Wait()
	return a.refused
}

// unread reports whether the program has still to read what was written to w.
func unread(w *os.File) bool {
	conn, err := w.SyscallConn()
	if err != nil {
		return false
	}
	n := 0
	err = conn.Control(func(fd uintptr) { n = waiting(int(fd)) })
	return !errors.Is(err, os.ErrClosed) && n > 0
}
