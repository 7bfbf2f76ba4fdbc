package gitstate

import (
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// headEntry is what HEAD holds at a path; the zero headEntry is nothing.
type headEntry struct {
	mode uint32
	hash plumbing.Hash
}

// stagedDiff tells where index and HEAD differ.
type stagedDiff struct {
	changed map[string]headEntry // paths in the index, by what HEAD holds there instead
	deleted map[string]headEntry // paths that only HEAD holds
}

// head returns what HEAD holds at the path of an index entry.
func (d *stagedDiff) head(e *indexEntry) headEntry {
	if h, ok := d.changed[e.path]; ok {
		return h
	}
	return headEntry{e.mode, e.hash}
}

// headDiffer compares HEAD's tree with the index, both in the same order. Folders of which the index's cache knows that
// they hold what HEAD's do are not looked into.
type headDiffer struct {
	objects *objects
	entries []indexEntry
	diff    stagedDiff
}

// diffHead compares the index with the tree of HEAD, the zero Hash before the first commit.
func diffHead(o *objects, index *gitIndex, tree plumbing.Hash) (*stagedDiff, error) {
	d := &headDiffer{o, index.entries, stagedDiff{map[string]headEntry{}, map[string]headEntry{}}}
	if tree.IsZero() {
		d.added(0, len(d.entries))
		return &d.diff, nil
	}
	err := d.folder(tree, "", 0, len(d.entries), index.cache)
	return &d.diff, err
}

// folder compares a tree with the entries from lo to hi, which are all that the index has below prefix.
func (d *headDiffer) folder(tree plumbing.Hash, prefix string, lo, hi int, cache *cacheTree) error {
	if cache.is(tree) {
		return nil
	}
	list, err := d.objects.tree(tree)
	if err != nil {
		return err
	}
	for _, e := range list {
		path := prefix + e.name
		if e.mode == modeTree {
			path += "/"
		}
		next := lo + sort.Search(hi-lo, func(i int) bool { return d.entries[lo+i].path >= path })
		d.added(lo, next)
		lo = next
		if lo, err = d.entry(e, path, lo, hi, cache); err != nil {
			return err
		}
	}
	d.added(lo, hi)
	return nil
}

// entry compares what HEAD holds at path, a folder's with a / at its end, with the index from lo on, and
// returns where the rest of the index begins.
func (d *headDiffer) entry(e treeEntry, path string, lo, hi int, cache *cacheTree) (int, error) {
	if e.mode == modeTree {
		end := lo + sort.Search(hi-lo, func(i int) bool { return !strings.HasPrefix(d.entries[lo+i].path, path) })
		return end, d.folder(e.hash, path, lo, end, cache.child(e.name))
	}
	head := headEntry{normalMode(e.mode), e.hash}
	if lo == hi || d.entries[lo].path != path {
		d.diff.deleted[path] = head
		return lo, nil
	}
	if own := d.entries[lo]; own.mode != head.mode || own.hash != head.hash || own.stage != 0 || own.intentToAdd {
		d.diff.changed[path] = head
	}
	for lo < hi && d.entries[lo].path == path {
		lo++
	}
	return lo, nil
}

// added notes that HEAD holds nothing at the paths of the entries from lo to hi.
func (d *headDiffer) added(lo, hi int) {
	for _, e := range d.entries[lo:hi] {
		d.diff.changed[e.path] = headEntry{}
	}
}

// normalMode is the mode that git gives to a tree's entry: old trees have others for files.
func normalMode(mode uint32) uint32 {
	switch {
	case mode&modeType != modeFile&modeType:
		return mode & modeType
	case mode&0o100 != 0:
		return modeProgram
	}
	return modeFile
}
