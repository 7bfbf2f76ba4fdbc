package snapshot

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/gemba-ml/gemba/lineage/files"
	"github.com/gemba-ml/gemba/tracker"
)

// finish is the third stage: it writes the new cache, and puts folders together once all in them is there.
func (t *taker) finish(ctx context.Context) {
	for e := range t.order {
		e.f.reading.Wait()
		if ctx.Err() != nil {
			continue
		}
		if !e.leave {
			t.new.folder(e.f)
			t.pick(e.f)
			continue
		}
		if err := t.assemble(e.f); err != nil {
			t.fail(err)
		}
		t.new.end(e.f.summary)
	}
}

// pick names the files of a folder that somebody asked for.
func (t *taker) pick(f *folder) {
	if t.Pick == nil {
		return
	}
	dir := f.path
	if dir == "." {
		dir = ""
	}
	for i := range f.entries {
		e, it := &f.entries[i], &f.items[i]
		if e.Mode.IsRegular() && !it.gone && it.missing == "" && t.Pick(e.Name) {
			l := Line{Name: e.Name, Type: File, Mode: e.Mode, Size: e.Size, Digest: it.digest}
			t.picked = append(t.picked, Placed{dir, l})
		}
	}
}

// assemble finds a folder's tree: the remembered one when nothing has changed.
func (t *taker) assemble(f *folder) error {
	for i := range f.items {
		if below := f.items[i].below; f.entries[i].Mode.IsDir() && (below == nil || !below.same) {
			f.same = false
		}
	}
	if f.same = f.same && !f.old.lacks && t.stored(f.old.tree); f.same {
		f.summary = f.old
		f.release()
		return nil
	}
	lines := t.lines[:0]
	for i := range f.entries {
		lines = t.line(lines, f, &f.entries[i], &f.items[i])
	}
	t.lines = lines
	f.lacks = f.lacks || f.fault != ""
	f.release()
	var err error
	if f.tree, err = t.Store.Put(lines); err != nil {
		return fmt.Errorf("store tree: %w", err)
	}
	return nil
}

// release lets go of what is not needed once a folder is put together.
func (f *folder) release() { f.entries, f.items, f.parent = nil, nil, nil }

// stored reports whether the store has what the old cache names.
func (t *taker) stored(d tracker.Digest) bool { return t.trust || t.Has != nil && t.Has(d) }

// line appends an entry's line to those of its folder, and counts it there.
func (t *taker) line(lines []byte, f *folder, e *files.Entry, i *item) []byte {
	l := Line{Name: e.Name, Type: typeOf(e.Mode), Mode: e.Mode, Missing: i.missing}
	path := files.Join(f.path, e.Name)
	switch l.Type {
	case File:
		l.Size, l.Digest = e.Size, i.digest
	case Folder:
		t.below(&l, i)
	case Link:
		t.link(&l, path, i)
	case Other:
		l.Missing = cmp.Or(f.fault, string(l.Type)) // what it is could not be asked for
	default:
		l.Missing = string(l.Type)
	}
	if i.gone {
		t.missing.gone(path)
		f.lacks = true
		return lines
	}
	if l.Missing != "" {
		t.missing.add(path, &l)
	}
	f.take(&l, i)
	return l.append(lines)
}

// take counts a line's files.
func (f *folder) take(l *Line, i *item) {
	if l.Type == File && l.Missing == "" {
		f.files, f.bytes = f.files+1, f.bytes+l.Size
	}
	f.files, f.bytes = f.files+l.Files, f.bytes+l.Bytes
	f.lacks = f.lacks || l.Missing != "" || i.below != nil && i.below.lacks
}

// below fills in the line of a folder.
func (t *taker) below(l *Line, i *item) {
	if i.below == nil {
		l.Missing = "not read"
		return
	}
	l.Missing, i.gone = i.below.fault, i.below.gone
	l.Tree, l.Files, l.Bytes = i.below.tree, i.below.files, i.below.bytes
}

// link fills in the line of a link.
func (t *taker) link(l *Line, path string, i *item) {
	target, err := t.root.Readlink(path)
	switch l.Target = target; {
	case isGone(err):
		i.gone = true
	case err != nil:
		l.Missing = reason(err)
	case target == "" || strings.Contains(target, "\x00"):
		l.Missing = "it leads nowhere"
	}
}
