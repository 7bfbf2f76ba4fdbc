package observe

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gemba-ml/gemba/lineage/files"
)

// What is watched in each folder: always what changes files; what only opens them while children run, since
// each event costs the cell a moment.
const (
	watchAlways  = unix.IN_CREATE | unix.IN_DELETE | unix.IN_MOVED_FROM | unix.IN_MOVED_TO | unix.IN_CLOSE_WRITE | watchHow
	watchReads   = watchAlways | unix.IN_CLOSE_NOWRITE
	watchHow     = unix.IN_ONLYDIR | unix.IN_DONT_FOLLOW | unix.IN_EXCL_UNLINK
	maxFolders   = 20_000 // that are watched
	armedAtOnce  = 256    // folders: so many are told to watch reads before a cell starts, the others meanwhile
	eventsBuffer = 256 << 10
)

// watcher tells what changes in a work tree, by inotify(7).
type watcher struct {
	root string
	skip func(path string) bool // folders to leave out
	idle func(path string)      // told of a file that changes while no cell runs
	now  func() time.Time
	file *os.File // for reading: Close ends it
	fd   int

	mu      sync.Mutex
	changed sync.Cond        // a mark was read, or the watcher ended
	folders map[int32]string // by watch
	watches map[string]int32 // by folder
	marks   map[int32]event  // by the watch that was removed for them
	next    int
	log     eventLog
	on      bool   // a cell runs, or was not observed yet
	mask    uint32 // of new watches
	arming  int    // counts changes of mask
	ready   bool   // the whole tree is watched
	since   time.Time
	fault   string // why it is not, for people
	ended   bool
}

func newWatcher(root string, skip func(string) bool, idle func(string), now func() time.Time) (*watcher, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("watch folder: %w", err)
	}
	w := &watcher{root: root, skip: skip, idle: idle, now: now, fd: fd, file: os.NewFile(uintptr(fd), "inotify"), mask: watchAlways,
		folders: map[int32]string{}, watches: map[string]int32{}, marks: map[int32]event{}}
	w.changed.L = &w.mu
	go w.read()
	return w, nil
}

// watchAll watches the tree; folders are read one after the other, to leave the machine to the cells.
func (w *watcher) watchAll(ctx context.Context) {
	err := w.watchBelow(ctx, w.root, func(string) {})
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ready, w.since = err == nil, w.now(); err != nil {
		w.fault = err.Error()
	}
}

var errTooMany = errors.New("it has too many folders to watch")

// watchBelow watches a folder and all below it, and calls found for each file there.
func (w *watcher) watchBelow(ctx context.Context, dir string, found func(path string)) error {
	if err := w.watch(dir); err != nil {
		return err
	}
	entries, err := files.Read(dir)
	if err != nil && dir == w.root {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name)
		if !e.Mode.IsDir() {
			found(path)
		} else if err := errors.Join(ctx.Err(), w.below(ctx, path, found)); err != nil {
			return err
		}
	}
	return nil
}

func (w *watcher) below(ctx context.Context, path string, found func(string)) error {
	if w.skip(path) {
		return nil
	}
	return w.watchBelow(ctx, path, found)
}

func (w *watcher) watch(dir string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return os.ErrClosed
	}
	if len(w.watches) >= maxFolders {
		return errTooMany
	}
	id, err := unix.InotifyAddWatch(w.fd, dir, w.mask)
	switch {
	case errors.Is(err, unix.ENOSPC):
		return errors.New("no watches are left: raise the limit fs.inotify.max_user_watches")
	case err != nil:
		return nil // gone meanwhile, or not ours to read
	}
	w.folders[int32(id)], w.watches[dir] = dir, int32(id)
	return nil
}

// mark makes a place in the log, in order with the events. It costs two system calls: a watch is added and taken away.
func (w *watcher) mark() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next++
	e := event{kind: marked, mark: w.next, at: w.now()}
	id, err := unix.InotifyAddWatch(w.fd, os.DevNull, unix.IN_DELETE_SELF)
	if err != nil || w.ended {
		w.log.add(e) // nearly in order
		return w.next
	}
	w.marks[int32(id)] = e
	_, _ = unix.InotifyRmWatch(w.fd, uint32(id))
	return w.next
}

// begin makes a mark where a cell starts. Reads says that files opened for reading are wanted too.
func (w *watcher) begin(reads bool) (mark int) {
	w.mu.Lock()
	w.on = true
	mask := uint32(watchAlways)
	if reads {
		mask = watchReads
	}
	if w.mask != mask {
		w.mask = mask
		w.arming++
		w.arm(w.arming)
	}
	w.mu.Unlock()
	return w.mark()
}

// arm has all folders watched by the mask; w.mu is locked. Many folders take a while: the log then says from when on.
func (w *watcher) arm(arming int) {
	todo := make([]string, 0, len(w.watches))
	for dir := range w.watches {
		todo = append(todo, dir)
	}
	for _, dir := range todo[:min(len(todo), armedAtOnce)] {
		_, _ = unix.InotifyAddWatch(w.fd, dir, w.mask)
	}
	if len(todo) <= armedAtOnce {
		return
	}
	w.log.add(event{kind: blind, at: w.now()})
	go func() {
		for _, dir := range todo[armedAtOnce:] {
			w.mu.Lock()
			stale := w.ended || w.arming != arming
			if !stale && w.watches[dir] != 0 {
				_, _ = unix.InotifyAddWatch(w.fd, dir, w.mask)
			}
			w.mu.Unlock()
			if stale {
				return
			}
		}
	}()
}

