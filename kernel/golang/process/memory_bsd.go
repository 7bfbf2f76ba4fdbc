//go:build unix && !linux

package process

import (
	"os"
	"syscall"
)

// Memory measures the peak resident memory of a program.
type Memory struct{}

// Watch does nothing: the system keeps the peak.
func (*Memory) Watch(int, <-chan struct{}) {}

// Of returns the peak in bytes of a process that has exited, as macOS counts it.
func (*Memory) Of(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Maxrss)
}
