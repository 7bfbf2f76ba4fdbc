package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/lineage/gitstate"
	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/index"
)

// keepCommits stores the files of the commits that cells ran on, so that where they go the code can be restored without the
// repository. Only those of some journals when there are any. Commits whose files are in the ledger already are left
// out, and those whose repository is not at hand, which is said. It returns the journals that hold the files.
func (a *app) keepCommits(ctx context.Context, x *index.Index, journals []tracker.ID) (holding []tracker.ID, err error) {
	all, err := x.Commits(ctx)
	if err != nil {
		return nil, err
	}
	snapshots, err := x.Snapshots(ctx, "")
	if err != nil {
		return nil, err
	}
	var todo []index.Commit
	for _, c := range all {
		if journals != nil && !slices.Contains(journals, c.Journal) {
			continue
		}
		kept := slices.IndexFunc(snapshots, func(s index.Snapshot) bool { return s.Source == codeSource(c.Commit) })
		if kept >= 0 {
			holding = append(holding, snapshots[kept].Journal)
		} else {
			todo = append(todo, c)
		}
	}
	if len(todo) == 0 {
		return holding, nil
	}
	taken, err := a.storeCommits(ctx, todo)
	if err != nil || len(taken) == 0 {
		return holding, err
	}
	if err := x.Sync(ctx); err != nil {
		return holding, err
	}
	s, err := x.Snapshot(ctx, taken[0])
	return append(holding, s.Journal), err
}

// storeCommits stores and records the files of commits.
func (a *app) storeCommits(ctx context.Context, list []index.Commit) (taken []tracker.ID, err error) {
	ledger := a.ledgerToRead()
	bulk := blob.NewBulk(snapshot.Packs(ledger), blob.OpenStore(snapshot.Packs(ledger)))
	release, err := bulk.Hold()
	if err != nil {
		return nil, err
	}
	defer release()
	events := a.materialize(ctx, list, bulk)
	if err := bulk.Close(); err != nil || len(events) == 0 {
		return nil, err // nothing to tell needs no journal
	}
	r := a.openRecorder(ledger, "commits")
	for _, e := range events {
		r.Record(e)
		taken = append(taken, e.Snapshot)
	}
	return taken, r.Close()
}

// materialize stores the files of commits, and says which could not be.
func (a *app) materialize(ctx context.Context, list []index.Commit, bulk *blob.Bulk) (events []tracker.SnapshotTaken) {
	key, _ := loadKey() // what is wrong with it is said when something is recorded
	a.screener(key)
	faults := map[string]error{}
	for _, c := range list {
		if fault, tried := faults[c.Commit]; tried && fault == nil {
			continue // by another folder of the same repository
		}
		folder, missing, err := gitstate.Materialize(ctx, c.Repository, c.Commit, bulk, a.clean)
		if faults[c.Commit] = err; err != nil {
			continue
		}
		e := tracker.SnapshotTaken{Snapshot: tracker.NewID(), Time: a.now(), Name: fmt.Sprintf("commit %.12s", c.Commit), Path: c.Repository,
			Tree: folder.Tree, Files: folder.Files, Bytes: folder.Bytes, Source: codeSource(c.Commit)}
		if len(missing) > 0 {
			e.Missing = fmt.Sprintf("%d files: %s", len(missing), missing[0])
		}
		events = append(events, e)
	}
	for commit, fault := range faults {
		if fault != nil && firstTime(a.ledgerToRead(), commit) {
			a.warn("the files of commit %.12s do not go along: %v; this is said once", commit, fault)
		}
	}
	return events
}

// firstTime reports whether it is asked about a commit for the first time, as far as the ledger's cache tells.
func firstTime(ledger, commit string) bool {
	path := filepath.Join(ledger, "cache", "commits-away")
	told, err := os.ReadFile(path)
	if err == nil && slices.Contains(strings.Split(string(told), "\n"), commit) {
		return false
	}
	if os.MkdirAll(filepath.Dir(path), 0o755) == nil {
		_ = os.WriteFile(path, append(told, commit+"\n"...), 0o644) // else it is said again
	}
	return true
}
