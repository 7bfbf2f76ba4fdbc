package snapshot

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Missing tells what a snapshot lacks.
type Missing struct {
	Count    int64  // things that are listed and not kept
	Unread   int64  // of these: files, folders and links; the others never are kept
	Vanished int64  // things that were there when it began, and are not listed
	First    []Lack // some of both
}

// Lack is a thing that is not kept, and why.
type Lack struct {
	Path   string // relative to what was taken
	Reason string
}

// maxLacks is how many are named.
const maxLacks = 100

func (m *Missing) add(path string, l *Line) {
	m.Count++
	if l.Type == File || l.Type == Folder || l.Type == Link {
		m.Unread++
	}
	m.name(path, l.Missing)
}

func (m *Missing) gone(path string) {
	m.Vanished++
	m.name(path, "vanished meanwhile")
}

func (m *Missing) name(path, reason string) {
	if len(m.First) < maxLacks {
		m.First = append(m.First, Lack{path, reason})
	}
}

// String says for people what is missing, the first few by name. It is empty when nothing is.
func (m *Missing) String() string {
	const few = 3
	all := m.Count + m.Vanished
	if all == 0 {
		return ""
	}
	var said []string
	for _, l := range m.First[:min(few, len(m.First))] {
		said = append(said, fmt.Sprintf("%s (%s)", strings.ToValidUTF8(l.Path, "�"), l.Reason))
	}
	if more := all - int64(len(said)); more > 0 {
		said = append(said, fmt.Sprintf("and %d more", more))
	}
	return "not kept: " + strings.Join(said, ", ")
}

func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
