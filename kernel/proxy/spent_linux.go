package proxy

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// statistics is how the system is asked what a process used: an open file, since a cell waits for it.
type statistics struct{ file *os.File } // nil when there is none

func newStatistics(pid int) statistics {
	f, _ := os.Open(fmt.Sprintf("/proc/%d/stat", pid)) // without it nothing is known
	return statistics{f}
}

func (s statistics) close() {
	if s.file != nil {
		_ = s.file.Close() // it was only read
	}
}

// tick is the unit of times in /proc (USER_HZ), which is the same wherever Go runs.
const tick = 10 * time.Millisecond

// Fields of /proc/PID/stat, counted from behind the name (proc_pid_stat(5)).
const (
	userTicks   = 11
	systemTicks = 12
	residents   = 21 // pages
)

func (s statistics) spent() spent {
	var room [1024]byte
	if s.file == nil {
		return spent{}
	}
	n, _ := s.file.ReadAt(room[:], 0) // of a process that is gone nothing comes
	fields := bytes.Fields(room[bytes.LastIndexByte(room[:n], ')')+1 : n])
	if len(fields) <= residents {
		return spent{}
	}
	number := func(field int) int64 {
		n, _ := strconv.ParseInt(string(fields[field]), 10, 64) // the system writes numbers
		return n
	}
	return spent{user: time.Duration(number(userTicks)) * tick, system: time.Duration(number(systemTicks)) * tick,
		peak: number(residents) * int64(os.Getpagesize()), known: true}
}
