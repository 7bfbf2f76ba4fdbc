//go:build unix

package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gemba-ml/gemba/kernel/watch"
)

// Runner runs the programs of one session, one after the other. It owns a private folder, a
// watcher process that cleans up should this process be killed, and the state of the session's
// comm with the notebook's page. Comm, Comms and Own may be called while Run runs.
type Runner struct {
	session
	dir     string
	serial  atomic.Int64 // of the names of pipes
	groups  groups
	spawner *spawner
	buffers sync.Pool // of *[]byte, pieceSize long
	shared  shared

	mu      sync.Mutex
	left    map[*os.File]bool // streams that programs in the background still hold
	folders []string
}

// New starts a session's runner. KernelID is Jupyter's id of the kernel, which the JavaScript in
// the page needs to find its way back; when it is empty, widgets do not work.
func New(kernelID string) (*Runner, error) {
	register()
	r := &Runner{session: newSession(kernelID), left: map[*os.File]bool{}}
	r.buffers.New = func() any { b := make([]byte, pieceSize); return &b }
	w, err := watch.Start()
	if err != nil {
		return nil, err
	}
	r.groups = groups{all: map[int]bool{}, watcher: w}
	dir, err := newFolder(w)
	if err != nil {
		w.Close()
		return nil, err
	}
	r.dir, r.spawner = dir, newSpawner()
	return r, r.Own(dir)
}

// Dir is the session's private folder, removed by Close or, when this process is killed, by the
// watcher. Callers may keep their own files in it, under names that do not begin with "pipe".
func (r *Runner) Dir() string { return r.dir }

// Own has a folder, given by its absolute path, removed when this process ends, however it ends.
func (r *Runner) Own(folder string) error {
	if !filepath.IsAbs(folder) || strings.ContainsRune(folder, '\n') {
		return fmt.Errorf("own folder %q: not an absolute path of one line", folder)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.folders = append(r.folders, filepath.Clean(folder))
	r.groups.watcher.Folder(filepath.Clean(folder))
	return nil
}

// OwnGroup has a process group, which is not one of Run's, killed when this process ends, however it ends,
// until release is called.
func (r *Runner) OwnGroup(group int) (release func()) {
	r.groups.add(group)
	return func() { r.groups.release(group) }
}

// Close kills what still runs and removes the session's folders. No program starts after it.
func (r *Runner) Close() error {
	r.groups.kill()
	r.spawner.close()
	r.shared.close()
	r.mu.Lock()
	defer r.mu.Unlock()
	for f := range r.left {
		_ = f.Close()
	}
	r.groups.watcher.Close()
	var failed error
	for _, folder := range r.folders { // gone by now, unless somebody killed the watcher
		failed = errors.Join(failed, os.RemoveAll(folder))
	}
	return failed
}

// ignore reads a stream to its end, so that what runs on in the background neither blocks nor fails
// when it prints. Nobody sees what it prints.
func (r *Runner) ignore(fd int) {
	f := os.NewFile(uintptr(fd), "stream")
	r.mu.Lock()
	r.left[f] = true
	r.mu.Unlock()
	go func() {
		_, _ = io.Copy(io.Discard, f)
		_ = f.Close()
		r.mu.Lock()
		delete(r.left, f)
		r.mu.Unlock()
		r.groups.tidy()
	}()
}
