package usage

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// pidsOf lists the living processes of a program's session, which the engine has made with it.
func pidsOf(root int) []int {
	pids := []int{root}
	dir, err := os.Open("/proc")
	if err != nil {
		return pids
	}
	defer func() { _ = dir.Close() }()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil || pid == root {
			continue
		}
		if session, err := unix.Getsid(pid); err == nil && session == root {
			pids = append(pids, pid)
		}
	}
	return pids
}

// readMember reads the figures of a process, which may be dead but not yet buried. It reports whether there is one.
func readMember(pid int, why *reasons) (member, bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return member{}, false
	}
	m, ok := parseStat(stat)
	if !ok {
		return member{}, false
	}
	io, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil && !gone(err) {
		why.because("disk", err.Error())
	}
	if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
		m.memory = resident(status, m.memory)
	}
	m.read, m.written = field(io, "\nread_bytes: "), field(io, "\nwrite_bytes: ")
	return m, true
}

// gone says that a file of /proc could not be read since its process has ended meanwhile.
func gone(err error) bool {
	_, none := os.Lstat("/proc/self/io") // not there where the kernel does not count (CONFIG_TASK_IO_ACCOUNTING)
	return errors.Is(err, unix.ESRCH) || errors.Is(err, fs.ErrNotExist) && none == nil
}

// tick is the unit of times in proc_pid_stat(5): on Linux it is 1/100 s for programs whatever the kernel's is.
const tick = 10 * time.Millisecond

// parseStat reads proc_pid_stat(5).
func parseStat(stat []byte) (member, bool) {
	const parent, user, system, childUser, childSystem, rss = 4, 14, 15, 16, 17, 24 // fields, from 1
	const state = 3                                                                 // the first one behind the name
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= rss-state {
		return member{}, false
	}
	number := func(n int) int64 { v, _ := strconv.ParseInt(string(fields[n-state]), 10, 64); return v }
	return member{parent: int(number(parent)), figures: figures{
		user:   time.Duration(number(user)+number(childUser)) * tick,
		system: time.Duration(number(system)+number(childSystem)) * tick,
		memory: number(rss) * int64(os.Getpagesize()),
	}}, true
}

// resident returns the memory that proc_pid_status(5) tells of, in bytes. Since Linux 6.2 what stat tells is only roughly right, and
// often 0 for a small program: processors count for themselves, and since 6.16 status adds that up. It is what stat told where status
// tells nothing, as of the dead.
func resident(status []byte, stat int64) int64 {
	if kib := field(status, "\nVmRSS:"); kib > 0 {
		return kib << 10
	}
	return stat
}

// field returns the number behind a name, 0 when it is not there.
func field(text []byte, name string) int64 {
	_, rest, _ := bytes.Cut(text, []byte(name))
	var n int64
	_, _ = fmt.Fscan(bytes.NewReader(rest), &n)
	return n
}

// processorTime is what this thread has used of a processor.
func processorTime() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) // fails for no clock that is there
	return time.Duration(t.Nano())
}
