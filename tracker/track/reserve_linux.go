package track

import (
	"os"
	"syscall"
)

// allocate has a part of a file have its place on the disk without writing to it, and reports whether the file system can.
func allocate(f *os.File, from, to int64) bool {
	return syscall.Fallocate(int(f.Fd()), 0, from, to-from) == nil
}
