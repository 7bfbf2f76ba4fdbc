//go:build unix

package process

import (
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// signal signals every process of a group.
func signal(group int, s syscall.Signal) { _ = unix.Kill(-group, s) }

// alive reports whether a group still has a process.
func alive(group int) bool { return unix.Kill(-group, 0) != unix.ESRCH }

// status returns a process's exit status as shells give it, and the signal that ended it.
func status(state *os.ProcessState) (int, string) {
	ws, ok := state.Sys().(syscall.WaitStatus)
	if ok && ws.Signaled() {
		return 128 + int(ws.Signal()), ws.Signal().String()
	}
	return state.ExitCode(), ""
}

// groups are the process groups of a session that may have a process. The watcher knows them too.
type groups struct {
	mu      sync.Mutex
	all     map[int]bool
	watcher *watcher
}

// add notes a new group, and forgets those that are gone, before the system gives their number to
// somebody else.
func (g *groups) add(group int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweep()
	g.all[group] = true
	g.watcher.group(group, true)
}

func (g *groups) tidy() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweep()
}

func (g *groups) sweep() {
	for group := range g.all {
		if !alive(group) {
			delete(g.all, group)
			g.watcher.group(group, false)
		}
	}
}

// kill ends all groups.
func (g *groups) kill() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for group := range g.all {
		signal(group, unix.SIGKILL)
		delete(g.all, group)
		g.watcher.group(group, false)
	}
}
