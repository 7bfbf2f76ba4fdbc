package web

import (
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// What may have become of a declaration.
const (
	otherwise = "declared in another way"
	gone      = "not declared any more"
)

// declares tells which executions of a session declare what is in force by now.
type declares struct {
	newest map[string]int // the newest execution of each cell
	name   map[string]int // the newest one that is its cell's newest and declares a name
	anew   map[string]int // the newest one that declared a name in another way than it was
}

func (n *sessionNames) whatDeclares() declares {
	d := declares{newest: map[string]int{}, name: map[string]int{}, anew: map[string]int{}}
	for i := range n.cells {
		if c := &n.cells[i]; c.declared() {
			d.newest[c.CellID] = i
		}
	}
	for i := range n.cells {
		c := &n.cells[i]
		if !c.declared() {
			continue
		}
		unchanged := map[string]bool{}
		for _, name := range c.Unchanged {
			unchanged[name] = true
		}
		for _, name := range c.Bound {
			if c.CellID == "" || d.newest[c.CellID] == i {
				d.name[name] = i
			}
			if !unchanged[name] {
				d.anew[name] = i
			}
		}
	}
	return d
}

// declaredAnew tells which of some names that a cell execution declared are declared in another way by now, since the same cell was executed again, and
// which are not declared any more; "" when all are as they were, or when nobody knows of which cell the execution was.
func (n *sessionNames) declaredAnew(execution string, names []string) string {
	id, err := tracker.ParseID(execution)
	i, known := n.at[id]
	if err != nil || !known || n.cells[i].CellID == "" {
		return ""
	}
	newest, executed := n.declares.newest[n.cells[i].CellID]
	if !executed || newest <= i || n.cells[newest].Source == n.cells[i].Source {
		return ""
	}
	became := map[string][]string{}
	for _, name := range names {
		b := n.declares.became(name, i)
		became[b] = append(became[b], name)
	}
	var said []string
	for _, b := range []string{otherwise, gone} {
		switch names := became[b]; len(names) {
		case 0:
		case 1:
			said = append(said, names[0]+" is "+b)
		default:
			said = append(said, strings.Join(names, ", ")+" are "+b)
		}
	}
	return strings.Join(said, " and ")
}

// declared says that what a cell declares came into force: it compiled.
func (c *namedCell) declared() bool {
	return c.known && (c.Status == tracker.OK || !c.Program.IsZero())
}

// became says what has become of a name that an execution declared, of which there is a newer one of the same cell; a name that left
// that cell may be declared by another. Whichever cell declared it in another way since then, those that used it before used what is no more.
func (d *declares) became(name string, execution int) string {
	newest, declared := d.name[name]
	switch {
	case !declared || newest <= execution:
		return gone
	case d.anew[name] > execution:
		return otherwise
	}
	return ""
}
