package observe

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/lineage/files"
	"github.com/gemba-ml/gemba/tracker"
)

// late is how long after a cell's end the change of a folder is still taken for the cell's: events are read some time after
// they happened.
const late = 500 * time.Millisecond

// maxFiles is how many files of a cell are told of.
const maxFiles = 100_000

// Observe finds out what a cell did, which Started told of. Ctx ends it early, with what was found so far.
func (b *Observer) Observe(ctx context.Context, e tracker.CellFinished) (tracker.FilesObserved, error) {
	s, found := b.finish(e.Execution)
	if !found {
		s.time = e.Time.Add(-e.Run - e.Build)
	}
	rest(ctx, tick-b.options.Now().Sub(e.Time)) // times of files count in steps
	v := &view{Observer: b, start: s, end: e.Time, began: e.Time.Add(-e.Run), names: newNames(), byReal: make(map[string]*candidate, len(e.Seen.Opened)), missed: slices.Clone(e.Seen.Missed)}
	v.watched(found)
	v.opened(ctx, e.Seen.Opened)
	if e.Seen.Children {
		v.children(ctx)
	} else {
		v.alone()
	}
	t := tracker.FilesObserved{Execution: e.Execution, Processes: len(e.Seen.Processes), Hosts: len(e.Seen.Hosts)}
	w := newWriter(len(v.candidates))
	v.files(ctx, func(f *File) {
		w.file(f)
		t.Read += one(f.Read)
		t.Written += one(f.Written)
	})
	for _, p := range e.Seen.Processes {
		w.process(&Process{Type: "process", Command: b.screened(p.Command), PID: p.PID})
	}
	for _, h := range e.Seen.Hosts {
		w.add(&Host{Type: "host", Host: h})
	}
	t.Time, t.Observed, t.Missing = b.options.Now(), w.buffer.Bytes(), joinReasons(v.missed)
	return t, ctx.Err()
}

// one counts what is true.
func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// maxCommand is how much of a command is told.
const maxCommand = 4096

func (b *Observer) screened(command string) Text {
	if b.options.Screen != nil { // first: half a secret is not known for one
		command = string(b.options.Screen([]byte(command)))
	}
	if len(command) > maxCommand {
		command = command[:maxCommand] + "…"
	}
	return Text(command)
}

// view is one cell on its way through the observer.
type view struct {
	*Observer
	start      start
	end        time.Time
	began      time.Time // its programs ran not before
	names      *names
	changes    changes
	why        string // they are not complete
	candidates []*candidate
	byReal     map[string]*candidate // that are known by their path without links
	missed     []string
}

// candidate is a file that the cell may have read or written.
type candidate struct {
	path, real string
	opened     *tracker.Opened // nil when only the work tree tells of it
	now        state           // as it was when it was first looked at after the cell; zero when it was not yet
	again      bool            // the program opened it, left it as it was, and opened it again
	happened   happened
	listed     bool // it changed while the cell ran, says a listing
}

// watched fetches what the watcher saw while the cell ran, which is to the start of the next cell at most.
func (v *view) watched(found bool) {
	if v.watcher == nil || !found {
		v.why = v.fault
		return
	}
	end := v.until()
	events, ready, fault := v.watcher.events(v.start.mark, end, v.began)
	v.changes = summary(events, v.end.Add(late))
	switch {
	case fault != "":
		v.changes.complete, v.why = false, fault
	case !ready:
		v.changes.complete, v.why = false, "its folders were not all watched yet"
	case !v.changes.complete:
		v.why = "too much changed there at once"
	}
	v.observed(end)
}

func (v *view) add(path, real string) *candidate {
	c := &candidate{path: path, real: real}
	if h := v.changes.files[real]; h != nil {
		c.happened = *h
	}
	v.candidates = append(v.candidates, c)
	v.byReal[real] = c
	return c
}

// opened takes in the files that the cell's program opened.
func (v *view) opened(ctx context.Context, list []tracker.Opened) {
	known := make(map[string]*candidate, len(list))
	v.each(ctx, len(list), func(i int) bool {
		o := &list[i]
		path := filepath.Clean(o.Path)
		if c, is := known[path]; is {
			c.reopened(o)
			return true
		}
		known[path] = nil
		if !v.filter.data(path) {
			return true
		}
		if len(v.candidates) == maxFiles {
			v.missed = append(v.missed, "more files than "+sizeCount(maxFiles))
			return false
		}
		real, now := v.names.look(path)
		if real == path || v.filter.data(real) {
			c := v.add(path, real)
			c.opened, c.now, known[path] = o, now, c
		}
		return true
	})
}

