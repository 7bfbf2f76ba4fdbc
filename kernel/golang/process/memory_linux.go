package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
)

const (
	firstLook = 10 * time.Millisecond  // at a program's memory after its start
	lastLook  = 500 * time.Millisecond // between looks, later on
)

// Memory measures the peak resident memory of a program. What wait tells cannot be taken as it is:
// Linux counts the parent's memory in, since a child begins life in it. So the program is looked at
// while it runs, less and less often; its peak so far is what the system keeps, so only what a
// program takes after the last look is missed, and that only when it is less than this one ever took.
type Memory struct{ peak int64 }

// Watch looks at a process until it is gone.
func (m *Memory) Watch(pid int, gone <-chan struct{}) {
	for pause := firstLook; ; pause = min(2*pause, lastLook) {
		select {
		case <-gone:
			return
		case <-time.After(pause):
			m.peak = max(m.peak, highWater(pid))
		}
	}
}

// Of returns the peak in bytes of a process that has exited, 0 when it is not known: the process was
// too short to be looked at, and never larger than this one.
func (m *Memory) Of(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if ok && usage.Maxrss > own() {
		return usage.Maxrss << 10
	}
	return m.peak
}

// own returns the peak of this process in kibibytes.
func own() int64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return usage.Maxrss
}

// highWater returns the peak so far of a process in bytes, 0 when it is gone; see proc_pid_status(5).
func highWater(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	size, _, _ := bytes.Cut(rest, []byte(" kB"))
	kib, err := strconv.ParseInt(string(bytes.TrimSpace(size)), 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}
