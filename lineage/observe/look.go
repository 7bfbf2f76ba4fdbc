package observe

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// A state is what a file is like, links followed.
type state struct {
	exists  bool
	mode    fs.FileMode
	size    int64
	modTime time.Time
	change  time.Time // of the inode, the last of all its changes; the time of the bytes where the system does not tell
	inode   uint64
}

// look tells what is at a path now.
func look(path string) (state, error) {
	info, err := os.Stat(path)
	if err != nil {
		if absent(err) {
			err = nil
		}
		return state{}, err
	}
	return stateOf(info), nil
}

func stateOf(info fs.FileInfo) state {
	s := state{exists: true, mode: info.Mode(), size: info.Size(), modTime: info.ModTime()}
	s.change, s.inode = system(info)
	if s.change.IsZero() {
		s.change = s.modTime
	}
	return s
}

// sameBytes says that the bytes are those of the other state, as far as size, time and inode tell.
func (s state) sameBytes(other state) bool {
	return s.exists == other.exists && s.size == other.size && s.inode == other.inode && s.modTime.Equal(other.modTime)
}

// was is what a file was like when the cell opened it.
func was(o tracker.Opened) state {
	return state{exists: o.Existed, size: o.Size, modTime: o.ModTime, inode: o.Inode}
}

// names finds out what paths are without links. It remembers folders, as the files of a cell share them.
type names struct {
	folders map[string]string
}

func newNames() *names { return &names{map[string]string{}} }

// real gives a path without links in it, as far as that is there.
func (n *names) real(path string) string {
	real, _ := n.look(path)
	return real
}

// look gives a path, clean, without links in it, as far as that is there, and what is there; the zero state when that is a
// link or nothing.
func (n *names) look(path string) (real string, now state) {
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real, state{}
		}
	} else if err == nil {
		now = stateOf(info)
	}
	dir := filepath.Dir(path)
	if real := n.folder(dir); real != dir {
		return filepath.Join(real, filepath.Base(path)), now
	}
	return path, now
}

func (n *names) folder(path string) string {
	if real, known := n.folders[path]; known {
		return real
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		real = path
	}
	n.folders[path] = real
	return real
}
