package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/imports"
	"github.com/gemba-ml/gemba/tracker/imports/keep"
	"github.com/gemba-ml/gemba/tracker/index"
)

type importOptions struct {
	from      string
	artifacts string
	aim       bool
	asJSON    bool
}

func importCommand(a *app) *cobra.Command {
	var o importOptions
	var kinds []string
	for _, s := range imports.Sources() {
		kinds = append(kinds, fmt.Sprintf("  %-12s %s", s.Name, s.About))
	}
	c := &cobra.Command{
		Use:   "import PATH...",
		Short: "Bring in what other experiment trackers recorded",
		Long: `import records the experiments, runs, metrics, artifacts and models that other trackers left at a path. What it is, is found
out by looking:

` + strings.Join(kinds, "\n") + `

Importing again adds only what is new, and goes on where an import was killed. A run shows when all of it is there. What
cannot be read is named and left out; then it exits with 4.`,
		Example: `  gemba import mlruns/
  gemba import mlflow.db --artifacts mlartifacts/
  gemba import wandb/ runs/ dvclive/`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if o.aim {
				_, err := fmt.Fprint(a.stdout, imports.AimExport)
				return err
			}
			if len(args) == 0 {
				return withHint(wrongUse("no path is given"), "gemba import mlruns/")
			}
			ctx, done := untilSignal(c.Context())
			defer done()
			err := a.importAll(ctx, args, o)
			if s := (stopped{}); errors.As(context.Cause(ctx), &s) {
				return s
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&o.from, "from", "", "what it is: a `name` of the list, instead of looking")
	f.StringVar(&o.artifacts, "artifacts", "", "the `folder` of MLflow's artifacts, when it is not beside the rest")
	f.BoolVar(&o.aim, "aim-export", false, "print the Python program that writes a repository of Aim so that it can be imported")
	jsonFlag(c, &o.asJSON)
	return c
}

// imported is what `import --json` tells of each path.
type imported struct {
	Path      string   `json:"path"`
	From      string   `json:"from"`
	Runs      int      `json:"runs"` // that were read
	New       int      `json:"new"`
	Changed   int      `json:"changed"`
	Points    int      `json:"points"` // that were added, as are artifacts
	Artifacts int      `json:"artifacts"`
	Models    int      `json:"models"` // and versions, that were read
	Faults    []string `json:"faults,omitempty"`
	Left      []string `json:"left,omitempty"`
}

func (a *app) importAll(ctx context.Context, paths []string, o importOptions) error {
	t := &importing{app: a, ledger: a.ledgerFor("."), o: o}
	key, _ := loadKey() // what is wrong with it is said when something is recorded
	a.screener(key)
	if o.artifacts != "" {
		folder, _, err := imports.OpenFolder(ctx, o.artifacts, nil)
		if err != nil {
			return fmt.Errorf("read --artifacts: %w", err)
		}
		defer folder.Close()
		t.artifacts = folder
	}
	var all []imported
	var err error
	for _, path := range paths {
		var one imported
		if one, err = t.path(ctx, path); err != nil {
			break
		}
		all = append(all, one)
	}
	if err = errors.Join(err, t.close()); err != nil {
		return err
	}
	return a.printImported(all, o.asJSON)
}

// importing is one call of import.
type importing struct {
	*app
	ledger    string
	o         importOptions
	artifacts *imports.Folder
	recorder  *tracker.Recorder // nil until something is recorded
	bulk      *blob.Bulk
	index     *index.Index // nil where there is no ledger
}

// path imports what is at one path.
func (t *importing) path(ctx context.Context, path string) (imported, error) {
	bar := t.newBar("import of " + path)
	defer bar.clear()
	var p snapshot.Progress
	folder, name, err := imports.OpenFolder(ctx, path, func(files, bytes int64) {
		p.Files, p.Bytes = p.Files+files, p.Bytes+bytes
		bar.show(p)
	})
	if err != nil {
		return imported{}, err
	}
	defer folder.Close()
	source, err := imports.Find(folder, name, t.o.from)
	if err != nil {
		return imported{}, withHint(err, "--from says what it is; gemba help import lists what is read")
	}
	_, p.FoundBytes = folder.Size(name)
	p.Files, p.Bytes = 0, 0
	one := imported{Path: path, From: source.Name}
	err = t.keep(ctx, folder, source, name, &one, bar)
	if errors.Is(err, imports.ErrAim) {
		err = withHint(fmt.Errorf("%s: %w", path, err), "gemba import --aim-export > aim_export.py; python aim_export.py %s > aim.jsonl; gemba import aim.jsonl", path)
	}
	return one, err
}

func (t *importing) keep(ctx context.Context, folder *imports.Folder, source imports.Source, name string, one *imported, bar *bar) error {
	place, err := filepath.Abs(one.Path)
	if err != nil {
		return err
	}
	k := keep.New(ctx, keep.Options{From: source.Name, Place: place, Open: t.open, Index: t.known, Now: t.now,
		Clean: func(text string) string { return string(t.clean([]byte(text))) },
		Fault: func(err error) {
			bar.clear()
			t.warn("%v", err)
			one.Faults = append(one.Faults, err.Error())
		},
		Left: func(what string) {
			if !slices.Contains(one.Left, what) {
				one.Left = append(one.Left, what)
			}
		}})
	err = source.Read(folder, name, imports.Options{Artifacts: t.artifacts}, k)
	if err == nil || ctx.Err() == nil {
		err = errors.Join(err, k.Close())
	}
	s := k.Sum()
	one.Runs, one.New, one.Changed, one.Points, one.Artifacts, one.Models = s.Runs, s.New, s.Changed, s.Points, s.Artifacts, s.Models
	return err
}

// open opens the ledger for recording.
func (t *importing) open(ctx context.Context) (keep.Recorder, keep.Store, error) {
	if t.recorder == nil {
		t.recorder = t.openRecorder(t.ledger, "import")
		packs := snapshot.Packs(t.ledger)
		t.bulk = blob.NewBulk(packs, blob.OpenStore(packs))
	}
	return t.recorder, t.bulk, t.recorder.Flush(ctx) // the ledger is there now
}

// known returns the index of the ledger, nil when there is none.
func (t *importing) known(ctx context.Context) (keep.Index, error) {
	if t.index == nil {
		if !exists(filepath.Join(t.ledger, "format")) {
			return nil, nil
		}
		t.recordLeftovers(ctx, t.ledger)
		x, err := index.Open(ctx, t.ledger)
		if err != nil {
			return nil, ledgerHint(err)
		}
		t.index = x
	}
	return t.index, nil
}

func (t *importing) close() (err error) {
	if t.bulk != nil {
		err = t.bulk.Close()
	}
	if t.recorder != nil {
		err = errors.Join(err, t.recorder.Close())
	}
	if t.index != nil {
		err = errors.Join(err, t.index.Close())
	}
	return err
}

func (a *app) printImported(all []imported, asJSON bool) error {
	var failed error
	for _, one := range all {
		for _, what := range one.Left {
			a.warn("%s: not imported: %s", one.Path, what)
		}
		if len(one.Faults) > 0 {
			failed = errCorrupt
		}
	}
	if asJSON {
		return errors.Join(printJSON(a.stdout, all), failed)
	}
	for _, one := range all {
		fmt.Fprintf(a.stdout, "%s: %s of %s: %d new, %d changed; %s and %s added", oneLine(one.Path), count(one.Runs, "run", "runs"), one.From, one.New, one.Changed,
			count(one.Points, "point", "points"), count(one.Artifacts, "artifact", "artifacts"))
		if one.Models > 0 {
			fmt.Fprintf(a.stdout, "; %s", count(one.Models, "model or version", "models and versions"))
		}
		fmt.Fprintln(a.stdout)
	}
	return failed
}
