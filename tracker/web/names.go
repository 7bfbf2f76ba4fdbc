package web

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// namedCell is a cell execution with what its code names.
type namedCell struct {
	index.Cell
	tracker.Names
	known bool
	again bool // the same cell was executed later
}

// sessionNames are the cell executions of a session, oldest first. Each cell uses a name as the last one before it made it that bound it.
type sessionNames struct {
	cells []namedCell
	at    map[tracker.ID]int
	cut   bool // there are more: the newest are here
	decls bool // names are declarations, of which each program is made anew: no value goes from cell to cell
}

// mostNamed is of how many executions of a session names are read.
const mostNamed = 5000

func (s *Server) sessionNames(ctx context.Context, session tracker.ID) (*sessionNames, error) {
	all, err := s.Index.Cells(ctx, index.Filter{Session: session.String(), Limit: mostNamed})
	if err != nil {
		return nil, err
	}
	slices.Reverse(all)
	n := &sessionNames{cells: make([]namedCell, len(all)), at: map[tracker.ID]int{}, cut: len(all) == mostNamed}
	if of, err := s.Index.Session(ctx, session); err == nil {
		n.decls = of.Engine == "go"
	}
	last := map[string]int{}
	for i, c := range all {
		n.cells[i] = namedCell{Cell: c}
		n.at[c.ID] = i
		if b, err := s.Index.Blob(c.Names); err == nil && !c.Names.IsZero() {
			n.cells[i].known = json.Unmarshal(b, &n.cells[i].Names) == nil
		}
		if before, executed := last[c.CellID]; executed && c.CellID != "" {
			n.cells[before].again = true
		}
		last[c.CellID] = i
	}
	return n, nil
}

// binders returns the executions that bound the names that an execution used, each with those names.
func (n *sessionNames) binders(id tracker.ID) map[tracker.ID][]string {
	i, known := n.at[id]
	of := map[tracker.ID][]string{}
	if !known {
		return of
	}
	for _, name := range n.cells[i].Used {
		for k := i - 1; k >= 0; k-- {
			if slices.Contains(n.cells[k].Bound, name) {
				of[n.cells[k].ID] = append(of[n.cells[k].ID], name)
				break
			}
		}
	}
	return of
}

// users returns the executions that used names as an execution bound them, each with those names.
func (n *sessionNames) users(id tracker.ID) map[tracker.ID][]string {
	i, known := n.at[id]
	of := map[tracker.ID][]string{}
	if !known {
		return of
	}
	bound := slices.Clone(n.cells[i].Bound)
	for k := i + 1; k < len(n.cells) && len(bound) > 0; k++ {
		for _, name := range n.cells[k].Used {
			if slices.Contains(bound, name) {
				of[n.cells[k].ID] = append(of[n.cells[k].ID], name)
			}
		}
		bound = slices.DeleteFunc(bound, func(name string) bool { return slices.Contains(n.cells[k].Bound, name) })
	}
	return of
}
