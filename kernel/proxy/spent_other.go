//go:build !linux

package proxy

import (
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// statistics is how the system is asked what a process used.
type statistics struct{ process *process.Process }

func newStatistics(pid int) statistics { return statistics{&process.Process{Pid: int32(pid)}} }

func (statistics) close() {}

func (s statistics) spent() spent {
	t, err := s.process.Times()
	if err != nil {
		return spent{}
	}
	now := spent{user: seconds(t.User), system: seconds(t.System), known: true}
	if m, err := s.process.MemoryInfo(); err == nil {
		now.peak = int64(m.RSS)
	}
	return now
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
