package files

import (
	"runtime"
	"sync"
)

// A step is a folder that the walk will come to.
type step struct {
	parent *Folder // nil for the root
	path   string  // its name in parent
	state  int
	folder *Folder // once it is read
}

// The states of a step.
const (
	waiting = iota
	reading
	read
)

// Limits of reading ahead: how many folders, and how many entries they may have together, before those that
// are read wait for the walk.
const (
	foldersAhead = 64
	entriesAhead = 1 << 15
)

// ahead is the stack of the steps to come, the next one on top, and the goroutines that read the folders
// at its top before the walk is there.
type ahead struct {
	root *Root

	mu      sync.Mutex
	changed sync.Cond // a step was pushed, popped or read
	stack   []*step
	started int // folders on the stack that are not waiting any more
	entries int // in those of them that are read
	stopped bool
	workers sync.WaitGroup
}

func newAhead(root *Root) *ahead {
	a := &ahead{root: root}
	a.changed.L = &a.mu
	for range min(runtime.GOMAXPROCS(0), 8) {
		a.workers.Go(a.work)
	}
	return a
}

func (a *ahead) push(steps []*step) {
	if len(steps) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stack = append(a.stack, steps...)
	a.changed.Broadcast()
}

// next takes the step on top and returns its folder, nil when none is left. It reads the folder itself
// when nobody has begun to.
func (a *ahead) next() *Folder {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.stack) == 0 {
		return nil
	}
	s := a.stack[len(a.stack)-1]
	if s.state == waiting {
		a.read(s, new(reader))
	}
	for s.state != read {
		a.changed.Wait()
	}
	last := len(a.stack) - 1
	a.stack[last] = nil
	a.stack = a.stack[:last]
	a.started--
	a.entries -= len(s.folder.Entries)
	a.changed.Broadcast()
	return s.folder
}

// read reads a step's folder; a.mu is locked, except meanwhile.
func (a *ahead) read(s *step, with *reader) {
	s.state = reading
	a.started++
	a.mu.Unlock()
	path := s.path
	if s.parent != nil {
		path = Join(s.parent.Path, s.path)
	}
	f := &Folder{Path: path}
	f.Entries, f.Err = with.read(a.root, path)
	a.mu.Lock()
	s.folder, s.parent, s.state = f, nil, read
	a.entries += len(f.Entries)
	a.changed.Broadcast()
}

// work reads folders until the walk ends.
func (a *ahead) work() {
	a.mu.Lock()
	defer a.mu.Unlock()
	with := new(reader)
	for !a.stopped {
		if s := a.topmost(); s != nil {
			a.read(s, with)
		} else {
			a.changed.Wait()
		}
	}
}

// topmost returns the next step that nobody has begun to read, nil when that can wait.
func (a *ahead) topmost() *step {
	if a.started >= foldersAhead || a.entries >= entriesAhead {
		return nil
	}
	for i := len(a.stack) - 1; i >= 0; i-- {
		if a.stack[i].state == waiting {
			return a.stack[i]
		}
	}
	return nil
}

func (a *ahead) stop() {
	a.mu.Lock()
	a.stopped = true
	a.changed.Broadcast()
	a.mu.Unlock()
	a.workers.Wait()
}
