package process

import (
	"os"
	"runtime"
	"sync"
	"syscall"
)

// attributes give a program a session and a process group of its own, so that it and its children
// can be signalled together and cannot wait for a terminal, and have it killed with this process in
// the moment before the watcher knows of it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
}

// spawner starts programs from one thread that lives as long as the session: Linux takes the end of
// the thread that started a program, not of the process, for its parent's death.
type spawner struct {
	work chan func()
	quit chan struct{}
	once sync.Once
}

func newSpawner() *spawner {
	s := &spawner{work: make(chan func()), quit: make(chan struct{})}
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for {
			select {
			case f := <-s.work:
				f()
			case <-s.quit:
				return
			}
		}
	}()
	return s
}

func (s *spawner) do(start func() error) error {
	done := make(chan error, 1)
	select {
	case s.work <- func() { done <- start() }:
		return <-done
	case <-s.quit:
		return os.ErrClosed
	}
}

func (s *spawner) close() { s.once.Do(func() { close(s.quit) }) }
