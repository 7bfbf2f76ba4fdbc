//go:build !windows

package web

import "syscall"

// errFull is how the system says that a disk is full.
const errFull = syscall.ENOSPC
