//go:build unix

package watch

import (
	_ "embed"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
)

//go:embed watcher.sh
var script string

// Watcher is a small shell process, in a session of its own, that outlives this process and cleans up after it. Its methods may
// be called from several goroutines.
type Watcher struct {
	mu   sync.Mutex
	cmd  *exec.Cmd
	pipe io.WriteCloser // nil after the end
}

// Start starts a watcher that has nothing to clean up yet.
func Start() (*Watcher, error) {
	cmd := exec.Command("/bin/sh", "-c", script, "gemba-watcher")
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start watcher: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start watcher: %w", err)
	}
	return &Watcher{cmd: cmd, pipe: pipe}, nil
}

// Group tells that a process group has come or gone. One that has come is killed at the end, and so is who is in its session.
func (w *Watcher) Group(group int, here bool) {
	if here {
		w.tell("+%d\n", group)
	} else {
		w.tell("-%d\n", group)
	}
}

// Folder has a folder, given by its absolute path, removed at the end.
func (w *Watcher) Folder(path string) { w.tell("=%s\n", path) }

// tell writes a line. Without a watcher there is nobody to tell, and the kernel works on.
func (w *Watcher) tell(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pipe != nil {
		_, _ = fmt.Fprintf(w.pipe, format, args...)
	}
}

// Close has the watcher clean up now, and waits until it has.
func (w *Watcher) Close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pipe != nil {
		_ = w.pipe.Close()
		_ = w.cmd.Wait()
		w.pipe = nil
	}
}
