package web

import "syscall"

// errFull is how the system says that a disk is full: ERROR_DISK_FULL.
const errFull = syscall.Errno(112)
