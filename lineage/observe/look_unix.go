//go:build unix

package observe

import (
	"errors"
	"io/fs"
	"syscall"
)

// absent says that nothing is at a path.
func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) }

// noWait has opening what turns out to be a pipe not wait for a writer.
const noWait = syscall.O_NONBLOCK
