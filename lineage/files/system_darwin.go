package files

import (
	"io/fs"
	"syscall"
	"time"
)

// addSystem adds what only this system tells.
func addSystem(e *Entry, info fs.FileInfo) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		e.Change, e.Inode, e.Device = time.Unix(st.Ctimespec.Unix()), st.Ino, uint64(st.Dev)
	}
}
