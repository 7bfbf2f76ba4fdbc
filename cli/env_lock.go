package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/environ"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
)

func (a *app) envLockCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lock NOTEBOOK",
		Short: "Pin a notebook to this environment and to the modules of its last recorded run",
		Long: `lock writes NOTEBOOK's lock beside it: analysis.gemba.lock for analysis.ipynb. It holds this machine's Go, gemba, compute
plugins, system and variables, and the go.mod and go.sum of the last recorded run. From then on the notebook's cells start
with these modules, and a session that runs them in another environment says so; where gemba.json has "strict": true, it
runs no cell.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.lock(c.Context(), args[0]) },
	}
}

func (a *app) lock(ctx context.Context, notebook string) error {
	path, err := filepath.Abs(notebook)
	if err != nil {
		return fmt.Errorf("find notebook: %w", err)
	}
	if !exists(path) {
		return withHint(wrongUse("there is no notebook %s", notebook), "gemba env lock NOTEBOOK.ipynb")
	}
	now, err := a.environmentOf(ctx, path)
	if err != nil {
		return err
	}
	goMod, goSum, session, err := a.lastModules(ctx, path)
	if err != nil {
		return err
	}
	l := environ.NewLock(path, now, session, goMod, goSum)
	if err := l.Write(environ.LockPath(path)); err != nil {
		return err
	}
	a.sayLocked(environ.LockPath(notebook), l)
	return nil
}

// environmentOf is the environment that a notebook's cells would run on now.
func (a *app) environmentOf(ctx context.Context, notebook string) (environ.Environment, error) {
	engine, err := a.engineOf(ctx, notebook)
	if err != nil {
		return nil, err
	}
	return a.surroundings(a.project(filepath.Dir(notebook)), engine)()
}

// sayLocked tells what a lock pins.
func (a *app) sayLocked(file string, l environ.Lock) {
	goMod, goSum := l.Modules()
	modules, _ := environ.Modules(goMod, goSum) // it was read before
	fmt.Fprintf(a.stderr, "%s pins %s and %s\n", file, count(len(l.Environment), "fact", "facts"), count(len(modules), "module", "modules"))
	if goMod == "" && l.Environment["engine.name"] == "go" {
		a.warn("no recorded run of the notebook tells its modules: gemba run it, then lock it again")
	}
}

// lastModules returns go.mod and go.sum of the last recorded session that ran a notebook, empty when none did.
func (a *app) lastModules(ctx context.Context, notebook string) (goMod, goSum string, session tracker.ID, err error) {
	reader := *a
	reader.ledger = a.ledgerFor(filepath.Dir(notebook))
	err = reader.withIndex(ctx, func(ctx context.Context, x *index.Index) error {
		cells, err := x.Cells(ctx, index.Filter{Notebook: filepath.Base(notebook)})
		if err != nil {
			return err
		}
		var of index.Cell
		goMod, goSum, of, err = modulesOf(x, ofNotebook(cells, notebook))
		session = of.Session
		return err
	})
	if errors.Is(err, journal.ErrNoLedger) {
		return "", "", session, nil
	}
	return goMod, goSum, session, err
}

// ofNotebook keeps the cells of the notebook at a path. Where none ran there, it may have been recorded elsewhere: those of
// its name are taken.
func ofNotebook(cells []index.Cell, path string) []index.Cell {
	var same, named []index.Cell
	for _, c := range cells {
		switch {
		case c.Notebook == path:
			same = append(same, c)
		case notebookName(c.Notebook) == filepath.Base(path):
			named = append(named, c)
		}
	}
	if len(same) > 0 {
		return same
	}
	return named
}

func (a *app) envCheckCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check NOTEBOOK",
		Short: "Compare this environment with the notebook's lock; exit with 1 when they differ",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			l, err := environ.ReadLock(environ.LockPath(args[0]))
			if err != nil {
				return withHint(err, "gemba env lock %s writes the lock", args[0])
			}
			now, err := a.environmentOf(c.Context(), args[0])
			if err != nil {
				return err
			}
			list := environ.Check(l, now)
			if err := a.printDifferences(list, asJSON, "LOCKED", "HERE"); err != nil || len(list) == 0 {
				return err
			}
			return errFailed
		},
	}
	jsonFlag(c, &asJSON)
	return c
}
