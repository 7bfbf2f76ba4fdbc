package web

import (
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// What may have become of a declaration.
const (
	otherwise = "declared in another way"
	gone      = "not declared any more"
)

// declaredAnew tells which of some names that a cell execution declared are declared in another way by now, since the same cell was executed again, and
// which are not declared any more; "" when all are as they were.
func (n *sessionNames) declaredAnew(execution string, names []string) string {
	id, err := tracker.ParseID(execution)
	i, known := n.at[id]
	if err != nil || !known {
		return ""
	}
	newest := i
	for k := i + 1; k < len(n.cells); k++ {
		if n.cells[k].declared() && n.cells[k].CellID == n.cells[i].CellID {
			newest = k
		}
	}
	if n.cells[newest].Source == n.cells[i].Source {
		return ""
	}
	became := map[string][]string{}
	for _, name := range names {
		b := n.became(name, i, newest)
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

// became says what has become of a name that execution i declared, by the newest execution of the same cell; one that left that cell may be
// declared by another.
func (n *sessionNames) became(name string, i, newest int) string {
	moved, unchanged := !slices.Contains(n.cells[newest].Bound, name), true
	declared := !moved
	for k := i + 1; k < len(n.cells); k++ {
		c := &n.cells[k]
		if (moved || c.CellID == n.cells[i].CellID) && c.declared() && slices.Contains(c.Bound, name) {
			declared, unchanged = true, unchanged && slices.Contains(c.Unchanged, name)
		}
	}
	switch {
	case !declared:
		return gone
	case !unchanged:
		return otherwise
	}
	return ""
}
