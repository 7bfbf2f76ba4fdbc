package process

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// How often a program's children are looked at: what lives shorter may go unseen.
const (
	firstSample = 5 * time.Millisecond
	lastSample  = 20 * time.Millisecond
	maxChildren = 10_000 // that are told of
)

// sampler looks at the children of a program while it runs, and at the sockets of both.
type sampler struct {
	network  bool // the program may open sockets
	latest   []byte
	others   map[int]bool // processes that are not the program's; nil before the first look
	children map[int]*child
	order    []*child
	waited   bool // the program waited for a child
	hosts    hosts
}

type child struct {
	pid, parent int
	command     string
	looks       int
}

func newSampler(network bool) *sampler {
	return &sampler{network: network, children: map[int]*child{}, hosts: newHosts()}
}

// watch looks at a program until it is gone.
func (s *sampler) watch(pid int, gone <-chan struct{}) {
	load, err := os.Open("/proc/loadavg")
	if err != nil {
		return
	}
	defer func() { _ = load.Close() }()
	for pause := firstSample; ; pause = min(pause+time.Millisecond, lastSample) {
		select {
		case <-gone:
			return
		case <-time.After(pause):
			if s.forked(load) {
				s.look(pid)
			}
			if s.network || len(s.order) > 0 {
				s.hosts.look(s.alive(pid))
			}
		}
	}
}

// forked says that the system has made a process or a thread since it was asked last, or that some child has to be
// looked at again: a child bears its parent's command until it executes its own. The last field of
// proc_loadavg(5) is the number of the latest process.
func (s *sampler) forked(load *os.File) bool {
	var b [128]byte
	n, _ := load.ReadAt(b[:], 0)
	latest := b[bytes.LastIndexByte(b[:n], ' ')+1 : n]
	if !bytes.Equal(latest, s.latest) {
		s.latest = bytes.Clone(latest)
		return true
	}
	return slices.ContainsFunc(s.order, func(c *child) bool { return c.looks < 2 })
}

// look finds the program's processes: those of its session. A process that was seen to be of another one is not looked at
// again, nor one that is older than the program.
func (s *sampler) look(session int) {
	dir, err := os.Open("/proc")
	if err != nil {
		return
	}
	names, _ := dir.Readdirnames(-1)
	_ = dir.Close()
	others := make(map[int]bool, len(names))
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil || pid == session {
			continue
		}
		if s.others[pid] || s.others == nil && pid < session {
			others[pid] = true
			continue
		}
		if parent, of, ok := family(pid); !ok || of != session {
			others[pid] = ok
		} else {
			s.note(pid, parent)
		}
	}
	s.others = others
}

// family tells the parent and the session of a living process, by proc_pid_stat(5).
func family(pid int) (parent, session int, ok bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, false
	}
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:]) // state, parent, group, session, …
	if len(fields) < 4 {
		return 0, 0, false
	}
	parent, _ = strconv.Atoi(string(fields[1]))
	session, _ = strconv.Atoi(string(fields[3]))
	return parent, session, true
}

// note takes note of what a process executes.
func (s *sampler) note(pid, parent int) {
	c := s.children[pid]
	if c == nil {
		if len(s.order) == maxChildren {
			return
		}
		c = &child{pid: pid, parent: parent}
		s.children[pid] = c
		s.order = append(s.order, c)
	}
	c.looks++
	if command := commandOf(pid); command != "" {
		c.command = command
	}
}

// alive lists the program and its children that were not seen to be gone.
func (s *sampler) alive(pid int) []int {
	pids := []int{pid}
	for _, c := range s.order {
		if unix.Kill(c.pid, 0) == nil {
			pids = append(pids, c.pid)
		}
	}
	return pids
}

// commandOf is what a process executes; of one that is dead only the name is left.
func commandOf(pid int) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if text := strings.TrimRight(string(b), "\x00"); text != "" {
		return strings.ReplaceAll(text, "\x00", " ")
	}
	b, _ = os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return strings.TrimSpace(string(b))
}

// awaitDeath waits until a program is dead but not yet buried, and reports whether it is.
func awaitDeath(pid int) bool {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return err == nil
		}
	}
}

// atEnd looks whether a dead program ever waited for a child: proc_pid_stat(5) tells how often the children that it waited
// for touched new memory, and each does.
func (s *sampler) atEnd(pid int) {
	const state, childFaults = 3, 11 // fields, from 1
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	s.waited = len(fields) > childFaults-state && string(fields[childFaults-state]) != "0"
}

// result tells of the children of a program that has exited, and of those that live on.
func (s *sampler) result(group int) wire.Seen {
	left := 0
	if unix.Kill(-group, 0) == nil {
		for _, pid := range members(group) {
			s.note(pid, group)
			left++
		}
	}
	seen := wire.Seen{Hosts: s.hosts.list(), Children: s.waited || len(s.order) > 0}
	for _, c := range s.order {
		if p := s.children[c.parent]; c.command != "" && (p == nil || p.command != c.command) { // else it did not execute anything
			seen.Processes = append(seen.Processes, wire.Process{Command: c.command, PID: c.pid})
		}
	}
	if left > 0 {
		seen.Missed = append(seen.Missed, missedBackground)
	}
	return seen
}

// list gives the hosts sorted.
func (h *hosts) list() []string { return slices.Sorted(maps.Keys(h.found)) }