// events gives what happened from one mark to another; it waits until that has been read. Ready says that the whole tree
// was watched since a time, fault why it was not.
func (w *watcher) events(from, to int, since time.Time) (list []event, ready bool, fault string) {
	guard := time.AfterFunc(2*time.Second, func() {
		w.mu.Lock()
		w.log.add(event{kind: marked, mark: to, at: w.now()})
		w.changed.Broadcast()
		w.mu.Unlock()
	})
	defer guard.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.log.last < to && !w.ended {
		w.changed.Wait()
	}
	list = w.log.between(from, to)
	if list == nil {
		return nil, false, "it was not watched from the start"
	}
	return list, w.ready && !w.since.After(since), w.fault
}

// observed says that the events before a mark are not needed any more; with idle none are until the next begin.
func (w *watcher) observed(mark int, idle bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.on = !idle; idle {
		w.log.clear()
	} else {
		w.log.forget(mark)
	}
}

// opened says that this process itself is about to close a file.
func (w *watcher) opened(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.on {
		w.log.add(event{kind: own, path: path, at: w.now()})
	}
}

func (w *watcher) close() {
	w.mu.Lock()
	w.ended = true
	w.changed.Broadcast()
	w.mu.Unlock()
	_ = w.file.Close()
}

// read reads events until the watcher is closed.
func (w *watcher) read() {
	buffer := make([]byte, eventsBuffer)
	for {
		n, err := w.file.Read(buffer)
		if err != nil {
			w.mu.Lock()
			w.ended = true
			w.changed.Broadcast()
			w.mu.Unlock()
			return
		}
		w.take(buffer[:n])
	}
}

// take takes in what one read gave.
func (w *watcher) take(b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	for len(b) >= unix.SizeofInotifyEvent {
		watch, mask := int32(binary.NativeEndian.Uint32(b)), binary.NativeEndian.Uint32(b[4:])
		pair, length := binary.NativeEndian.Uint32(b[8:]), binary.NativeEndian.Uint32(b[12:])
		name, _, _ := bytes.Cut(b[unix.SizeofInotifyEvent:unix.SizeofInotifyEvent+length], []byte{0})
		w.happened(watch, mask, pair, string(name), now)
		b = b[unix.SizeofInotifyEvent+length:]
	}
	w.changed.Broadcast()
}

// kinds are inotify's events as the log has them.
var kinds = map[uint32]kind{unix.IN_CLOSE_NOWRITE: closed, unix.IN_CLOSE_WRITE: wrote, unix.IN_CREATE: created,
	unix.IN_DELETE: removed, unix.IN_MOVED_FROM: movedFrom, unix.IN_MOVED_TO: movedTo}

func (w *watcher) happened(watch int32, mask, pair uint32, name string, now time.Time) {
	if mask&unix.IN_Q_OVERFLOW != 0 {
		w.log.add(event{kind: lost, at: now})
		return
	}
	if mask&unix.IN_IGNORED != 0 {
		w.ignored(watch)
		return
	}
	dir, known := w.folders[watch]
	kind, told := kinds[mask&^unix.IN_ISDIR]
	if !known || !told || name == "" {
		return
	}
	path := filepath.Join(dir, name)
	if mask&unix.IN_ISDIR != 0 {
		w.folder(kind, path, pair, now)
	} else if w.on {
		w.log.add(event{kind: kind, path: path, pair: pair, at: now})
	} else if kind != closed {
		w.idle(path)
	}
}

// ignored is told that a watch is gone: it was a mark, or its folder was removed.
func (w *watcher) ignored(watch int32) {
	if e, ok := w.marks[watch]; ok {
		delete(w.marks, watch)
		w.log.add(e)
		return
	}
	if dir, ok := w.folders[watch]; ok {
		delete(w.folders, watch)
		if w.watches[dir] == watch {
			delete(w.watches, dir)
		}
	}
}

// folder is told what happened to a folder. The files in a new one came with it: what was done to them before it was watched
// is not known otherwise.
func (w *watcher) folder(k kind, path string, pair uint32, now time.Time) {
	switch k {
	case created, movedTo:
		if w.skip(path) {
			return
		}
		w.mu.Unlock()
		var inside []string
		err := w.watchBelow(context.Background(), path, func(file string) { inside = append(inside, file) })
		w.mu.Lock()
		if err != nil {
			w.ready, w.fault = false, err.Error()
		}
		for _, file := range inside {
			w.came(k, file, now)
		}
	case movedFrom:
		for dir, watch := range w.watches {
			if within(dir, path) {
				delete(w.watches, dir)
				delete(w.folders, watch)
				_, _ = unix.InotifyRmWatch(w.fd, uint32(watch))
			}
		}
		if w.on {
			w.log.add(event{kind: removed, path: path + string(filepath.Separator), at: now})
		}
	}
}

// came is told of a file that came to be with its folder, by making it or by moving it.
func (w *watcher) came(k kind, file string, now time.Time) {
	if !w.on {
		w.idle(file)
		return
	}
	w.log.add(event{kind: created, path: file, at: now})
	if k == movedTo {
		w.log.add(event{kind: movedTo, path: file, at: now})
	}
}
