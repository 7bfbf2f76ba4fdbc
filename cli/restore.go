package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/gitstate"
	"github.com/gemba-ml/gemba/lineage/observe"
	"github.com/gemba-ml/gemba/lineage/restore"
	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

func restoreCommand(a *app) *cobra.Command {
	var repository string
	var asJSON bool
	c := &cobra.Command{
		Use:   "restore ID DIR",
		Short: "Bring back code, data and environment as a cell or session had them",
		Long: `restore writes into DIR, which must be new or empty, what a cell execution or a session ran on, each byte verified:

  work/              the repository's files as they were, uncommitted changes and untracked files included, with the
                     data that was read in it
  outside/           data that was read elsewhere, by its path
  modules/           go.mod and go.sum
  cells/             the cells' sources, in the order in which they ran
  environment.jsonl  the environment

The files of the commit come from the repository, or from what a bundle brought. For a session, all is as its cells first met it.
What is missing is named, and the exit status is 1. The id of a snapshot brings back its files.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error {
				return a.restore(ctx, x, args[0], args[1], repository, asJSON)
			})
		},

		ValidArgsFunction: a.completeID,
	}
	c.Flags().StringVar(&repository, "repository", "", "a `folder` in a clone of the repository, where it is not where it was")
	jsonFlag(c, &asJSON)
	return c
}

// restored is what `restore --json` tells.
type restored struct {
	ID      tracker.ID `json:"id"`
	Dir     string     `json:"dir"`
	Files   int64      `json:"files"`
	Bytes   int64      `json:"bytes"`
	Missing []string   `json:"missing"`
}

func (a *app) restore(ctx context.Context, x *index.Index, id, dir, repository string, asJSON bool) error {
	m, err := x.Find(ctx, id)
	if err != nil {
		if s, unnamed := a.findSnapshot(ctx, x, id); unnamed == nil {
			return withHint(err, "gemba snapshot restore %s DIR brings back the snapshot %s of that name", id, s.ID.Short())
		}
		return a.idHint(ctx, x, "restore", err)
	}
	g := &gathering{app: a, x: x, blobs: a.restorable(ctx, x), repository: repository}
	var back restore.Result
	if m.Kind == "snapshot" {
		back, err = g.snapshot(ctx, m.ID, dir)
	} else if err = g.gather(ctx, m); err == nil {
		back, err = restore.To(ctx, dir, g.record, g.blobs)
	}
	if errors.Is(err, restore.ErrNotEmpty) {
		return withHint(err, "a folder that does not exist yet")
	}
	if err != nil {
		return err
	}
	back.Missing = append(g.missing, back.Missing...)
	if back.Without != "" {
		defer fmt.Fprintf(a.stderr, "try: --repository FOLDER, with a clone that has commit %s\n", back.Without)
	}
	return a.sayRestored(restored{m.ID, dir, back.Files, back.Bytes, append([]string{}, back.Missing...)}, asJSON)
}

func (a *app) sayRestored(r restored, asJSON bool) error {
	for _, missing := range r.Missing {
		a.warn("not restored as it was: %s", missing)
	}
	if asJSON {
		if err := printJSON(a.stdout, r); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.stdout, "%s, %s in %s\n", count(int(r.Files), "file", "files"), humanBytes(r.Bytes), oneLine(r.Dir))
	}
	if len(r.Missing) > 0 {
		return errFailed
	}
	return nil
}

// gathering collects what the ledger has of a cell or session.
type gathering struct {
	*app
	x          *index.Index
	blobs      *restorable
	repository string
	record     restore.Record
	missing    []string
}

func (g *gathering) miss(format string, args ...any) {
	g.missing = append(g.missing, fmt.Sprintf(format, args...))
}

func (g *gathering) snapshot(ctx context.Context, id tracker.ID, dir string) (restore.Result, error) {
	s, err := g.x.Snapshot(ctx, id)
	if err != nil {
		return restore.Result{}, err
	}
	back, err := snapshot.Restore(ctx, g.blobs, s.Tree, dir)
	if text := back.Missing.String(); text != "" {
		g.miss("%s", text)
	}
	return restore.Result{Files: back.Files, Bytes: back.Bytes}, err
}

func (g *gathering) gather(ctx context.Context, m index.Match) error {
	session, cells, err := g.cells(ctx, m)
	if err != nil {
		return err
	}
	g.record.Root = session.Dir
	if len(cells) > 0 {
		if err := g.code(ctx, cells[0].ID); err != nil {
			return err
		}
	}
	for n, c := range cells {
		if err := g.cell(ctx, n+1, c); err != nil {
			return err
		}
	}
	return g.environment(ctx, session.ID)
}

// cells returns the cell, or all that ran in the session, first to last.
func (g *gathering) cells(ctx context.Context, m index.Match) (session index.Session, cells []index.Cell, err error) {
	if m.Kind == "cell" {
		c, err := g.x.Cell(ctx, m.ID)
		if err != nil {
			return session, nil, err
		}
		session, err = g.x.Session(ctx, c.Session)
		return session, []index.Cell{c}, err
	}
	session, err = g.x.Session(ctx, m.ID)
	if err != nil {
		return session, nil, err
	}
	newest, err := g.x.Cells(ctx, index.Filter{Session: m.ID.String()})
	for i := range newest {
		if c := newest[len(newest)-1-i]; c.Status != tracker.Aborted {
			cells = append(cells, c)
		}
	}
	return session, cells, err
}

// code finds the code state of a cell execution.
func (g *gathering) code(ctx context.Context, cell tracker.ID) error {
	states, err := g.x.CodeStates(ctx, cell)
	if err != nil {
		return err
	}
	if len(states) == 0 {
		g.miss("code: no code state is recorded of cell %s", cell.Short())
		return nil
	}
	s := states[0]
	if slices.Contains(s.Flags, string(gitstate.Absent)) {
		return nil // there was none to bring back
	}
	if s.Missing != "" {
		g.miss("code: %s", s.Missing)
	}
	if s.Repository == "" {
		return nil // there was none
	}
	g.record.Root = s.Repository
	source := gitstate.Source{Repository: cmp.Or(g.repository, s.Repository), Commit: s.Commit, Blobs: g.blobs}
	if !s.Changes.IsZero() {
		source.Changes, err = g.blobs.Get(s.Changes)
		if errors.Is(err, snapshot.ErrRemoved) {
			g.miss("code: what differed from the commit: %v", err)
		} else if err != nil {
			return fmt.Errorf("read what differed from the commit: %w", err)
		}
	}
	if source.Tree, err = g.tree(ctx, s.Commit); err != nil {
		return err
	}
	g.record.Code = &source
	return nil
}

// codeSource is how the source of a snapshot says that it is a commit's files.
func codeSource(commit string) string { return "git commit " + commit }

// tree returns the files of a commit as a bundle brought them, zero when none did.
func (g *gathering) tree(ctx context.Context, commit string) (tracker.Digest, error) {
	if commit == "" || g.repository != "" {
		return tracker.Digest{}, nil
	}
	all, err := g.x.Snapshots(ctx, "")
	for _, s := range all {
		if s.Source == codeSource(commit) {
			return s.Tree, err
		}
	}
	return tracker.Digest{}, err
}

// cell adds what one cell read and wrote, its modules and its source.
func (g *gathering) cell(ctx context.Context, n int, c index.Cell) error {
	seen, err := g.x.Observations(ctx, c.ID)
	if err != nil {
		return err
	}
	if len(seen) == 0 {
		g.miss("data: what cell %s read is not recorded", c.ID.Short())
	}
	for _, o := range seen {
		if o.Missing != "" {
			g.miss("data of cell %s: %s", c.ID.Short(), o.Missing)
		}
		document, err := g.document(o.Observed)
		if errors.Is(err, snapshot.ErrRemoved) {
			g.miss("data of cell %s: %v", c.ID.Short(), err)
			continue
		}
		if err != nil {
			return err
		}
		d, err := observe.Parse(document)
		if err != nil {
			return fmt.Errorf("read what cell %s touched: %w", c.ID.Short(), err)
		}
		g.record.Files = append(g.record.Files, d.Files...)
	}
	g.text(path.Join(restore.Cells, fmt.Sprintf("%03d.go", n)), c.Source)
	g.text(path.Join(restore.Modules, "go.mod"), c.GoMod)
	g.text(path.Join(restore.Modules, "go.sum"), c.GoSum)
	return nil
}

func (g *gathering) document(d tracker.Digest) ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return g.blobs.Get(d)
}

// text adds a small file; of one that is there already, the last is taken.
func (g *gathering) text(name string, d tracker.Digest) {
	b, err := g.document(d)
	if err != nil {
		g.miss("%s: %v", name, err)
	}
	if b == nil {
		return
	}
	for i, t := range g.record.Texts {
		if t.Name == name {
			g.record.Texts[i].Text = b
			return
		}
	}
	g.record.Texts = append(g.record.Texts, restore.Text{Name: name, Text: b})
}

func (g *gathering) environment(ctx context.Context, session tracker.ID) error {
	all, err := g.x.Environments(ctx, session)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		g.miss("environment: it is not recorded")
		return nil
	}
	g.text("environment.jsonl", all[0].Environment)
	return nil
}
