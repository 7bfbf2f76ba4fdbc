package account

import (
	"context"
	"errors"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Provenance is where something came from: cell executions, the code that they ran on, the files that they touched.
type Provenance struct {
	Cells    []CellRow // oldest first
	Code     []index.CodeState
	Files    []File // each path once, as the last cell that touched it left it
	Sessions []tracker.ID
	Missing  []string
}

// Provenance reads the lineage of what cell executions and sessions told.
func (r Reader) Provenance(ctx context.Context, told []index.RunExecution) (l Provenance, err error) {
	for _, e := range told {
		if !e.Session.IsZero() && !slices.Contains(l.Sessions, e.Session) {
			l.Sessions = append(l.Sessions, e.Session)
		}
		if e.Execution.IsZero() {
			continue
		}
		if err := r.addCell(ctx, &l, e.Execution); err != nil {
			return l, err
		}
	}
	return l, nil
}

// WithEarlier adds to cell executions those that ran before them in their sessions.
func (r Reader) WithEarlier(ctx context.Context, told []index.RunExecution) (all []index.RunExecution, err error) {
	last := map[tracker.ID]index.Cell{} // of each session
	for _, e := range told {
		c, err := r.Index.Cell(ctx, e.Execution)
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
		cells, err := r.Index.Cells(ctx, index.Filter{Session: session.String()})
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

// addCell adds a cell execution. One that is not in the ledger is missing.
func (r Reader) addCell(ctx context.Context, l *Provenance, id tracker.ID) error {
	c, err := r.Index.Cell(ctx, id)
	if errors.Is(err, index.ErrNotFound) {
		l.Missing = append(l.Missing, "cell "+id.String())
		return nil
	}
	if err != nil {
		return err
	}
	l.Cells = append(l.Cells, r.Row(c))
	states, err := r.Index.CodeStates(ctx, id)
	if err != nil {
		return err
	}
	for _, s := range states {
		if !slices.ContainsFunc(l.Code, func(known index.CodeState) bool { return sameCode(known, s) }) {
			l.Code = append(l.Code, s)
		}
	}
	all, err := r.observed(ctx, id, &l.Missing)
	for _, o := range all {
		for _, f := range o.Files {
			l.touch(f)
		}
	}
	return err
}

// touch adds a file; what a later cell did with it stands for what earlier ones did.
func (l *Provenance) touch(f File) {
	at := slices.IndexFunc(l.Files, func(known File) bool { return known.Path == f.Path })
	if at < 0 {
		l.Files = append(l.Files, f)
		return
	}
	known := &l.Files[at]
	f.Read, f.Written = f.Read || known.Read, f.Written || known.Written
	if known.Before != "" {
		f.Before = known.Before
	}
	*known = f
}

func sameCode(a, b index.CodeState) bool {
	return a.Repository == b.Repository && a.Commit == b.Commit && a.Changes == b.Changes && a.Missing == b.Missing
}

// ChildrenOf is the filter for the runs that are parts of a run.
func ChildrenOf(id tracker.ID) filter.Expr {
	return filter.Compare{Field: filter.Field{Space: filter.Attributes, Name: "parent"}, Op: filter.Equal, Values: []filter.Value{{Kind: filter.Text, Text: id.String()}}}
}

// AllRuns returns the runs that s chooses, at most limit when it is not zero, and the mark of those behind them.
func (r Reader) AllRuns(ctx context.Context, s index.RunSearch, limit int) (runs []index.Run, next string, err error) {
	for next = s.After; ; {
		s.After, s.Limit = next, 1000
		if limit > 0 {
			s.Limit = min(s.Limit, limit-len(runs))
		}
		page, err := r.Index.SearchRuns(ctx, s)
		if err != nil {
			return nil, "", err
		}
		runs, next = append(runs, page.Runs...), page.Next
		if next == "" || limit > 0 && len(runs) >= limit {
			return runs, next, nil
		}
	}
}

func (r Reader) readChildren(ctx context.Context, s *Run) error {
	children, _, err := r.AllRuns(ctx, index.RunSearch{Filter: ChildrenOf(s.RunRow.ID)}, 0)
	for _, c := range children {
		s.Children = append(s.Children, c.ID)
	}
	return err
}

// readLineage reads which cells the run came from: those of its sessions up to the last that told of it, since that one may use what
// earlier ones declared, read and wrote. Told are those that logged to it.
func (r Reader) readLineage(ctx context.Context, s *Run) error {
	told, err := r.Index.Executions(ctx, s.RunRow.ID)
	if err != nil {
		return err
	}
	for _, e := range told {
		if !e.Execution.IsZero() {
			s.Told = append(s.Told, e.Execution)
		}
	}
	all, err := r.WithEarlier(ctx, told)
	if err != nil {
		return err
	}
	l, err := r.Provenance(ctx, all)
	if err != nil {
		return err
	}
	s.Cells, s.Code, s.Files, s.Sessions, s.Missing = l.Cells, l.Code, l.Files, l.Sessions, l.Missing
	s.Used, err = r.runUsage(ctx, s.RunRow.ID)
	return err
}
