package web

import (
	"errors"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// uses adds the names that cells of the graph used of each other.
func (w *weaver) uses() error {
	for _, n := range w.graph.Nodes {
		if n.Kind != "cell" {
			continue
		}
		id, err := tracker.ParseID(n.Of)
		if err != nil {
			continue
		}
		names, err := w.namesOf(id)
		if err != nil {
			return err
		}
		if names == nil {
			continue // what it is of has not come yet; the others are told all the same
		}
		for binder, used := range names.binders(id) {
			w.used("cell:"+binder.String(), n.ID, used, names)
		}
	}
	return nil
}

// namesOf returns the names of the session of a cell execution, and notes in its node what they tell; nil when it is not in the ledger.
func (w *weaver) namesOf(id tracker.ID) (*sessionNames, error) {
	c, err := w.Index.Cell(w.ctx, id)
	if errors.Is(err, index.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names, err := w.names(c.Session)
	if err != nil {
		return nil, err
	}
	w.graph.Cut = w.graph.Cut || names.cut
	w.among["cell:"+id.String()] = names
	if at, shown := w.known["cell:"+id.String()]; shown {
		i, there := names.at[id]
		w.graph.Nodes[at].Unnamed = !there || !names.cells[i].known
		w.graph.Nodes[at].Again = there && names.cells[i].again
	}
	return names, nil
}

// markStale marks what is not what it would be now. A version of a file is stale when a newer one of its path is known; a cell execution when
// the same cell was executed again, when it read a stale version, or used names that a stale execution bound (where names are declarations:
// names that are declared in another way by now); what came of an execution with
// stale inputs is stale too; one that wrote a file again itself is not for that. Newest tells of the whole ledger; nil: the graph's own versions count, and are marked already.
func (w *weaver) markStale(newest map[string]seenAt) {
	inputs, again := map[string]bool{}, map[string]bool{} // what is stale for more than that it was executed again; files that were written again
	var next []string
	mark := func(id, why string, input bool) {
		n := &w.graph.Nodes[w.known[id]]
		if len(n.Because) < mostReasons && !slices.Contains(n.Because, why) {
			n.Because = append(n.Because, why)
		}
		if n.Stale && inputs[id] == (inputs[id] || input) {
			return
		}
		n.Stale, inputs[id] = true, inputs[id] || input
		next = append(next, id)
	}
	for _, n := range w.graph.Nodes {
		switch {
		case n.Kind == "file" && (n.Stale || newest != nil && newest[n.Name].hash != n.Digest):
			w.graph.Nodes[w.known[n.ID]].Stale, again[n.ID] = false, true
			mark(n.ID, "it was written again", true)
		case n.Again:
			mark(n.ID, "it was executed again", false)
		}
	}
	from := map[string][]Edge{}
	for _, e := range w.graph.Edges {
		from[e.From] = append(from[e.From], e)
	}
	for len(next) > 0 {
		id := next[0]
		next = next[1:]
		n := w.graph.Nodes[w.known[id]]
		for _, e := range from[id] {
			switch {
			case e.Declared:
				if became := w.among[e.To].declaredAnew(n.Of, e.Names); became != "" {
					mark(e.To, became+" since "+n.Name+" was executed again", true)
				}
			case e.Kind == "used" && n.Again:
				mark(e.To, strings.Join(e.Names, ", ")+" is bound anew since "+n.Name+" was executed again", true)
			case n.Kind == "file" && w.wrote[[2]string{e.To, n.Name}]:
			case inputs[id] && again[id]:
				mark(e.To, n.Name+" was written again", true)
			case inputs[id] && e.Kind != "parent":
				mark(e.To, n.Name+" is stale", true)
			}
		}
	}
}

// mostReasons is how many reasons are told for which something is stale.
const mostReasons = 5
