package cli

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

const (
	firstLook = 10 * time.Millisecond  // at a program's memory after its start
	lastLook  = 500 * time.Millisecond // between looks, later on
)

// peak finds out how much memory a program had resident at most. What the system tells at the end cannot be taken as it is: Linux
// counts the parent's memory in, since a child begins life in it. So it is asked while the program runs, less and less often.
type peak struct{ bytes int64 }

// watch looks at a process until it is gone.
func (m *peak) watch(pid int, gone <-chan struct{}) {
	for pause := firstLook; ; pause = min(2*pause, lastLook) {
		select {
		case <-gone:
			return
		case <-time.After(pause):
			m.bytes = max(m.bytes, highWater(pid))
		}
	}
}

// of returns the peak in bytes of a process that has ended, 0 when it is not known: it was too short to be looked at, and never
// larger than this one.
func (m *peak) of(state *os.ProcessState) int64 {
	all := peakOf(state.SysUsage())
	if all > ownPeak() || runtime.GOOS != "linux" {
		return all
	}
	return m.bytes
}

// highWater returns the peak so far of a process in bytes, 0 when it is gone, or where the system does not tell; see
// proc_pid_status(5).
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
