package process

import "golang.org/x/sys/unix"

const fionread = unix.TIOCINQ

// widen lets a pipe hold a mebibyte, so that a flood of output wakes its reader less often. It may
// fail where a user's pipes are limited, and then the pipe is as it was.
func widen(fd int) { _, _ = unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, 1<<20) }