// reopened takes in that the program opened the file once more; c is nil when it is no data.
func (c *candidate) reopened(o *tracker.Opened) {
	if c != nil && !o.Unlooked && !c.opened.Unlooked && o.Existed && was(*o).sameBytes(was(*c.opened)) {
		c.again = true
	}
}

// alone takes in what changed in the work tree without a trace in the program, which has no children: names that it took away
// or gave, as programs do that replace a file at one blow. What else changed there was done by somebody else, as are
// names of what somebody else has made meanwhile.
func (v *view) alone() {
	if !v.changes.complete {
		v.missed = append(v.missed, "files that the program removed or renamed: the folder was not watched: "+v.why)
		return
	}
	for _, path := range slices.Sorted(maps.Keys(v.changes.files)) {
		h := v.changes.files[path]
		from := v.changes.files[h.from]
		strange := from != nil && from.created && v.byReal[h.from] == nil
		switch {
		case v.byReal[path] != nil || !v.filter.data(path):
		case h.arrived && !strange, h.removed && !h.created && len(v.candidates) < maxFiles:
			v.add(path, path)
		default:
			v.library.forget(path)
		}
	}
}

// children takes in what changed in the work tree, and what was read in it.
func (v *view) children(ctx context.Context) {
	if !v.changes.complete {
		v.missed = append(v.missed, "files that child processes read or removed: the folder was not watched: "+v.why)
		v.list(ctx)
		return
	}
	if !v.start.reads {
		v.missed = append(v.missed, "files that child processes read: the cell did not look as if it started any")
	} else if !v.changes.reads {
		v.missed = append(v.missed, "some files that child processes read: the folder has too many folders to watch at once")
	}
	for _, path := range slices.Sorted(maps.Keys(v.changes.files)) {
		if v.byReal[path] == nil && v.filter.data(path) && len(v.candidates) < maxFiles {
			v.add(path, path)
		}
	}
}

// list takes in the files of the work tree that changed since the cell started.
func (v *view) list(ctx context.Context) {
	root, err := files.OpenRoot(v.root)
	if err != nil {
		v.missed = append(v.missed, "files that child processes wrote: "+err.Error())
		return
	}
	defer func() { _ = root.Close() }()
	from, to := v.start.time.Add(-tick), v.end.Add(late)
	err = root.WalkAlone(ctx, func(f *files.Folder) func(string) bool {
		dir := filepath.Join(v.root, filepath.FromSlash(f.Path))
		for _, e := range f.Entries {
			changed := e.Change
			if changed.IsZero() {
				changed = e.ModTime
			}
			path := filepath.Join(dir, e.Name)
			if !e.Mode.IsDir() && !changed.Before(from) && !changed.After(to) && v.byReal[path] == nil && v.filter.data(path) && len(v.candidates) < maxFiles {
				v.add(path, path).listed = true
			}
		}
		return func(name string) bool { return v.filter.data(filepath.Join(dir, name)) }
	})
	if err != nil {
		v.missed = append(v.missed, "files that child processes wrote: "+err.Error())
	}
}

// batch is how many files are looked at between two rests.
const batch = 64

// files looks at all candidates and tells of those that the cell read or wrote.
func (v *view) files(ctx context.Context, tell func(*File)) {
	v.each(ctx, len(v.candidates), func(i int) bool {
		if f, is := v.file(ctx, v.candidates[i]); is {
			tell(&f)
		}
		return true
	})
	if ctx.Err() != nil {
		v.missed = append(v.missed, "the session ended before all files were looked at")
	}
}

// each does something n times, at the pace and until it says that it is enough.
func (v *view) each(ctx context.Context, n int, do func(i int) bool) {
	begun := time.Now()
	for i := 0; i < n && ctx.Err() == nil && do(i); i++ {
		if i%batch == batch-1 {
			rest(ctx, time.Duration(v.pace()*float64(time.Since(begun))))
			begun = time.Now()
		}
	}
}
