package web

import (
	"context"
	"encoding/json"
	"errors"
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
	cells    []namedCell
	at       map[tracker.ID]int
	bound    map[string][]int // the executions that bound a name
	used     map[string][]int // the executions that used a name
	declares declares
	cut      bool // there are more: the newest are here
	decls    bool // names are declarations, of which each program is made anew: no value goes from cell to cell
}

// mostNamed is of how many executions of a session names are read.
const mostNamed = 5000

func (s *Server) sessionNames(ctx context.Context, session tracker.ID) (*sessionNames, error) {
	all, err := s.Index.Cells(ctx, index.Filter{Session: session.String(), Limit: mostNamed})
	if err != nil {
		return nil, err
	}
	slices.Reverse(all)
	of, err := s.Index.Session(ctx, session)
	if err != nil && !errors.Is(err, index.ErrNotFound) {
		return nil, err
	}
	n := &sessionNames{cells: make([]namedCell, len(all)), at: map[tracker.ID]int{}, bound: map[string][]int{}, used: map[string][]int{},
		cut: len(all) == mostNamed, decls: of.Engine == "go"}
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
		note(n.bound, n.cells[i].Bound, i)
		note(n.used, n.cells[i].Used, i)
	}
	n.declares = n.whatDeclares()
	return n, nil
}

// note adds the newest execution to those of its names.
func note(of map[string][]int, names []string, newest int) {
	for _, name := range names {
		if all := of[name]; len(all) == 0 || all[len(all)-1] != newest {
			of[name] = append(all, newest)
		}
	}
}

// binders returns the executions that bound the names that an execution used, each with those names.
func (n *sessionNames) binders(id tracker.ID) map[tracker.ID][]string {
	i, known := n.at[id]
	of := map[tracker.ID][]string{}
	if !known {
		return of
	}
	for _, name := range n.cells[i].Used {
		all := n.bound[name]
		if k, _ := slices.BinarySearch(all, i); k > 0 {
			binder := n.cells[all[k-1]].ID
			of[binder] = append(of[binder], name)
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
	for _, name := range slices.Compact(slices.Sorted(slices.Values(n.cells[i].Bound))) {
		end := len(n.cells) - 1 // the next that binds it may use it first
		if k, _ := slices.BinarySearch(n.bound[name], i+1); k < len(n.bound[name]) {
			end = n.bound[name][k]
		}
		all := n.used[name]
		for k, _ := slices.BinarySearch(all, i+1); k < len(all) && all[k] <= end; k++ {
			user := n.cells[all[k]].ID
			of[user] = append(of[user], name)
		}
	}
	return of
}
