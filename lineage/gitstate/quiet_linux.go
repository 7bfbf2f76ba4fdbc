package gitstate

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// lowest is the nice value that leaves the processor to all others.
const lowest = 19

// quietly runs f on a thread of its own with the lowest priority, which ends with it: a priority that was given
// up cannot be had back. Where that fails, f runs as everything else does.
func quietly(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends
		_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), lowest)
		f()
	}()
	<-done
}
