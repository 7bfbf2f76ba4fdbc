package cli

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/lineage/environ"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// side is one of two things that are compared.
type side struct {
	named
	run *shownRun // nil: it is none
	provenance
}

// named is what a side is called.
type named struct {
	ID      tracker.ID `json:"id"`
	Kind    string     `json:"kind"`
	Name    string     `json:"name"`
	Status  string     `json:"status"`
	Started time.Time  `json:"started,omitzero"`
}

func (a *app) readSide(ctx context.Context, x *index.Index, m index.Match) (s side, err error) {
	switch m.Kind {
	case "run":
		if s.run, err = a.readRun(ctx, x, m.ID, 1); err != nil {
			return s, err
		}
		r := s.run
		s.named = named{r.ID, "run", r.Name, string(r.Status), r.Started}
		s.provenance = provenance{r.Cells, r.Code, r.Files, r.Sessions, r.Missing}
		return s, nil
	case "session":
		shown, err := readSession(ctx, x, m.ID)
		if err != nil {
			return s, err
		}
		s.named = named{shown.Session.ID, "session", shown.Name, shown.Status, shown.Started}
		var told []index.RunExecution
		for _, c := range shown.Cells {
			told = append(told, index.RunExecution{Session: shown.Session.ID, Execution: c.Cell.ID})
		}
		s.provenance, err = readProvenance(ctx, x, told)
		s.sessions = []tracker.ID{shown.Session.ID}
		return s, err
	}
	c, err := x.Cell(ctx, m.ID)
	if err != nil {
		return s, err
	}
	s.named = named{c.ID, "cell", cellName(x, c), string(c.Status), c.Started}
	s.provenance, err = readProvenance(ctx, x, []index.RunExecution{{Session: c.Session, Execution: c.ID}})
	return s, err
}

// environment returns the facts of the side's last session, with the modules of its last cell that was built.
func (s side) environment(ctx context.Context, a *app, x *index.Index) (facts environ.Environment, known bool, err error) {
	var of tracker.ID
	switch {
	case len(s.sessions) > 0:
		of = s.sessions[len(s.sessions)-1]
	default:
		return nil, false, nil
	}
	list, err := x.Environments(ctx, of)
	if err != nil || len(list) == 0 {
		return nil, false, err
	}
	document, err := x.Blob(list[len(list)-1].Environment)
	if err != nil {
		return nil, false, nil // taken out, or lost: it is not compared, and that is said
	}
	if facts, err = environ.Parse(document); err != nil {
		return nil, false, err
	}
	cells := make([]index.Cell, len(s.cells))
	for i, c := range s.cells {
		cells[i] = c.Cell
	}
	slices.Reverse(cells) // the newest first
	goMod, goSum, _, err := modulesOf(x, cells)
	if err != nil || goMod == "" {
		return facts, true, errors.Join(err)
	}
	modules, err := environ.Modules(goMod, goSum)
	return environ.Join(facts, modules), true, err
}
