package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

func showCommand(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show ID",
		Short: "Show a cell execution, a run, a session or a snapshot",
		Long: `show prints what is recorded of a cell execution, a run, a session or a snapshot. The leading digits of its id are enough,
and for a run its name: of several it is the newest.`,
		Args: cobra.ExactArgs(1),

		ValidArgsFunction: a.completeShown,
		RunE: func(c *cobra.Command, args []string) error {
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error {
				return a.show(ctx, x, args[0], asJSON)
			})
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) show(ctx context.Context, x *index.Index, prefix string, asJSON bool) error {
	m, err := a.findRun(ctx, x, "show", prefix)
	if err != nil {
		return err
	}
	switch m.Kind {
	case "run":
		return a.showRun(ctx, x, m.ID, asJSON)
	case "experiment":
		return withHint(wrongUse("%s is %s", prefix, a.describe(ctx, x, m)), "gemba log --experiment NAME lists its runs")
	case "session":
		return a.showSession(ctx, x, m.ID, asJSON)
	case "snapshot":
		s, err := x.Snapshot(ctx, m.ID)
		if err != nil {
			return err
		}
		return a.showSnapshot(ctx, s, asJSON)
	}
	return a.showCell(ctx, x, m.ID, asJSON)
}

// completedIDs is how many ids a shell is offered: the newest ones.
const completedIDs = 50

// completeID offers a shell the newest cell executions, each with what tells it from others.
func (a *app) completeID(c *cobra.Command, args []string, prefix string) (ids []cobra.Completion, _ cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	_ = a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error { // nothing to offer is no error here
		cells, err := x.Cells(ctx, index.Filter{Limit: completedIDs})
		for _, cell := range cells {
			if strings.HasPrefix(cell.ID.String(), prefix) {
				m := index.Match{ID: cell.ID, Kind: "cell"}
				ids = append(ids, cobra.CompletionWithDesc(cell.ID.Short(), a.describe(ctx, x, m)))
			}
		}
		return err
	})
	return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeShown offers a shell the newest cell executions and runs.
func (a *app) completeShown(c *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	cells, how := a.completeID(c, args, prefix)
	runs, _ := a.completeRuns(c, args, prefix)
	return append(cells, runs...), how
}

// idHint adds to an error of Find what the reader of a command could have meant.
func (a *app) idHint(ctx context.Context, x *index.Index, command string, err error) error {
	var ambiguous *index.Ambiguous
	if errors.As(err, &ambiguous) {
		var lines []string
		for _, m := range ambiguous.Candidates {
			lines = append(lines, fmt.Sprintf("gemba %s %s   (%s)", command, m.ID, a.describe(ctx, x, m)))
		}
		return withHint(err, "%s", strings.Join(lines, "\n     "))
	}
	if errors.Is(err, index.ErrNotFound) {
		return withHint(err, "gemba log lists the ids there are")
	}
	return err
}

