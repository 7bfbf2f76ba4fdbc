package process

import (
	"os"
	"runtime"
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
type spawner chan func()

func newSpawner() spawner {
	s := make(spawner)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for f := range s {
			f()
		}
	}()
	return s
}

func (s spawner) do(start func() error) error {
	done := make(chan error)
	s <- func() { done <- start() }
	return <-done
}

func (s spawner) close() { close(s) }

// peak returns the peak resident memory of a process in bytes. Linux counts in kibibytes.
func peak(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss << 10
}
