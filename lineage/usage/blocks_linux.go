package usage

import (
	"os"
	"syscall"
)

// blocks tells what a program and the children that it waited for read from disks and wrote to them, in bytes: Linux counts
// blocks of 512 bytes whatever the disks' are (see task_io_get_inblock in its sources).
func blocks(state *os.ProcessState) (read, written int64, ok bool) {
	const block = 512
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, 0, false
	}
	return usage.Inblock * block, usage.Oublock * block, true
}
