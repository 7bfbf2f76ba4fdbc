package journal

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// stagedFiles returns the files in a ledger that wait to be admitted.
func stagedFiles(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "journals", importPrefix+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestLeftoverOfAnImport leaves what a killed import does: the next one removes it, and so does who archives, but not while
// an import is under way.
func TestLeftoverOfAnImport(t *testing.T) {
	key := newKey(t)
	from, _ := wrote(t, key, 3)
	to, _ := wrote(t, key, 1)
	ledger, err := Open(to)
	if err != nil {
		t.Fatal(err)
	}
	leave := func() {
		t.Helper()
		if err := os.WriteFile(filepath.Join(to, "journals", importPrefix+"4711"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	leave()
	running, err := ledger.BeginImports(key)
	if err != nil {
		t.Fatal(err)
	}
	if left := stagedFiles(t, to); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	c, _ := copyOf(t, from)
	staged, err := running.Stage(c)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ledger.BeginImports(key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Archive(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if now := stagedFiles(t, to); len(now) != 1 {
		t.Errorf("what a running import staged is gone: %q", now)
	}
	if err := running.Admit([]*Staged{staged}, clock()); err != nil || !staged.Gained {
		t.Errorf("gained %v, %v", staged.Gained, err)
	}
	staged.Discard()
	running.Close()
	second.Close()
	wantSound(t, to)
	leave()
	if _, err := ledger.Archive(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if left := stagedFiles(t, to); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// TestAdmitMany admits journals that are new, that grew, that are known and that differ, at once.
func TestAdmitMany(t *testing.T) {
	key := newKey(t)
	to := t.TempDir()
	ledger, err := OpenOrCreate(to, key, clock())
	if err != nil {
		t.Fatal(err)
	}
	fresh, _ := wrote(t, key, 2)
	grown, growing := wrote(t, key, 2)
	known, _ := wrote(t, key, 2)
	other, differs := wrote(t, key, 2)
	for _, dir := range []string{grown, known, other} {
		c, _ := copyOf(t, dir)
		imported(t, to, c, key)
	}
	addCells(t, growing, 3)
	all, err := ledger.BeginImports(key)
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	var list []*Staged
	stage := func(c Copy) {
		t.Helper()
		s, err := all.Stage(c)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	for _, dir := range []string{fresh, grown, known} {
		c, _ := copyOf(t, dir)
		stage(c)
	}
	stage(forge(t, differs.ID(), key))
	if err := all.Admit(list, clock()); err != nil {
		t.Fatal(err)
	}
	var gained []bool
	for _, s := range list {
		gained = append(gained, s.Gained)
		s.Discard()
	}
	if !slices.Equal(gained, []bool{true, true, false, false}) || !errors.Is(list[3].Err, ErrConflict) {
		t.Errorf("gained %v; %v", gained, list[3].Err)
	}
	wantSound(t, to)
	if left := stagedFiles(t, to); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if signed, err := ledger.Signed(growing.ID()); err != nil || signed.Entries != 6 {
		t.Errorf("%d entries, %v", signed.Entries, err)
	}
}

// TestAgrees compares with checkpoints of every size, with and without the stored leaf hashes.
func TestAgrees(t *testing.T) {
	key := newKey(t)
	dir, w := wrote(t, key, 1)
	var said [][]byte
	for range 5 {
		_, signed := copyOf(t, dir)
		said = append(said, signed.Checkpoint)
		addCells(t, w, 2)
	}
	_, signed := copyOf(t, dir)
	forged := forge(t, w.ID(), key)
	for _, hashes := range []string{"stored", "gone"} {
		for n, c := range said {
			if err := signed.Agrees(c); err != nil {
				t.Errorf("hashes %s: checkpoint %d: %v", hashes, n, err)
			}
		}
		if err := signed.Agrees(forged.Checkpoint); !errors.Is(err, ErrConflict) {
			t.Errorf("hashes %s: got %v", hashes, err)
		}
		if err := os.Remove(newLayout(dir).hashes(w.name)); hashes == "stored" && err != nil {
			t.Fatal(err)
		}
	}
}

// TestKnownTombstones asks again and again while journals grow.
func TestKnownTombstones(t *testing.T) {
	dir, w := wrote(t, newKey(t), 2)
	ledger, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 4 {
		bury(t, w, time.Duration(n))
		want, errA := ledger.Tombstones(t.Context(), func(err error) { t.Error(err) })
		for range 2 {
			got, errB := ledger.KnownTombstones(t.Context(), func(err error) { t.Error(err) })
			if err := errors.Join(errA, errB); err != nil || len(got) != len(want) || len(got) != n+1 {
				t.Fatalf("%d, want %d; %v", len(got), len(want), err)
			}
		}
	}
	if err := os.WriteFile(ledger.removalsFile(), []byte("null"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := ledger.KnownTombstones(t.Context(), func(err error) { t.Error(err) }); err != nil || len(got) != 4 {
		t.Errorf("with a cache that is none: %d, %v", len(got), err)
	}
}

// bury appends a tombstone of one blob.
func bury(t *testing.T, w *Writer, at time.Duration) {
	t.Helper()
	list, err := w.Put(tracker.AppendRemoved(nil, tracker.DigestOf([]byte{byte(at)}), 1))
	e := &tracker.RemovedEntry{Header: tracker.Header{Time: clock().Add(at)}, Reason: "purged", Removed: list, Count: 1}
	if err := errors.Join(err, w.Append(e), w.Flush(), w.Sync()); err != nil {
		t.Fatal(err)
	}
}
