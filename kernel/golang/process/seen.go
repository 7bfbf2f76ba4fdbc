package process

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel/cell"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// Reasons why something was not observed, for people.
const (
	missedHook       = "files that the program opened: its hook did not start"
	missedMemory     = "files that the program opened: no memory could be shared with it"
	missedShort      = "child processes: some ended before they could be looked at"
	missedBackground = "what goes on in the background after the cell's end"
	missedSystem     = "child processes and hosts: only Linux tells of them"
)

// sight is what was seen of a program that has exited. The cell's end waits for it, so it does little: a path may be there
// twice, and is not cleaned.
type sight struct {
	wire.Seen
	notes   cell.Notes
	private string // the session's own folder, with a separator: what is opened in it is between the program and the kernel
}

// take takes in a note.
func (s *sight) take(n cell.Note) {
	if n.Started {
		s.Children = true
		s.Processes = withStarted(s.Processes, n.Path)
	}
	if !strings.HasPrefix(n.Path, s.private) && strings.IndexByte(n.Path, 0) < 0 { // with a zero byte it cannot be opened
		s.Opened = append(s.Opened, wire.Opened{Path: n.Path, Unlooked: !n.Looked, Existed: n.Existed, Size: n.Size, ModTime: n.ModTime, Inode: n.Inode})
	}
}

// withStarted adds a process that nobody saw run, by the path of its program alone.
func withStarted(list []wire.Process, path string) []wire.Process {
	if slices.ContainsFunc(list, func(p wire.Process) bool {
		name, _, _ := strings.Cut(p.Command, " ")
		return filepath.Base(name) == filepath.Base(path)
	}) {
		return list
	}
	return append(list, wire.Process{Command: path})
}
