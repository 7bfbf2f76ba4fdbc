package gitstate

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
)

// judged is a change, and the blobs by which renames are found.
type judged struct {
	Change
	work, head plumbing.Hash
}

// withStagedDeletions adds the paths that HEAD holds and the index does not, where the walk did not come by.
func (w *work) withStagedDeletions(all []found) []found {
	if len(w.staged.deleted) == 0 {
		return all
	}
	seen := map[string]bool{}
	for i := range all {
		seen[all[i].path] = true
	}
	for path := range w.staged.deleted {
		if seen[path] {
			continue
		}
		f := found{path: path, entry: -1}
		if e, err := w.root.Stat(path); err == nil && (e.Mode.IsRegular() || e.Mode&fs.ModeSymlink != 0) {
			f.there, f.file = true, e
		}
		all = append(all, f)
	}
	return all
}

// maxUntracked is how many untracked files are kept.
const maxUntracked = 20_000

// budget marks the untracked files that are too many together.
func (w *work) budget(all []found) {
	left, files := w.options.UntrackedTotal, maxUntracked
	for i := range all {
		f := &all[i]
		if f.entry >= 0 || !f.file.Mode.IsRegular() || f.file.Size > w.options.UntrackedLimit {
			continue
		}
		left, files = left-f.file.Size, files-1
		f.over = left < 0 || files < 0
	}
}

// judge looks at what was found, on all cores if that is allowed.
func (w *work) judge(all []found) ([]judged, error) {
	results := make([][]judged, len(all))
	n := 1
	if w.options.Parallel {
		n = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	run := func() {
		for i := int(next.Add(1)) - 1; i < len(all) && w.ctx.Err() == nil; i = int(next.Add(1)) - 1 {
			results[i] = w.judgeOne(&all[i])
			w.pacer.rest(w.ctx)
		}
	}
	var others sync.WaitGroup
	for range min(n, len(all)) - 1 {
		others.Go(run)
	}
	run()
	others.Wait()
	changes := slices.Concat(results...)
	slices.SortStableFunc(changes, func(a, b judged) int { return strings.Compare(a.Path, b.Path) })
	return changes, w.ctx.Err()
}

func (w *work) judgeOne(f *found) []judged {
	var e *indexEntry
	if f.entry >= 0 {
		e = &w.entries[f.entry]
	}
	switch {
	case f.there && f.file.Mode.IsDir():
		return w.module(f, e)
	case e != nil && e.stage != 0:
		return one(w.conflict(f))
	case !f.there:
		return one(w.absent(f, e))
	}
	return one(w.file(f, e))
}

func one(j *judged) []judged {
	if j == nil {
		return nil
	}
	return []judged{*j}
}

// headAt returns what HEAD holds at a path.
func (w *work) headAt(path string, e *indexEntry) headEntry {
	if e != nil {
		return w.staged.head(e)
	}
	return w.staged.deleted[path]
}

// indexAt returns what the index holds; the promise to add a file later is nothing.
func indexAt(e *indexEntry) headEntry {
	if e == nil || e.intentToAdd {
		return headEntry{}
	}
	return headEntry{e.mode, e.hash}
}

// absent judges a path of index or HEAD where nothing is.
func (w *work) absent(f *found, e *indexEntry) *judged {
	head, index := w.headAt(f.path, e), indexAt(e)
	if e != nil && e.skipWorktree {
		return &judged{Change: Change{Path: f.path, Status: Left, Marks: marks(e)}}
	}
	j := &judged{Change: Change{Path: f.path, Status: Deleted, Index: placeOf(headEntry{}, index, head), Marks: marks(e)}, head: head.hash}
	if head.mode == 0 {
		if index.mode == 0 && !slices.Contains(j.Marks, IntentToAdd) {
			return nil // untracked, and gone meanwhile
		}
		j.Status = Added // staged, then removed
	}
	w.keepStaged(&j.Change, index)
	return j
}

// placeOf says which version the index holds.
func placeOf(work, index, head headEntry) Place {
	switch index {
	case headEntry{}:
		return None
	case work:
		return AsWork
	case head:
		return AsHead
	}
	return Other
}

func marks(e *indexEntry) (m []Mark) {
	if e == nil {
		return nil
	}
	for _, row := range []struct {
		set  bool
		mark Mark
	}{{e.intentToAdd, IntentToAdd}, {e.assumeUnchanged, AssumeUnchanged}, {e.skipWorktree, SkipWorktree}} {
		if row.set {
			m = append(m, row.mark)
		}
	}
	return m
}

// keepStaged stores the version that is in the index alone.
func (w *work) keepStaged(c *Change, index headEntry) {
	if c.Index != Other {
		return
	}
	c.StagedMode = index.mode
	if index.mode == modeModule {
		c.miss("the index holds the submodule's commit %s", index.hash)
		return
	}
	k, err := w.putObject(index.hash)
	if err != nil {
		c.miss("what is staged could not be kept: %v", err)
	}
	c.Staged, c.Redacted = k.digest, c.Redacted || k.redacted
}

func (c *Change) miss(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if c.Missing != "" {
		text = c.Missing + "; " + text
	}
	c.Missing = text
}

// conflict judges a path that a merge could not settle.
func (w *work) conflict(f *found) *judged {
	c := Change{Path: f.path, Status: Conflicted, Index: Other}
	for i := f.entry; i < len(w.entries) && w.entries[i].path == f.path; i++ {
		e := &w.entries[i]
		s := Stage{Stage: int(e.stage), Mode: octal(e.mode)}
		if e.mode == modeModule {
			s.Commit = e.hash.String()
		} else {
			k, err := w.putObject(e.hash)
			if err != nil {
				c.miss("side %d of the conflict could not be kept: %v", s.Stage, err)
			}
			s.Digest, c.Redacted = k.digest, c.Redacted || k.redacted
		}
		c.Stages = append(c.Stages, s)
	}
	j := &judged{Change: c}
	if f.there {
		w.keepWork(j, f, headEntry{}, true)
	}
	return j
}

// renamed notes which files that HEAD does not have are files of HEAD under another path.
func renamed(all []judged) []Change {
	gone := map[plumbing.Hash]string{}
	for i := range all {
		if j := &all[i]; j.Status == Deleted && !j.head.IsZero() && j.head != blobHash(nil) {
			gone[j.head] = j.Path
		}
	}
	changes := make([]Change, len(all))
	for i := range all {
		c := &all[i].Change
		if old, ok := gone[all[i].work]; ok && c.Module == "" && (c.Status == Added || c.Status == Untracked) {
			c.Old = old
			if c.Status == Added {
				c.Status = Renamed
			}
			delete(gone, all[i].work)
		}
		changes[i] = *c
	}
	return changes
}

// ended reports whether an error means that a file is not there any more.
func ended(err error) bool { return errors.Is(err, fs.ErrNotExist) }
