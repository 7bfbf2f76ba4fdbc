package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	tables "github.com/gemba-ml/gemba/lineage/profile/table"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// snapshotOptions are the flags of snapshot.
type snapshotOptions struct {
	name    string
	dataset settings.Dataset
	limit   string
	git     bool
	fresh   bool
	asJSON  bool
}

func snapshotCommand(a *app) *cobra.Command {
	var o snapshotOptions
	c := &cobra.Command{
		Use:   "snapshot PATH...",
		Short: "Keep folders and files as they are now",
		Long: `snapshot keeps the bytes, names and modes of folders and files in the ledger, each byte once. A folder that was taken
before is read only where it changed. What cannot be kept (sockets, what may not be read, what changes while it is
read) is named. It exits with 1 when a file or folder could not be kept.

What gemba.json says of a dataset (owner, source, licence, sensitivity) goes with snapshots of its name.`,
		Example: `  gemba snapshot data/ --name train
  gemba snapshot list
  gemba snapshot diff train 3f2a
  gemba snapshot restore train before/`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			ctx, done := untilSignal(c.Context())
			defer done()
			err := a.snapshot(ctx, args, o)
			if s := (stopped{}); errors.As(context.Cause(ctx), &s) {
				return s
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&o.name, "name", "", "the dataset's `name` (default: that of the path)")
	f.StringVar(&o.dataset.Owner, "owner", "", "`who` answers for the data")
	f.StringVar(&o.dataset.Source, "source", "", "`where` the data came from")
	f.StringVar(&o.dataset.Licence, "licence", "", "the data's `licence`")
	f.StringVar(&o.dataset.Sensitive, "sensitivity", "", "how sensitive the data is: a `word` of yours")
	f.StringVar(&o.limit, "limit", "", "list larger files without keeping them: a `size` such as 500 MB (default: no limit)")
	f.BoolVar(&o.git, "git", false, "keep .git too")
	f.BoolVar(&o.fresh, "reread", false, "read every file, even one that looks as it did last time")
	jsonFlag(c, &o.asJSON)
	c.AddCommand(a.snapshotListCommand(), a.snapshotShowCommand(), a.snapshotDiffCommand(), a.snapshotRestoreCommand())
	return c
}

// takenSnapshot is what `snapshot --json` tells of each path.
type takenSnapshot struct {
	ID       tracker.ID     `json:"id"`
	Kind     string         `json:"kind"`
	Name     string         `json:"name"`
	Path     string         `json:"path"`
	Tree     tracker.Digest `json:"tree_digest"`
	Files    int64          `json:"files"`
	Bytes    int64          `json:"bytes"`
	Read     int64          `json:"read"`      // files
	NewBytes int64          `json:"new_bytes"` // that the ledger did not hold
	Failed   int            `json:"failed"`
	Missing  string         `json:"missing,omitempty"`
	unread   bool
}

// check finds wrong use before anything is written.
func (o *snapshotOptions) check(paths []string) (limit settings.Size, err error) {
	switch {
	case len(paths) == 0:
		return 0, withHint(wrongUse("no path is given"), "gemba snapshot data/ --name train")
	case len(paths) > 1 && o.name != "":
		return 0, withHint(wrongUse("one name is given for %d paths", len(paths)), "one snapshot for each, or for the folder that holds them")
	}
	if o.limit != "" {
		if limit, err = settings.ParseSize(o.limit); err != nil {
			return 0, wrongUse("read --limit: %v", err)
		}
	}
	for _, path := range paths {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return 0, withHint(err, "the commands list, show, diff and restore follow `gemba snapshot`; a path is a file or folder")
		} else if err != nil {
			return 0, err
		}
	}
	return limit, nil
}

func (a *app) snapshot(ctx context.Context, paths []string, o snapshotOptions) error {
	limit, err := o.check(paths)
	if err != nil {
		return err
	}
	project, err := settings.Load(projectDir("."))
	if err != nil {
		return err
	}
	ledger := a.ledgerFor(".")
	recorder := a.openRecorder(ledger, "snapshot")
	var taken []takenSnapshot
	if err = recorder.Flush(ctx); err == nil { // the ledger is there now
		s := &snapshots{a: a, ledger: ledger, recorder: recorder, o: o, limit: int64(limit), project: project}
		taken, err = s.takeAll(ctx, paths)
	}
	if closeErr := recorder.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return a.printTaken(taken, o.asJSON)
}

