package gitstate

import (
	"path/filepath"
)

// maxModules is how deep repositories may be nested in each other.
const maxModules = 8

// module judges a folder that is a repository of its own: a submodule, or one that git does not know of. Its own
// changes follow, with its path before theirs.
func (w *work) module(f *found, e *indexEntry) []judged {
	dir := filepath.Join(w.Root, filepath.FromSlash(f.path))
	if e != nil && !holdsRepository(dir) {
		return nil // not checked out: clean to git
	}
	head, index := w.headAt(f.path, e), indexAt(e)
	j := judged{Change: Change{Path: f.path, Mode: modeModule, Marks: marks(e)}}
	state, err := w.moduleState(f.path, dir)
	if err != nil {
		return nil // the capture ended
	}
	j.Commit, j.Dirty = state.Commit, state.Dirty()
	for _, m := range state.Missing {
		j.miss("%s", m)
	}
	own := headEntry{modeModule, hashOf(state.Commit)}
	j.Status, j.Index = statusOf(own, index, head), placeOf(own, index, head)
	switch {
	case e == nil && head.mode == 0:
		j.Status, j.Index = Untracked, ""
	case j.Status == "" && (j.Dirty > 0 || j.Missing != ""):
		j.Status = Modified
	}
	if j.Dirty > 0 && index == head {
		j.Index = AsHead
	}
	var all []judged
	if j.Status != "" {
		w.keepStaged(&j.Change, index)
		all = append(all, j)
	}
	return append(all, inside(f.path, state.Changes)...)
}

// inside returns the changes in a submodule as they are called from outside.
func inside(path string, changes []Change) (all []judged) {
	for _, c := range changes {
		c.Path = path + "/" + c.Path
		if c.Old != "" {
			c.Old = path + "/" + c.Old
		}
		if c.Module != "" {
			c.Module = path + "/" + c.Module
		} else {
			c.Module = path
		}
		all = append(all, judged{Change: c})
	}
	return all
}

func (w *work) moduleState(path, dir string) (State, error) {
	w.modulesMu.Lock()
	m := w.modules[path]
	if m == nil {
		m = NewCapturer(dir, w.options)
		m.depth, m.pacer = w.depth+1, w.pacer
		w.modules[path] = m
	}
	w.modulesMu.Unlock()
	if m.depth > maxModules {
		var s State
		s.missing("repositories are nested too deep")
		return s, nil
	}
	return m.capture(w.ctx)
}
