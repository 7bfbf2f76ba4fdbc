//go:build !linux

package usage

import (
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// pidsOf lists a program and its living descendants.
func pidsOf(root int) []int {
	pids := []int{root}
	p, err := process.NewProcess(int32(root))
	if err != nil {
		return pids
	}
	children, _ := p.Children() // none, or none that can be seen
	for _, c := range children {
		pids = append(pids, pidsOf(int(c.Pid))...)
	}
	return pids
}

// readMember reads the figures of a process. It reports whether there is one.
func readMember(pid int, why *reasons) (m member, ok bool) {
	p, err := process.NewProcess(int32(pid))
	if err != nil {
		return member{}, false
	}
	parent, _ := p.Ppid()
	m.parent = int(parent)
	if times, err := p.Times(); err == nil {
		m.user, m.system = seconds(times.User), seconds(times.System)
	}
	if memory, err := p.MemoryInfo(); err == nil {
		m.memory = int64(memory.RSS)
	} else {
		why.because("memory", err.Error())
	}
	if io, err := p.IOCounters(); err == nil {
		m.read, m.written = int64(io.DiskReadBytes), int64(io.DiskWriteBytes)
	} else {
		why.because("disk", err.Error())
	}
	return m, true
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

var started = time.Now() // of the clock below, which tells differences

// processorTime is the time that has passed, where the system does not tell what a thread has used.
func processorTime() time.Duration { return time.Since(started) }
