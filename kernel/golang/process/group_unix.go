//go:build unix

package process

import (
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/gemba-ml/gemba/kernel/watch"
)

// signal signals every process of a group.
func signal(group int, s syscall.Signal) { _ = unix.Kill(-group, s) }

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
	all     map[int]bool // true when the group's program left somebody who holds its output open
	watcher *watch.Watcher
}

// add notes a new group.
func (g *groups) add(group int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all[group] = false
	g.watcher.Group(group, true)
}

// ended notes that a group's program has exited, and whether somebody still holds its output open.
func (g *groups) ended(group int, held bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all[group] = held
}

// release forgets a group whether or not it has a process.
func (g *groups) release(group int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forget(group)
}

// tidy forgets the groups that are gone, before the system gives their number to somebody else.
func (g *groups) tidy() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for group, held := range g.all {
		if !alive(group, held) {
			g.forget(group)
		}
	}
}

// kill ends all groups.
func (g *groups) kill() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for group := range g.all {
		kill(group)
		g.forget(group)
	}
}

func (g *groups) forget(group int) {
	delete(g.all, group)
	g.watcher.Group(group, false)
}

// alive reports whether a group has a process. Its session, too, when that is likely and so worth
// the search: a shell with job control gives its children groups of their own.
func alive(group int, search bool) bool {
	return unix.Kill(-group, 0) != unix.ESRCH || search && len(members(group)) > 0
}

// kill ends every process of a group and of its session.
func kill(group int) {
	signal(group, unix.SIGKILL)
	for _, pid := range members(group) {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
}
