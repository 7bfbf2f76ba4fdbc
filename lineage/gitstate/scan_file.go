package gitstate

import (
	"io/fs"

	"github.com/gemba-ml/gemba/lineage/files"
)

// rest returns the entries behind those that share the first one's path.
func (s *scan) rest(own []int) []int {
	n := 1
	for n < len(own) && s.entries[own[n]].path == s.entries[own[0]].path {
		n++
	}
	return own[n:]
}

// absent notes that the first entry of the index is not in the work tree, and returns those that follow.
func (s *scan) absent(own []int) []int {
	e := &s.entries[own[0]]
	if e.mode == modeTree {
		s.found = append(s.found, found{path: e.path[:len(e.path)-1], entry: own[0]})
	} else {
		s.found = append(s.found, found{path: e.path, entry: own[0]})
	}
	return s.rest(own)
}

// tracked compares what is in the work tree with the first entry of the index, and returns those that follow.
func (s *scan) tracked(own []int, e *files.Entry, p *place) []int {
	entry := &s.entries[own[0]]
	if e.Mode.IsDir() && entry.mode != modeModule {
		return s.absent(own)
	}
	f := found{path: entry.path, entry: own[0], there: true, file: *e, conv: s.rules.conversion(p.attributes, entry.path)}
	if entry.stage != 0 {
		s.found = append(s.found, f)
		return s.rest(own)
	}
	f.same = s.sameStat(entry, e) && (!s.racy(entry) || !f.conv.known()) // no reading would tell of an unknown filter
	if f.same && entry.mode != modeModule && !s.isStaged(entry.path) && (f.conv.none() || s.knownClean(&f)) {
		return own[1:]
	}
	s.found = append(s.found, f)
	return own[1:]
}

// knownClean reports whether a file's bytes were seen to be those of its blob before.
func (s *scan) knownClean(f *found) bool {
	m := s.memory.get(f)
	return m != nil && m.blob == s.entries[f.entry].hash
}

func (s *scan) isStaged(path string) bool {
	if len(s.staged.changed) == 0 {
		return false
	}
	_, staged := s.staged.changed[path]
	return staged
}

// sameStat reports whether all that the index knows of a file is the same, by git's rules. If the file is not
// racy, it then is what the index holds.
func (s *scan) sameStat(entry *indexEntry, e *files.Entry) bool {
	modified := e.ModTime.UnixNano()
	sec, ns := uint32(modified/1e9), uint32(modified%1e9)
	if entry.size != uint32(e.Size) || entry.modSec != sec || entry.modNs != 0 && entry.modNs != ns || !s.sameMode(entry, e.Mode) {
		return false
	}
	if s.rules.trustChange && !e.Change.IsZero() {
		changed := e.Change.UnixNano()
		if entry.changedSec != uint32(changed/1e9) || entry.changedNs != 0 && entry.changedNs != uint32(changed%1e9) {
			return false
		}
	}
	if s.rules.checkInode && e.Inode != 0 && entry.inode != 0 && entry.inode != uint32(e.Inode) {
		return false
	}
	return true
}

// racy reports whether the file could have been written again, with the same times, after the index was.
// Where times have no fraction, the whole second is meant.
func (s *scan) racy(entry *indexEntry) bool {
	if entry.modNs == 0 || s.index.modNs == 0 {
		return int64(entry.modSec) >= s.index.modSec
	}
	return int64(entry.modSec)*1e9+int64(entry.modNs)+int64(tick) >= s.index.modSec*1e9+s.index.modNs
}

// sameMode reports whether a file is of the kind that the index says, and executable if it says so.
func (s *scan) sameMode(entry *indexEntry, mode fs.FileMode) bool {
	return s.rules.gitMode(mode, entry.mode) == entry.mode
}

// gitMode is what git makes of a file's mode, given the mode that the index has for it, 0 when it has none.
func (r *rules) gitMode(mode fs.FileMode, index uint32) uint32 {
	switch {
	case mode.IsDir():
		return modeModule
	case mode&fs.ModeSymlink != 0:
		return modeLink
	case !mode.IsRegular():
		return 0
	case !r.links && index == modeLink:
		return modeLink
	case !r.executable && (index == modeFile || index == modeProgram):
		return index
	case mode&0o100 != 0:
		return modeProgram
	}
	return modeFile
}

// untracked notes a file that is not in the index, unless it is ignored. What is neither file nor link is
// nothing to git.
func (s *scan) untracked(path string, e *files.Entry, p *place) {
	if !e.Mode.IsRegular() && e.Mode&fs.ModeSymlink == 0 {
		return
	}
	if s.isIgnored(p) || s.rulesOf(p).ignores(path, false) {
		return
	}
	s.found = append(s.found, found{path: path, entry: -1, there: true, file: *e, conv: s.rules.conversion(p.attributes, path)})
}

// isIgnored reports whether a folder is ignored, it or one above it.
func (s *scan) isIgnored(p *place) bool {
	if !p.asked {
		p.asked = true
		p.ignored = p.parent != nil && (s.isIgnored(p.parent) || s.rulesOf(p.parent).ignores(p.path, true))
	}
	return p.ignored
}

// rulesOf returns what is ignored in a folder.
func (s *scan) rulesOf(p *place) *ignoreFile {
	if p.rules {
		return p.ignoring
	}
	p.rules = true
	p.ignoring = s.rules.userIgnore
	if p.parent != nil {
		p.ignoring = s.rulesOf(p.parent)
	}
	if p.ignoreAt != (stamp{}) {
		p.ignoring = s.rules.ignoreAt(s.Root, p.path, p.ignoreAt, p.ignoring)
	}
	return p.ignoring
}
