package snapshot

import (
	"context"
	"errors"
	"io/fs"
	"sort"
	"strings"
	"syscall"

	"github.com/gemba-ml/gemba/lineage/files"
)

// visit is the first stage: it asks the old cache about all in a folder, and hands on what it does not know.
func (t *taker) visit(ctx context.Context, walked *files.Folder) func(string) bool {
	if ctx.Err() != nil {
		return func(string) bool { return false }
	}
	f := t.enter(walked)
	t.remember(f)
	todo := f.count(t)
	f.reading.Add(len(todo))
	t.order <- event{f: f}
	for _, i := range todo {
		t.jobs <- job{f, i}
	}
	return f.has
}

// has reports whether a folder's entries hold a name.
func (f *folder) has(name string) bool {
	_, found := f.find(name)
	return found
}

// find looks at names only: readers may be changing the rest.
func (f *folder) find(name string) (int, bool) {
	return sort.Find(len(f.entries), func(i int) int { return strings.Compare(name, f.entries[i].Name) })
}

// enter makes the folder that the walk came to, behind those that it has left.
func (t *taker) enter(walked *files.Folder) *folder {
	f := &folder{path: walked.Path, name: "."}
	if f.path != "." {
		dir, name := ".", f.path
		if i := strings.LastIndexByte(f.path, '/'); i >= 0 {
			dir, name = f.path[:i], f.path[i+1:]
		}
		f.name, f.parent = name, t.leaveTo(&dir)
		i, _ := f.parent.find(name)
		f.parent.items[i].below = f
	} else {
		t.top = f
	}
	t.open = append(t.open, f)
	f.entries = make([]files.Entry, 0, len(walked.Entries)) // the readers change them, so they are not the walk's
	for i := range walked.Entries {
		if e := &walked.Entries[i]; !t.leftOut(f.path, e) {
			f.entries = append(f.entries, *e)
		}
	}
	f.items = make([]item, len(f.entries))
	if walked.Err != nil {
		f.fault = reason(walked.Err)
		f.gone = errors.Is(walked.Err, fs.ErrNotExist)
	}
	return f
}

// leaveTo leaves the folders that the walk has left, up to the one at path, which it returns, or all.
func (t *taker) leaveTo(path *string) *folder {
	for len(t.open) > 0 {
		f := t.open[len(t.open)-1]
		if path != nil && f.path == *path {
			return f
		}
		t.open = t.open[:len(t.open)-1]
		if f.met {
			var ok bool
			f.old, ok = t.old.leave()
			f.same = f.same && ok
		}
		t.order <- event{f, true}
	}
	return nil
}

// remember takes from the old cache what it knows of a folder's entries.
func (t *taker) remember(f *folder) {
	if f.parent != nil && !f.parent.met {
		return
	}
	var rest []byte
	rest, f.met = t.old.enter(f.name)
	f.same = f.met && f.fault == ""
	var o remembered
	rest, ok := o.next(rest)
	for i := range f.entries {
		e := &f.entries[i]
		for ok && string(o.name) < e.Name {
			f.same = false
			rest, ok = o.next(rest)
		}
		if !ok || string(o.name) != e.Name {
			f.same = false
			continue
		}
		f.same = t.recall(e, &f.items[i], &o) && f.same
		rest, ok = o.next(rest)
	}
	f.same = f.same && !ok
}

// recall takes what is remembered of a thing that still is as it was, and reports whether it is.
func (t *taker) recall(e *files.Entry, i *item, o *remembered) bool {
	if e.Mode.IsDir() {
		return o.mode == e.Mode // what is in it is looked at when the walk comes there
	}
	if !o.known || !o.same(e) || e.Mode.IsRegular() && !t.stored(o.digest) {
		return false
	}
	i.digest, i.settled = o.digest, true
	return true
}

// count counts what is in a folder for the progress, and returns which files are to be read.
func (f *folder) count(t *taker) (todo []int) {
	for i := range f.entries {
		e := &f.entries[i]
		if !e.Mode.IsRegular() {
			f.items[i].settled = !e.Mode.IsDir() && settled(e, t.Now(), t.Window)
			continue
		}
		t.found.add(1, e.Size)
		if f.items[i].settled {
			t.done.add(1, e.Size)
		} else {
			todo = append(todo, i)
		}
	}
	return todo
}

// reason says for a tree why something could not be read: without a path, which would differ from machine to
// machine.
func reason(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return "unreadable: " + number.Error()
	}
	return "unreadable: " + err.Error()
}
