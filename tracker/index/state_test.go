package index

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// state writes one entry of each kind that tells on what a cell ran.
func (s *scribe) state() (cell, snapshot tracker.ID) {
	cell, snapshot = s.start("x := 1"), tracker.NewID()
	s.append(&tracker.EnvironmentEntry{Header: s.head(tracker.ID{}), Environment: s.put("environment\n")})
	s.append(&tracker.CodeEntry{Header: s.head(cell), Repository: "/lab", Commit: "c0ffee", Branch: "main", Remote: "origin",
		Tags: []string{"v1", "v2"}, Flags: []string{"merging"}, Dirty: 2, Changes: s.put("changes\n"), Missing: "one is too large"})
	s.append(&tracker.FilesEntry{Header: s.head(cell), Observed: s.put("observed\n"), Read: 1, Written: 2, Processes: 3, Hosts: 4, Missing: "reads of children"})
	s.append(&tracker.SnapshotEntry{Header: s.head(cell), Snapshot: snapshot, Name: "train", Path: "/lab/data", Tree: s.put("tree\n"),
		Files: 2, Bytes: 30, Profile: s.put("profile\n"), Checks: s.put("checks\n"), Failed: 1,
		Owner: "Ada", Source: "survey", Licence: "CC0", Sensitive: "none", Missing: "a socket"})
	s.append(&tracker.RemovedEntry{Header: s.head(tracker.ID{}), Reason: "purged", By: "Ada", Removed: s.put("removed\n"), Count: 1, Bytes: 9})
	return cell, snapshot
}

func TestState(t *testing.T) {
	dir := t.TempDir()
	s := newScribe(t, dir, epoch)
	cell, snapshot := s.state()
	x, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()

	environments, err := x.Environments(t.Context(), s.session)
	equal(t, err, environments, []Environment{{s.session, second(3), tracker.DigestOf([]byte("environment\n"))}})
	codes, err := x.CodeStates(t.Context(), cell)
	equal(t, err, codes, []CodeState{{s.session, cell, second(4), "/lab", "c0ffee", "main", "origin", []string{"v1", "v2"}, []string{"merging"}, 2,
		tracker.DigestOf([]byte("changes\n")), "one is too large"}})
	seen, err := x.Observations(t.Context(), cell)
	equal(t, err, seen, []Observation{{s.session, cell, second(5), tracker.DigestOf([]byte("observed\n")), 1, 2, 3, 4, "reads of children"}})
	taken := Snapshot{snapshot, s.w.ID(), 7, s.session, cell, second(6), "train", "/lab/data", tracker.DigestOf([]byte("tree\n")), 2, 30,
		tracker.DigestOf([]byte("profile\n")), tracker.DigestOf([]byte("checks\n")), 1, "Ada", "survey", "CC0", "none", "a socket"}
	all, err := x.Snapshots(t.Context(), "train")
	equal(t, err, all, []Snapshot{taken})
	of, err := x.SnapshotsOf(t.Context(), cell)
	equal(t, err, of, []Snapshot{taken})
	removals, err := x.Removals(t.Context())
	equal(t, err, removals, []Removal{{second(7), "purged", "", "Ada", tracker.DigestOf([]byte("removed\n")), 1, 9}})

	for _, text := range []string{"train", snapshot.Short(), snapshot.String()} {
		found, err := x.FindSnapshot(t.Context(), text)
		equal(t, err, found, taken)
	}
	if _, err := x.FindSnapshot(t.Context(), cell.String()); !errors.Is(err, ErrNotFound) {
		t.Errorf("a cell's id finds a snapshot: %v", err)
	}
}

// TestOldSchema opens an index that an earlier gemba made and brought up to date: what it passed over is taken in.
func TestOldSchema(t *testing.T) {
	dir := t.TempDir()
	s := newScribe(t, dir, epoch)
	_, snapshot := s.state()
	if err := s.w.Close(); err != nil {
		t.Fatal(err)
	}
	x, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range append([]string{"run_news", "news"}, runTables...) {
		if _, err := x.writes.Exec("DROP TABLE " + table); err != nil {
			t.Fatal(err)
		}
	}
	const older = `ALTER TABLE journals DROP COLUMN runs; DROP TABLE environments; DROP TABLE code_states; DROP TABLE observations; DROP TABLE snapshots; DROP TABLE removals;
		ALTER TABLE cells DROP COLUMN go_mod; ALTER TABLE cells DROP COLUMN go_sum;
		ALTER TABLE cells DROP COLUMN redactions; ALTER TABLE cells DROP COLUMN redacted; ALTER TABLE cells DROP COLUMN names; PRAGMA user_version = 1`
	if _, err := x.writes.Exec(older); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if x, err = Open(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	found, err := x.Snapshot(t.Context(), snapshot)
	equal(t, err, found.Name, "train")
	cells, err := x.Cells(t.Context(), Filter{})
	equal(t, err, len(cells), 1)
}

// second is the time of a scribe's entry: they are a second apart.
func second(n int) time.Time { return epoch.Add(time.Duration(n) * time.Second) }

func equal[T any](t *testing.T, err error, got, want T) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
