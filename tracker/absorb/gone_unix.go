//go:build unix

package absorb

import (
	"os"
	"syscall"
)

// writerGone reports whether the program that wrote a log has ended: it holds a lock as long as it lives.
func writerGone(f *os.File) bool {
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false
	}
	return true // the lock stays ours, so that two readers do not record the same
}