// snapshots takes the snapshots of one call.
type snapshots struct {
	a        *app
	ledger   string
	recorder *tracker.Recorder
	o        snapshotOptions
	limit    int64
	project  settings.Settings

	session, execution tracker.ID // of the cell that asked, zero when none did
}

// takeAll takes one snapshot after the other. Garbage collection waits until all are recorded.
func (s *snapshots) takeAll(ctx context.Context, paths []string) (taken []takenSnapshot, err error) {
	known := blob.OpenStore(snapshot.Packs(s.ledger))
	bulk := blob.NewBulk(snapshot.Packs(s.ledger), known)
	release, err := blob.Hold(snapshot.Packs(s.ledger))
	if err != nil {
		return nil, err
	}
	defer release()
	defer func() { err = errors.Join(err, bulk.Close()) }()
	for _, path := range paths {
		o := snapshot.Into(s.ledger, path, known, bulk)
		o.Fresh, o.Git, o.Limit, o.Now, o.Pick = s.o.fresh, s.o.git, s.limit, s.a.now, tables.Named
		bar := s.a.newBar("snapshot of " + path)
		o.Look = bar.show
		before := bulk.New()
		r, err := snapshot.Take(ctx, o)
		bar.clear()
		if err != nil {
			return nil, err
		}
		if err := bulk.Sync(); err != nil {
			return nil, err
		}
		t, err := s.record(ctx, r)
		if err != nil {
			return nil, err
		}
		t.NewBytes = bulk.New() - before
		taken = append(taken, t)
	}
	return taken, nil
}

// record records a snapshot whose bytes are in the store.
func (s *snapshots) record(ctx context.Context, r snapshot.Result) (takenSnapshot, error) {
	if r.Cache != nil {
		s.a.warn("the next snapshot of %s will read all of it again: %v", r.Path, r.Cache)
	}
	name := s.o.name
	if name == "" {
		name = filepath.Base(r.Path)
	}
	line := s.catalogue(name)
	looked, err := s.a.inspect(ctx, r, name, line)
	if err != nil {
		return takenSnapshot{}, err
	}
	id := tracker.NewID()
	s.recorder.Record(tracker.SnapshotTaken{
		Snapshot: id, Session: s.session, Execution: s.execution, Time: s.a.now(), Name: name, Path: r.Path, Tree: r.Tree, Files: r.Files, Bytes: r.Bytes,
		Profile: looked.profile, Checks: looked.checks, Failed: looked.failed,
		Owner: line.Owner, Source: line.Source, Licence: line.Licence, Sensitive: line.Sensitive, Missing: r.Missing.String(),
	})
	if err := s.recorder.Flush(ctx); err != nil {
		return takenSnapshot{}, err
	}
	return takenSnapshot{ID: id, Kind: "snapshot", Name: name, Path: r.Path, Tree: r.Tree, Files: r.Files, Bytes: r.Bytes,
		Read: r.Read, Failed: looked.failed, Missing: r.Missing.String(), unread: r.Missing.Unread > 0}, nil
}

// catalogue is a dataset's line in the catalogue: what the flags say, else gemba.json.
func (s *snapshots) catalogue(name string) settings.Dataset {
	line, said := s.project.Datasets[name], s.o.dataset
	for _, field := range []struct {
		to   *string
		from string
	}{{&line.Owner, said.Owner}, {&line.Source, said.Source}, {&line.Licence, said.Licence}, {&line.Sensitive, said.Sensitive}} {
		if field.from != "" {
			*field.to = field.from
		}
	}
	return line
}

func (a *app) printTaken(taken []takenSnapshot, asJSON bool) error {
	var failed error
	for _, t := range taken {
		if t.Missing != "" {
			a.warn("%s: %s", t.Path, t.Missing)
		}
		if t.unread || t.Failed > 0 {
			failed = errFailed
		}
	}
	if asJSON {
		return errors.Join(printJSON(a.stdout, taken), failed)
	}
	p := painterFor(a.stdout)
	for _, t := range taken {
		fmt.Fprintf(a.stdout, "%s  %s  %s, %s, %s new\n", p.paint(yellow, t.ID.Short()), oneLine(t.Name),
			count(int(t.Files), "file", "files"), humanBytes(t.Bytes), humanBytes(t.NewBytes))
	}
	return failed
}
