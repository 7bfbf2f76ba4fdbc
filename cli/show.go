package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

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
