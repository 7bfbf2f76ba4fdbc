package blob

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockOffset is a byte far behind any content: on Windows a locked byte cannot be read by others.
const lockOffset = 1 << 30

// flock waits for a lock on file, which ends with the file.
func flock(file *os.File, exclusive bool) error {
	return lockFile(file, exclusive, 0)
}

// tryFlock takes an exclusive lock on file, or reports false when someone else holds one.
func tryFlock(file *os.File) (bool, error) {
	err := lockFile(file, true, windows.LOCKFILE_FAIL_IMMEDIATELY)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}

func lockFile(file *os.File, exclusive bool, how uint32) error {
	if exclusive {
		how |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	at := &windows.Overlapped{OffsetHigh: lockOffset}
	return windows.LockFileEx(windows.Handle(file.Fd()), how, 0, 1, 0, at)
}
