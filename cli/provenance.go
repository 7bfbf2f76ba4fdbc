package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// provenance is where something came from: cell executions, the code that they ran on, the files that they touched.
type provenance struct {
	cells    []loggedCell // oldest first
	code     []index.CodeState
	files    []seenFile // each path once, as the last cell that touched it left it
	sessions []tracker.ID
	missing  []string
}

// readProvenance reads the lineage of what cell executions and sessions told.
func readProvenance(ctx context.Context, x *index.Index, told []index.RunExecution) (l provenance, err error) {
	for _, e := range told {
		if !e.Session.IsZero() && !slices.Contains(l.sessions, e.Session) {
			l.sessions = append(l.sessions, e.Session)
		}
		if e.Execution.IsZero() {
			continue
		}
		if err := l.readCell(ctx, x, e.Execution); err != nil {
			return l, err
		}
	}
	return l, nil
}

// withEarlier adds to cell executions those that ran before them in their sessions.
func withEarlier(ctx context.Context, x *index.Index, told []index.RunExecution) (all []index.RunExecution, err error) {
	last := map[tracker.ID]index.Cell{} // of each session
	for _, e := range told {
		c, err := x.Cell(ctx, e.Execution)
		if e.Execution.IsZero() || errors.Is(err, index.ErrNotFound) {
			all = append(all, e)
			continue
		}
		if err != nil {
			return nil, err
		}
		if before, known := last[c.Session]; !known || c.Started.After(before.Started) {
			last[c.Session] = c
		}
	}
	for session, latest := range last {
		cells, err := x.Cells(ctx, index.Filter{Session: session.String()})
		if err != nil {
			return nil, err
		}
		for _, c := range cells {
			if !c.Started.After(latest.Started) {
				all = append(all, index.RunExecution{Session: session, Execution: c.ID, First: c.Started})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b index.RunExecution) int { return a.First.Compare(b.First) })
	return all, nil
}

// readCell adds a cell execution. One that is not in the ledger is missing.
func (l *provenance) readCell(ctx context.Context, x *index.Index, id tracker.ID) error {
	c, err := x.Cell(ctx, id)
	if errors.Is(err, index.ErrNotFound) {
		l.missing = append(l.missing, "cell "+id.String())
		return nil
	}
	if err != nil {
		return err
	}
	l.cells = append(l.cells, loggedCell{c.ID, "cell", cellName(x, c), c})
	states, err := x.CodeStates(ctx, id)
	if err != nil {
		return err
	}
	for _, s := range states {
		if !slices.ContainsFunc(l.code, func(known index.CodeState) bool { return sameCode(known, s) }) {
			l.code = append(l.code, s)
		}
	}
	shown := &shownCell{}
	if err := shown.readObserved(ctx, x, id); err != nil {
		return err
	}
	l.missing = append(l.missing, shown.Missing...)
	for _, o := range shown.Observed {
		for _, f := range o.Files {
			l.touch(f)
		}
	}
	return nil
}

// touch adds a file; what a later cell did with it stands for what earlier ones did.
func (l *provenance) touch(f seenFile) {
	at := slices.IndexFunc(l.files, func(known seenFile) bool { return known.Path == f.Path })
	if at < 0 {
		l.files = append(l.files, f)
		return
	}
	known := &l.files[at]
	f.Read, f.Written = f.Read || known.Read, f.Written || known.Written
	if known.Before != "" {
		f.Before = known.Before
	}
	*known = f
}

func sameCode(a, b index.CodeState) bool {
	return a.Repository == b.Repository && a.Commit == b.Commit && a.Changes == b.Changes && a.Missing == b.Missing
}

// childrenOf is the filter for the runs that are parts of a run.
func childrenOf(id tracker.ID) filter.Expr {
	return filter.Compare{Field: filter.Field{Space: filter.Attributes, Name: "parent"}, Op: filter.Equal, Values: []filter.Value{{Kind: filter.Text, Text: id.String()}}}
}