// findAll returns what is recorded under each of the ids that a command is given.
func (a *app) findAll(ctx context.Context, x *index.Index, command string, ids []string) (all []index.Match, err error) {
	for _, id := range ids {
		m, err := x.Find(ctx, id)
		if err != nil {
			return nil, a.idHint(ctx, x, command, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// describe says in a few words what an id names.
func (a *app) describe(ctx context.Context, x *index.Index, m index.Match) string {
	if m.Kind == "session" {
		s, err := x.Session(ctx, m.ID)
		if err != nil {
			return m.Kind
		}
		return fmt.Sprintf("session of %s, %s", notebookName(s.Notebook), humanTime(s.Started, a.now()))
	}
	if m.Kind == "snapshot" {
		s, err := x.Snapshot(ctx, m.ID)
		if err != nil {
			return m.Kind
		}
		return fmt.Sprintf("snapshot %s of %s, %s", s.Name, s.Path, humanTime(s.Started, a.now()))
	}
	if m.Kind == "run" {
		r, err := x.Run(ctx, m.ID)
		if err != nil {
			return m.Kind
		}
		return fmt.Sprintf("run %s, %s, %s", oneLine(runName(r)), r.Status, humanTime(r.Started, a.now()))
	}
	if m.Kind == "experiment" {
		e, err := x.Experiment(ctx, m.ID)
		if err != nil {
			return m.Kind
		}
		return "experiment " + oneLine(e.Name)
	}
	c, err := x.Cell(ctx, m.ID)
	if err != nil {
		return m.Kind
	}
	return fmt.Sprintf("cell [%d], %s, %s", c.Count, humanTime(c.Started, a.now()), cellName(x, c))
}

// shownCell is what `show --json` tells of a cell execution.
type shownCell struct {
	loggedCell
	SourceText    *string              `json:"source"` // null when its bytes are not in the ledger
	ErrorText     string               `json:"error_value,omitempty"`
	Declared      []string             `json:"declarations"`
	Named         tracker.Names        `json:"names,omitzero"`
	Outputs       []tracker.Output     `json:"outputs"`
	OutputBatches []index.Batch        `json:"output_batches"`
	Missing       []string             `json:"missing,omitempty"` // digests whose bytes are not in the ledger
	Gaps          []index.Gap          `json:"gaps,omitempty"`
	Interruptions []index.Interruption `json:"interruptions,omitempty"`
	Environment   *index.Session       `json:"environment,omitempty"`
	Code          []index.CodeState    `json:"code,omitempty"`
	Observed      []observed           `json:"observed,omitempty"`
	Snapshots     []index.Snapshot     `json:"snapshots,omitempty"`
	shownUsage
}

// readCell gathers what is recorded of a cell execution.
func readCell(ctx context.Context, x *index.Index, id tracker.ID) (*shownCell, error) {
	c, err := x.Cell(ctx, id)
	if err != nil {
		return nil, err
	}
	shown := &shownCell{loggedCell: loggedCell{c.ID, "cell", cellName(x, c), c}, Declared: []string{}, Outputs: []tracker.Output{}}
	if source, ok := sourceText(x, c); ok {
		shown.SourceText = &source
	} else {
		shown.Missing = append(shown.Missing, c.Source.String())
	}
	shown.ErrorText, _ = shown.text(x, c.ErrorValue)
	if names, ok := shown.text(x, c.Declarations); ok {
		_ = json.Unmarshal([]byte(names), &shown.Declared) // a list that is none shows as empty
	}
	if named, ok := shown.text(x, c.Names); ok {
		_ = json.Unmarshal([]byte(named), &shown.Named) // as above
	}
	if session, err := x.Session(ctx, c.Session); err == nil {
		shown.Environment = &session
	}
	var errs [5]error
	shown.Code, errs[3] = x.CodeStates(ctx, id)
	shown.Snapshots, errs[4] = x.SnapshotsOf(ctx, id)
	if err := errors.Join(shown.readObserved(ctx, x, id), shown.readUsage(ctx, x, id)); err != nil {
		return nil, err
	}
	shown.OutputBatches, errs[0] = x.Outputs(ctx, id)
	shown.Gaps, errs[1] = x.Gaps(ctx, id)
	shown.Interruptions, errs[2] = x.Interruptions(ctx, id)
	shown.readOutputs(x)
	return shown, errors.Join(errs[:]...)
}

// text returns the bytes that d names; those that should be there and are not are noted.
func (s *shownCell) text(x *index.Index, d tracker.Digest) (string, bool) {
	if d.IsZero() {
		return "", false
	}
	b, err := x.Blob(d)
	if err != nil {
		s.Missing = append(s.Missing, d.String())
		return "", false
	}
	return string(b), true
}

func (s *shownCell) readOutputs(x *index.Index) {
	for _, batch := range s.OutputBatches {
		text, ok := s.text(x, batch.Digest)
		if !ok {
			continue
		}
		for output, err := range tracker.Outputs(bytes.NewReader([]byte(text))) {
			if err != nil {
				s.Missing = append(s.Missing, batch.Digest.String())
				break
			}
			s.Outputs = append(s.Outputs, output)
		}
	}
}

// shownSession is what `show --json` tells of a session.
type shownSession struct {
	ID   tracker.ID `json:"id"`
	Kind string     `json:"kind"`
	Name string     `json:"name"`
	index.Session
	Cells         []loggedCell         `json:"cells"` // oldest first
	Gaps          []index.Gap          `json:"gaps,omitempty"`
	Interruptions []index.Interruption `json:"interruptions,omitempty"`
}

func readSession(ctx context.Context, x *index.Index, id tracker.ID) (*shownSession, error) {
	s, err := x.Session(ctx, id)
	if err != nil {
		return nil, err
	}
	cells, err := x.Cells(ctx, index.Filter{Session: id.String()})
	if err != nil {
		return nil, err
	}
	shown := &shownSession{ID: s.ID, Kind: "session", Name: notebookName(s.Notebook), Session: s, Cells: make([]loggedCell, len(cells))}
	for i, c := range cells {
		shown.Cells[len(cells)-1-i] = loggedCell{c.ID, "cell", cellName(x, c), c}
	}
	var errs [2]error
	shown.Gaps, errs[0] = x.Gaps(ctx, id)
	shown.Interruptions, errs[1] = x.Interruptions(ctx, id)
	return shown, errors.Join(errs[:]...)
}
