//go:build unix

package mlruns

import (
	"errors"
	"syscall"
)

// noRoom reports whether the disk, and not a name, is what is wrong.
func noRoom(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.EIO)
}
