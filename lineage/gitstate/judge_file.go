package gitstate

import (
	"io/fs"
)

// file judges a path at which a file or a link is.
func (w *work) file(f *found, e *indexEntry) *judged {
	head, index := w.headAt(f.path, e), indexAt(e)
	j := &judged{Change: Change{Path: f.path, Marks: marks(e)}}
	if e == nil && head.mode == 0 {
		return w.untracked(j, f)
	}
	c, b, err := w.look(f)
	if ended(err) {
		f.there = false
		return w.absent(f, e)
	}
	if err != nil {
		j.Status, j.Mode, j.Size = Modified, unixMode(f.file.Mode, 0), f.file.Size
		j.miss("it could not be read: %s", cause(err))
		return j
	}
	known := index
	if known.mode == 0 {
		known = head
	}
	own := headEntry{w.rules.gitMode(f.file.Mode, known.mode), c.clean}
	if f.same && index.mode != 0 {
		own.hash = index.hash // git takes it for that: the filter is its own
	} else if !f.conv.known() && own.hash != index.hash {
		j.miss("whether git calls it changed depends on %s, which gemba does not run", f.conv.name())
	}
	j.Status, j.Index, j.work = statusOf(own, index, head), placeOf(own, index, head), own.hash
	if j.Status == "" && c.blob == own.hash {
		return nil
	}
	w.keepStaged(&j.Change, index)
	if j.Status == "" {
		j.Status, j.Index = Filtered, ""
	}
	w.describe(j, f, c, own)
	if c.blob == own.hash && (j.Status == Staged) {
		return j // the bytes are HEAD's
	}
	if j.Status == Filtered && c.crlf && f.conv.text && c.clean == own.hash {
		j.Filter = "crlf"
		return j
	}
	if f.conv.filter == "lfs" && own.hash == head.hash && c.size > w.options.UntrackedLimit {
		j.miss("large, and kept by git-lfs, not here")
		return j
	}
	j.Pointed = pointed(c)
	w.keepBytes(j, f, c, b)
	return j
}

// statusOf says how the work tree's version differs from HEAD's; nothing when git calls the path clean.
func statusOf(work, index, head headEntry) Status {
	switch {
	case head.mode == 0:
		return Added
	case work != head:
		return Modified
	case index != head:
		return Staged
	}
	return ""
}

// describe notes what is in the work tree.
func (w *work) describe(j *judged, f *found, c *content, own headEntry) {
	j.Mode, j.Size, j.Binary, j.Target = unixMode(f.file.Mode, own.mode), c.size, c.binary, c.target
	if c.blob != own.hash {
		j.Filter = f.conv.name()
	}
	j.Pointed = c.sha256
}

// pointed is what an LFS pointer stands for: of other bytes the digest tells enough.
func pointed(c *content) string {
	if c.lfs {
		return c.sha256
	}
	return ""
}

// unixMode is a file's mode as Unix has it. Where the system knows of no executable files, git's mode tells.
func unixMode(mode fs.FileMode, git uint32) uint32 {
	switch {
	case mode&fs.ModeSymlink != 0:
		return modeLink
	case !mode.IsRegular():
		return 0
	case git == modeProgram:
		return modeFile&modeType | uint32(mode.Perm()) | 0o100
	}
	return modeFile&modeType | uint32(mode.Perm())
}

// keepBytes stores the bytes of the work tree.
func (w *work) keepBytes(j *judged, f *found, c *content, b []byte) {
	if j.Mode == modeLink {
		return
	}
	if err := w.keep(f, c, b); err != nil {
		j.miss("its content could not be kept: %s", cause(err))
		return
	}
	j.Digest, j.Redacted = c.stored.digest, j.Redacted || c.stored.redacted
}

// keepWork looks at and stores what is in the work tree, whatever it is.
func (w *work) keepWork(j *judged, f *found, own headEntry, keep bool) bool {
	c, b, err := w.look(f)
	if err != nil {
		if !ended(err) {
			j.miss("it could not be read: %s", cause(err))
		}
		return !ended(err)
	}
	own.hash = c.blob
	w.describe(j, f, c, own)
	j.Pointed, j.work = pointed(c), c.clean
	if keep {
		w.keepBytes(j, f, c, b)
	}
	return true
}

// untracked judges a file that neither index nor HEAD has.
func (w *work) untracked(j *judged, f *found) *judged {
	j.Status, j.Mode, j.Size = Untracked, unixMode(f.file.Mode, 0), f.file.Size
	switch {
	case f.file.Size > w.options.UntrackedLimit && f.file.Mode.IsRegular():
		j.miss("larger than the limit for untracked files, %d bytes", w.options.UntrackedLimit)
	case f.over:
		j.miss("untracked files are too many, or too large together: they are kept up to %d bytes and %d files", w.options.UntrackedTotal, maxUntracked)
	case !w.keepWork(j, f, headEntry{}, true):
		return nil // gone meanwhile
	}
	return j
}
