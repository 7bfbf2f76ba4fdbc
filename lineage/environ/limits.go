package environ

import (
	"path"
	"strconv"
	"strings"
)

// limits tells what control groups leave of processor and memory, in processors and bytes. The lowest limit on the
// way up from this process's group holds.
func (l *look) limits() {
	for line := range strings.Lines(l.text("proc/self/cgroup")) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3) // number:controllers:path, cgroups(7)
		if len(parts) != 3 {
			continue
		}
		for _, c := range controllers {
			if c.in(parts[1]) {
				l.limit(c, path.Join("/", parts[2]))
			}
		}
	}
}

// A controller is a part of a control group that limits something.
type controller struct {
	fact string
	name string // of version 1's controller, empty for version 2
	root string
	read func(l *look, dir string) (limit float64, ok bool)
}

var controllers = []controller{
	{"limit.cpus", "", "sys/fs/cgroup", (*look).cpuMax},
	{"limit.memory", "", "sys/fs/cgroup", func(l *look, dir string) (float64, bool) { return number(l.text(path.Join(dir, "memory.max"))) }},
	{"limit.cpus", "cpu", "sys/fs/cgroup/cpu", (*look).cpuQuota},
	{"limit.memory", "memory", "sys/fs/cgroup/memory", func(l *look, dir string) (float64, bool) {
		n, ok := number(l.text(path.Join(dir, "memory.limit_in_bytes")))
		return n, ok && n < 1<<62 // what version 1 says when there is none
	}},
}

func (c controller) in(list string) bool {
	for name := range strings.SplitSeq(list, ",") {
		if name == c.name {
			return true
		}
	}
	return false
}

// limit notes the lowest limit from a group up to the root. Inside a container the path may be that of the host, which
// is not to be seen there; the root is the container's own group then.
func (l *look) limit(c controller, group string) {
	for {
		n, ok := c.read(l, path.Join(c.root, group))
		if old, known := number(l.facts[c.fact]); ok && (!known || n < old) {
			l.facts.set(c.fact, strconv.FormatFloat(n, 'f', -1, 64))
		}
		if group == "/" {
			return
		}
		group = path.Dir(group)
	}
}

// cpuMax reads cpu.max: a quota and a period in microseconds, or "max".
func (l *look) cpuMax(dir string) (float64, bool) {
	words := strings.Fields(l.text(path.Join(dir, "cpu.max")))
	if len(words) != 2 {
		return 0, false
	}
	return ratio(words[0], words[1])
}

func (l *look) cpuQuota(dir string) (float64, bool) {
	return ratio(l.text(path.Join(dir, "cpu.cfs_quota_us")), l.text(path.Join(dir, "cpu.cfs_period_us")))
}

func ratio(a, b string) (float64, bool) {
	quota, ok1 := number(a)
	period, ok2 := number(b)
	return quota / period, ok1 && ok2 && quota > 0 && period > 0
}

func number(text string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return n, err == nil
}
