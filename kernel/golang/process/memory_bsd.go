//go:build unix && !linux

package process

import (
	"os"
	"syscall"
)

// memory measures the peak resident memory of a program.
type memory struct{}

func (*memory) watch(int, <-chan struct{}) {}

// of returns the peak in bytes of a process that has exited, as macOS counts it.
func (*memory) of(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Maxrss)
}
