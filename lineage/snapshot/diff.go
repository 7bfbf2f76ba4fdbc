package snapshot

import (
	"errors"
	"fmt"
	"iter"
	"path"

	"github.com/gemba-ml/gemba/tracker"
)

// Change is what differs at one path between two trees. One of From and To is nil when the thing was added or
// removed.
type Change struct {
	Kind string // one of the kinds below
	Path string // slash-separated; in the second tree, unless it was removed
	Was  string // the path in the first tree of what was renamed, else empty
	From *Line
	To   *Line
}

// The kinds of change.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
	Renamed = "renamed"
)

// Diff returns what differs between two trees, by path. A file that was removed and one that was added with the
// same content are one that was renamed.
func Diff(blobs Blobs, from, to tracker.Digest) ([]Change, error) {
	var all []Change
	for c, err := range Changes(blobs, from, to) {
		if err != nil {
			return nil, fmt.Errorf("compare trees: %w", err)
		}
		all = append(all, c)
	}
	return pair(all), nil
}

// Changes yields what differs between two trees, in the order of the trees, without looking for what was
// renamed. Folders that are equal are not read. Of a folder that was added or removed it yields all that is
// in it, and the folder itself only when there is nothing. It ends with the first error.
func Changes(blobs Blobs, from, to tracker.Digest) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		d := &differ{blobs, yield}
		d.trees("", from, to)
	}
}

type differ struct {
	blobs Blobs
	yield func(Change, error) bool
}

// trees compares two folders, either of which may be missing: zero. It reports whether to go on.
func (d *differ) trees(dir string, from, to tracker.Digest) bool {
	if from == to {
		return true
	}
	a, b := newCursor(d.read(from)), newCursor(d.read(to))
	defer a.stop()
	defer b.stop()
	for a.err == nil && b.err == nil && (a.line != nil || b.line != nil) {
		lineA, lineB := a.line, b.line
		if lineA != nil && lineB != nil && lineA.Name != lineB.Name {
			if lineA.Name < lineB.Name {
				lineB = nil
			} else {
				lineA = nil
			}
		}
		if !d.step(dir, lineA, lineB) {
			return false
		}
		if lineA != nil {
			a.advance()
		}
		if lineB != nil {
			b.advance()
		}
	}
	if err := errors.Join(a.err, b.err); err != nil {
		d.yield(Change{}, err)
		return false
	}
	return true
}

// cursor stands at a line of a folder: nil behind the last one, and where reading failed.
type cursor struct {
	line *Line
	err  error
	next func() (Line, error, bool)
	stop func()
}

func newCursor(lines iter.Seq2[Line, error]) *cursor {
	c := &cursor{}
	c.next, c.stop = iter.Pull2(lines)
	c.advance()
	return c
}

func (c *cursor) advance() {
	l, err, ok := c.next()
	c.line, c.err = &l, err
	if !ok || err != nil {
		c.line = nil
	}
}

// read yields the lines of a folder, none when it is missing.
func (d *differ) read(tree tracker.Digest) iter.Seq2[Line, error] {
	if tree.IsZero() {
		return func(func(Line, error) bool) {}
	}
	return Read(d.blobs, tree)
}

// step compares two lines of one name, or tells of one that has no other.
func (d *differ) step(dir string, a, b *Line) bool {
	switch {
	case b == nil:
		return d.one(dir, Removed, a)
	case a == nil:
		return d.one(dir, Added, b)
	case a.Type != b.Type:
		return d.one(dir, Removed, a) && d.one(dir, Added, b)
	}
	at := path.Join(dir, a.Name)
	folders := a.Type == Folder
	if a.Mode != b.Mode || a.Missing != b.Missing || !folders && *a != *b {
		if !d.yield(Change{Kind: Changed, Path: at, From: a, To: b}, nil) {
			return false
		}
	}
	return !folders || d.trees(at, a.Tree, b.Tree)
}

// empty is the tree of a folder with nothing in it.
var empty = tracker.DigestOf(nil)

// one tells of a line that one tree has and the other has not.
func (d *differ) one(dir, kind string, l *Line) bool {
	at := path.Join(dir, l.Name)
	if l.Type == Folder && !l.Tree.IsZero() && l.Tree != empty {
		if kind == Added {
			return d.trees(at, tracker.Digest{}, l.Tree)
		}
		return d.trees(at, l.Tree, tracker.Digest{})
	}
	c := Change{Kind: kind, Path: at, From: l}
	if kind == Added {
		c.From, c.To = nil, l
	}
	return d.yield(c, nil)
}

// content is what a file is found again by.
type content struct {
	digest tracker.Digest
	name   string
}

// pair makes one change of a removed and an added file of the same bytes, of the same name first.
func pair(all []Change) []Change {
	gone := make([]bool, len(all))
	for _, key := range []func(*Line) content{
		func(l *Line) content { return content{l.Digest, l.Name} },
		func(l *Line) content { return content{l.Digest, ""} },
	} {
		removed := map[content][]int{}
		for i := range all {
			if l := all[i].From; all[i].Kind == Removed && !gone[i] && whole(l) {
				removed[key(l)] = append(removed[key(l)], i)
			}
		}
		for i := range all {
			c := &all[i]
			if c.Kind != Added || !whole(c.To) || len(removed[key(c.To)]) == 0 {
				continue
			}
			was := removed[key(c.To)][0]
			removed[key(c.To)] = removed[key(c.To)][1:]
			gone[was] = true
			c.Kind, c.Was, c.From = Renamed, all[was].Path, all[was].From
		}
	}
	kept := all[:0]
	for i, c := range all {
		if !gone[i] {
			kept = append(kept, c)
		}
	}
	return kept
}

// whole reports whether a line is a file with bytes that are kept.
func whole(l *Line) bool { return l.Type == File && l.Size > 0 && l.Missing == "" }
