package gc

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// yieldProcessor lets everything else go before the calling goroutine. Its thread ends with it.
func yieldProcessor() {
	runtime.LockOSThread()
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), 15) // without it the work is only less polite
}
