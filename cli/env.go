package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/environ"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

func envCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "env",
		Short: "Show, compare and lock the environment that cells run in",
		Long: `env tells what cells run on: toolchain, modules, compute plugins, system, processor, memory, devices, locale, and
the environment variables that matter. Alone it is gemba env show.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.envShow(c.Context(), here, false) },
	}
	c.AddCommand(a.envShowCommand(), a.envDiffCommand(), a.envLockCommand(), a.envCheckCommand())
	return c
}

// here is the id that stands for this machine, now.
const here = "."

func (a *app) envShowCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "show [ID]",
		Short: "Show this machine's environment, or the one recorded for a session or a cell",
		Args:  cobra.MaximumNArgs(1),

		ValidArgsFunction: a.completeID,
		RunE: func(c *cobra.Command, args []string) error {
			return a.envShow(c.Context(), strings.Join(append(args, here)[:1], ""), asJSON)
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

// shownEnvironment is what `env show --json` tells.
type shownEnvironment struct {
	Session  tracker.ID          `json:"session,omitzero"`
	Recorded time.Time           `json:"recorded,omitzero"`
	Facts    environ.Environment `json:"facts"` // sorted by name, those of modules among them
}

func (a *app) envShow(ctx context.Context, id string, asJSON bool) error {
	shown, err := a.environments(ctx, id)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(a.stdout, shown[0])
	}
	t := &table{columns: []column{{title: "FACT"}, {title: "VALUE"}}}
	for _, f := range shown[0].Facts {
		t.add(cell{f.Name, faint}, cell{text: f.Value})
	}
	return t.print(a.stdout)
}

// environments returns the environment that each id names; the index is opened only for those that are recorded.
func (a *app) environments(ctx context.Context, ids ...string) ([]shownEnvironment, error) {
	shown, recorded := make([]shownEnvironment, len(ids)), false
	for i, id := range ids {
		if id != here {
			recorded = true
			continue
		}
		var err error
		if shown[i].Facts, err = a.surroundings(a.project("."), nil)(); err != nil {
			return nil, err
		}
	}
	if !recorded {
		return shown, nil
	}
	return shown, a.withIndex(ctx, func(ctx context.Context, x *index.Index) (err error) {
		for i, id := range ids {
			if id == here {
				continue
			}
			if shown[i], err = a.recordedEnvironment(ctx, x, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// recordedEnvironment returns the environment of a session, with the modules of its last cell or of the cell that is named.
func (a *app) recordedEnvironment(ctx context.Context, x *index.Index, prefix string) (shown shownEnvironment, err error) {
	m, err := x.Find(ctx, prefix)
	if err != nil {
		return shown, a.idHint(ctx, x, "env show", err)
	}
	cells, err := cellsUpTo(ctx, x, m)
	if err != nil {
		return shown, err
	}
	session := m.ID
	if m.Kind != "session" {
		session = cells[0].Session
	}
	list, err := x.Environments(ctx, session)
	if err != nil {
		return shown, err
	}
	if len(list) == 0 {
		return shown, withHint(fmt.Errorf("%w: no environment is recorded for session %s", index.ErrNotFound, session.Short()),
			"gemba env show . tells this machine's")
	}
	last := list[len(list)-1]
	shown.Session, shown.Recorded = session, last.Time
	document, err := x.Blob(last.Environment)
	if err != nil {
		return shown, err
	}
	if shown.Facts, err = environ.Parse(document); err != nil {
		return shown, err
	}
	goMod, goSum, _, err := modulesOf(x, cells)
	if err != nil || goMod == "" {
		return shown, err
	}
	modules, err := environ.Modules(goMod, goSum)
	shown.Facts = environ.Join(shown.Facts, modules)
	return shown, err
}

// cellsUpTo returns a cell, or the cells of a session, newest first.
func cellsUpTo(ctx context.Context, x *index.Index, m index.Match) ([]index.Cell, error) {
	if m.Kind == "session" {
		return x.Cells(ctx, index.Filter{Session: m.ID.String()})
	}
	c, err := x.Cell(ctx, m.ID)
	return []index.Cell{c}, err
}

// modulesOf returns the go.mod and go.sum of the newest cell that was built, and that cell; empty when none was.
func modulesOf(x *index.Index, cells []index.Cell) (goMod, goSum string, of index.Cell, err error) {
	for _, c := range cells {
		if c.GoMod.IsZero() {
			continue
		}
		mod, err := x.Blob(c.GoMod)
		if err != nil {
			return "", "", c, err
		}
		var sum []byte
		if !c.GoSum.IsZero() {
			sum, err = x.Blob(c.GoSum)
		}
		return string(mod), string(sum), c, err
	}
	return "", "", of, nil
}
