package web

import (
	"context"
	"slices"
	"sort"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// order is the cell executions of a session, oldest first, and how each stands among those of its cell.
type order struct {
	session tracker.ID
	marks   []index.Mark
	places  []place
	last    map[string]int // the latest execution of each cell
	first   map[string]int // the how manieth cell of the session it was when it was first executed
}

// place is how an execution stands in its session.
type place struct {
	repeat     int  // among the executions of its cell, from 1; 0: it is not known which cell
	outOfOrder bool // a cell that was first executed behind this one was executed before it
	newest     bool // the same cell was not executed later
	before     int  // the execution of the same cell before this one, -1: none
}

// add takes the executions that came.
func (o *order) add(all []index.Ordered) {
	for _, x := range all {
		at := len(o.marks)
		p := place{newest: true, before: -1}
		if x.CellID != "" {
			if before, known := o.last[x.CellID]; known {
				o.places[before].newest = false
				p.before, p.repeat = before, o.places[before].repeat
			} else {
				o.first[x.CellID] = len(o.first) + 1
			}
			p.repeat++
			p.outOfOrder = o.first[x.CellID] < len(o.first)
			o.last[x.CellID] = at
		}
		o.marks, o.places = append(o.marks, x.Mark), append(o.places, p)
	}
}

// at returns the place of an execution, from 1, zero when it is not there.
func (o *order) at(m index.Mark) int {
	i, found := sort.Find(len(o.marks), func(i int) int { return compareMarks(m, o.marks[i]) })
	if !found {
		return 0
	}
	return i + 1
}

func compareMarks(a, b index.Mark) int {
	switch {
	case a == b:
		return 0
	case a.Started < b.Started, a.Started == b.Started && (a.Journal < b.Journal || a.Journal == b.Journal && a.Entry < b.Entry):
		return -1
	}
	return 1
}

// orders remembers those that were asked for last, so that a page costs what is on it, and a longer session what was added.
type orders struct {
	mu   sync.Mutex
	kept []*order // the one asked for last comes last
}

// keptOrders is how many are remembered; one takes about 150 bytes for each execution.
const keptOrders = 4

// with gives f the order of a session as it is now; f must not keep it.
func (k *orders) with(ctx context.Context, x Index, session tracker.ID, f func(*order)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	o := &order{}
	if at := slices.IndexFunc(k.kept, func(o *order) bool { return o.session == session }); at >= 0 {
		o = k.kept[at]
		k.kept = slices.Delete(k.kept, at, at+1)
	}
	if err := o.catchUp(ctx, x, session); err != nil {
		return err
	}
	k.kept = append(k.kept, o)
	k.kept = k.kept[max(0, len(k.kept)-keptOrders):]
	f(o)
	return nil
}

// catchUp adds what came behind the last execution that is known. Where others came before it, as with a journal from elsewhere, all is read again.
func (o *order) catchUp(ctx context.Context, x Index, session tracker.ID) error {
	n, err := x.Count(ctx, index.Filter{Session: session.String()})
	if err != nil || n == len(o.marks) {
		return err
	}
	for _, again := range []bool{n < len(o.marks), true} {
		last := index.Mark{}
		if again || len(o.marks) == 0 {
			*o = order{session: session, last: map[string]int{}, first: map[string]int{}}
		} else {
			last = o.marks[len(o.marks)-1]
		}
		all, err := x.OrderOf(ctx, session, last)
		if err != nil {
			return err
		}
		if o.add(all); len(o.marks) >= n { // or more: one was added meanwhile
			break
		}
	}
	return nil
}
