package observe

import (
	"io/fs"
	"syscall"
	"time"
)

// system tells when a file's inode changed last, and its number.
func system(info fs.FileInfo) (change time.Time, inode uint64) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return time.Time{}, 0
	}
	return time.Unix(s.Ctimespec.Unix()), s.Ino
}
