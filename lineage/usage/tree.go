package usage

import "time"

// figures are what a process, or several, used.
type figures struct {
	user, system  time.Duration
	memory        int64 // bytes, now
	read, written int64 // bytes, of disks
}

func (f figures) plus(g figures) figures {
	return figures{f.user + g.user, f.system + g.system, f.memory + g.memory, f.read + g.read, f.written + g.written}
}

// member is a process of a tree. Its figures hold those of its children that it waited for, but for their memory.
type member struct {
	parent int
	figures
}

// tree is a program and its children, as they were when last looked at.
type tree struct {
	root    int
	members map[int]member
	lost    figures // of processes that are gone and that nobody of the tree waited for
	looked  bool
}

// maxMembers is how many processes of a program are looked at: its end waits for the last look.
const maxMembers = 1000

// look brings the tree up to date.
func (t *tree) look(why *reasons) {
	now := map[int]member{}
	pids := pidsOf(t.root)
	if len(pids) > maxMembers {
		why.because("processes", "there were too many to look at them all")
		pids = pids[:maxMembers] // the program is the first
	}
	for _, pid := range pids {
		if m, ok := readMember(pid, why); ok {
			now[pid] = m
		}
	}
	for pid, m := range t.members {
		if _, here := now[pid]; here || pid == t.root {
			continue
		}
		if _, waited := t.members[m.parent]; !waited { // else its figures are with its parent's
			m.memory = 0
			t.lost = t.lost.plus(m.figures)
		}
	}
	t.members, t.looked = now, true
}

// pids lists the members.
func (t *tree) pids() (pids []int) {
	for pid := range t.members {
		pids = append(pids, pid)
	}
	return pids
}

// beside is what the tree used but for the program itself and the children that it waited for.
func (t *tree) beside() figures {
	sum := t.lost
	for pid, m := range t.members {
		if pid != t.root {
			sum = sum.plus(m.figures)
		}
	}
	return sum
}

// total is what the whole tree used.
func (t *tree) total() figures { return t.beside().plus(t.members[t.root].figures) }

// reasons say why a figure is not known: one for each figure, the first.
type reasons struct {
	order []string
	of    map[string]string
}

// because takes note of why a figure is not known.
func (r *reasons) because(figure, why string) {
	if r.of == nil {
		r.of = map[string]string{}
	}
	if _, told := r.of[figure]; !told {
		r.order = append(r.order, figure)
		r.of[figure] = why
	}
}

// list gives a line for each figure that is not known.
func (r *reasons) list() (lines []string) {
	for _, figure := range r.order {
		lines = append(lines, figure+": "+r.of[figure])
	}
	return lines
}
