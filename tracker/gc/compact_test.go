package gc

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// recordSession records a session of three cells as gemba run does, and compacts beside it.
func recordSession(t *testing.T, dir string, key *journal.Key, n int) {
	t.Helper()
	var compaction *Compaction
	r := tracker.NewRecorder(tracker.Options{Open: func() (tracker.Journal, error) {
		w, err := journal.Create(dir, journal.Options{Key: key, Writer: "run"})
		compaction = Background(dir)
		return w, err
	}})
	session, now := tracker.NewID(), time.Now()
	r.Record(tracker.SessionOpened{Session: session, Time: now, Engine: "go", Notebook: "n.ipynb"})
	for i := range 3 {
		cell := tracker.NewID()
		r.Record(tracker.CellStarted{Session: session, Execution: cell, Time: now, Count: i + 1, Source: fmt.Sprintf("print(%d, %d)", n, i)})
		r.Record(tracker.CellOutput{Execution: cell, Time: now, Type: "stream", Content: fmt.Appendf(nil, `{"name":"stdout","text":"%d %d\n"}`, n, i)})
		r.Record(tracker.CellFinished{Execution: cell, Time: now, Status: tracker.OK, GoMod: "module cell\n"})
	}
	r.Record(tracker.SessionClosed{Session: session, Time: now, Reason: "done"})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	compaction.Stop(time.Minute)
}

func countFiles(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFewFiles records many short sessions: few files are left of them, they verify, and the index made anew answers
// as before.
func TestFewFiles(t *testing.T) {
	const sessions = 200
	dir, key := filepath.Join(t.TempDir(), ".gemba"), journal.NewKey()
	var most, before int
	for n := range sessions {
		recordSession(t, dir, key, n)
		if n == sessions/2 {
			before = len(cells(t, dir, false)) // an index that is taken up again later
		}
		most = max(most, countFiles(t, dir))
	}
	if most > 60 {
		t.Errorf("there were %d files at one moment", most)
	}
	r, err := Collect(t.Context(), dir, Options{})
	if err != nil || len(r.Problems)+len(r.Doubts) > 0 {
		t.Fatal(r, err)
	}
	updated, rebuilt := cells(t, dir, false), cells(t, dir, true)
	if diff := cmp.Diff(updated, rebuilt); diff != "" || len(updated) != 3*sessions || before != 3*(sessions/2+1) {
		t.Errorf("%d cells, %d halfway; made anew: %s", len(updated), before, diff)
	}
	report, err := journal.Verify(t.Context(), dir)
	if err != nil || !report.OK() || len(report.Journals) != sessions+1 || report.Unsigned != 0 {
		t.Fatal(report, err)
	}
	if n := countFiles(t, dir); n > 30 {
		t.Errorf("%d files are left of %d cells", n, 3*sessions)
	}
}

// cells returns all cell executions as the index tells them.
func cells(t *testing.T, dir string, anew bool) []index.Cell {
	t.Helper()
	x, err := index.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if anew {
		if err := x.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	all, err := x.Cells(t.Context(), index.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
