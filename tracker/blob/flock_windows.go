package blob

import (
	"os"

	"golang.org/x/sys/windows"
)

// flock waits for a lock on file, which ends with the file.
func flock(file *os.File, exclusive bool) error {
	var how uint32
	if exclusive {
		how = windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	return windows.LockFileEx(windows.Handle(file.Fd()), how, 0, 1, 0, new(windows.Overlapped))
}
