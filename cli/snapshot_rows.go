package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/gemba-ml/gemba/lineage/profile/rowdiff"
	tables "github.com/gemba-ml/gemba/lineage/profile/table"
	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
)

// changedTable is what differs between two versions of a table, as `snapshot diff --rows --json` has it.
type changedTable struct {
	Path string `json:"path"`
	*rowdiff.Result
}

// rowChanges compares the rows of the tables that changed between two snapshots.
func (a *app) rowChanges(ctx context.Context, changes []snapshot.Change, o rowdiff.Options, asJSON bool) error {
	list := []changedTable{}
	for _, c := range changes {
		if c.Kind != snapshot.Changed || c.From == nil || c.To == nil || c.From.Digest == c.To.Digest || !tables.Named(c.Path) {
			continue
		}
		r, err := a.compareKept(ctx, c, o)
		if err != nil {
			return fmt.Errorf("compare %s: %w", c.Path, err)
		}
		list = append(list, changedTable{c.Path, r})
	}
	if asJSON {
		return printJSON(a.stdout, list)
	}
	if len(list) == 0 {
		fmt.Fprintln(a.stderr, "no table changed")
	}
	g := a.newPage()
	for _, t := range list {
		fmt.Fprintf(&g.b, "%s  ", g.p.paint(bold, oneLine(t.Path)))
		g.rowDiff(t.Result)
	}
	return g.flush()
}

// compareKept compares two versions of a table as the ledger has them.
func (a *app) compareKept(ctx context.Context, c snapshot.Change, o rowdiff.Options) (*rowdiff.Result, error) {
	blobs, done := a.snapshotBlobs(ctx)
	defer done()
	kept := &keptTables{store: blobs, digests: map[string]tracker.Digest{}}
	defer kept.close()
	kept.add("before", c.From.Digest)
	kept.add("after", c.To.Digest)
	before, errA := kept.open("before")
	after, errB := kept.open("after")
	if err := errors.Join(errA, errB); err != nil {
		return nil, err
	}
	before.Name, after.Name = c.Path, c.Path
	return rowdiff.Compare(ctx, before, after, o)
}
