package gitstate

import (
	"io/fs"
	"time"

	"github.com/gemba-ml/gemba/lineage/files"
)

// stamp is what tells, without reading a file, that it changed. The zero stamp is that of no file.
type stamp struct {
	mode              fs.FileMode
	size              int64
	modified, changed int64 // nanoseconds since 1970; changed is 0 where the system does not tell
	inode             uint64
}

func stampOfEntry(e *files.Entry) stamp {
	s := stamp{mode: e.Mode, size: e.Size, modified: e.ModTime.UnixNano(), inode: e.Inode}
	if !e.Change.IsZero() {
		s.changed = e.Change.UnixNano()
	}
	return s
}

// Clocks of file systems stand still for a while: a file that is written twice within a tick can have the same
// stamp both times. Times without a fraction come from file systems that count in seconds, FAT's in twos.
const (
	tick       = 20 * time.Millisecond
	coarseTick = 2 * time.Second
)

// settled reports whether a file that is written after the moment at (nanoseconds since 1970) must get
// another stamp: only then the stamp may stand for what was read from then on.
func (s stamp) settled(at int64) bool {
	last := max(s.modified, s.changed)
	if last%int64(time.Second) == 0 {
		return last+int64(coarseTick) < at
	}
	return last+int64(tick) < at
}

// remembered is a stamp and when it was taken.
type remembered struct {
	stamp
	at int64
}

func remember(path string) remembered {
	at := time.Now().UnixNano()
	return remembered{lstat(path), at}
}

// holds reports whether what was read behind the stamp still is what is there.
func (r remembered) holds(path string) bool {
	return (r.stamp == stamp{} || r.settled(r.at)) && lstat(path) == r.stamp
}
