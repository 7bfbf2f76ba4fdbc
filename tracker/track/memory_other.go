//go:build !unix

package track

import (
	"encoding/binary"
	"os"
)

// Without memory that is shared with a file, each record is written by a call: slower, and as safe.

const nonblock = 0

func lock(*os.File) error { return nil }

// mapFile returns memory that commit writes to the file.
func mapFile(_ *os.File, _ int64, length int) ([]byte, error) { return make([]byte, length), nil }

func unmap([]byte) {}

// commit writes what came since the last one, and then how far the log goes.
func (l *log) commit() {
	if from := l.done; l.end > from {
		at := max(0, from-l.base)
		if _, err := l.file.WriteAt(l.view[at:l.end-l.base], l.base+at); err != nil {
			l.lose()
			return
		}
		l.done = l.end
	}
	binary.LittleEndian.PutUint64(l.head[endAt:], uint64(l.end))
	_, _ = l.file.WriteAt(l.head[:headSize], 0) // without it the log is as long as it was
}

// lose counts a record that found no room.
func (l *log) lose() {
	binary.LittleEndian.PutUint64(l.head[lostAt:], binary.LittleEndian.Uint64(l.head[lostAt:])+1)
	_, _ = l.file.WriteAt(l.head[:headSize], 0) // nothing more can be done
}
