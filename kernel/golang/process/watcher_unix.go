//go:build unix

package process

import (
	_ "embed"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
)

//go:embed watcher.sh
var watcherScript string

// watcher is a small shell process, in a session of its own, that outlives this process and cleans
// up after it.
type watcher struct {
	mu   sync.Mutex
	cmd  *exec.Cmd
	pipe io.WriteCloser // nil after the end
}

func newWatcher() (*watcher, error) {
	cmd := exec.Command("/bin/sh", "-c", watcherScript, "gemba-watcher")
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
	return &watcher{cmd: cmd, pipe: pipe}, nil
}

// group tells that a process group has come or gone.
func (w *watcher) group(group int, here bool) {
	if here {
		w.tell("+%d\n", group)
	} else {
		w.tell("-%d\n", group)
	}
}

// folder has a folder removed at the end.
func (w *watcher) folder(path string) { w.tell("=%s\n", path) }

// tell writes a line. Without a watcher there is nobody to tell, and the kernel works on.
func (w *watcher) tell(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pipe != nil {
		_, _ = fmt.Fprintf(w.pipe, format, args...)
	}
}

// close has the watcher clean up now, and waits until it has.
func (w *watcher) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pipe != nil {
		_ = w.pipe.Close()
		_ = w.cmd.Wait()
		w.pipe = nil
	}
}
