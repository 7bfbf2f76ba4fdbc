package index

import (
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// TestRepeatedIsTheNewestBefore looks among so many executions of a cell that not all are looked at.
func TestRepeatedIsTheNewestBefore(t *testing.T) {
	dir := newLedger(t)
	w, err := journal.Create(dir, journal.Options{Writer: "test"})
	if err != nil {
		t.Fatal(err)
	}
	source, err := w.Put([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	var cells []Cell
	sessions := []tracker.ID{tracker.NewID(), tracker.NewID(), tracker.NewID()}
	for i, n := range []int{3, lookedAt, 2} {
		for range n {
			h := tracker.Header{Time: epoch.Add(time.Duration(len(cells)) * time.Second), Session: sessions[i], Execution: tracker.NewID()}
			for _, e := range []tracker.Entry{&tracker.CellStartedEntry{Header: h, Count: len(cells), CellID: "c", Notebook: "n", Source: source}, &tracker.CellFinishedEntry{Header: h, Status: tracker.OK}} {
				if err := w.Append(e); err != nil {
					t.Fatal(err)
				}
			}
			cells = append(cells, Cell{ID: h.Execution})
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir)
	for i := range cells {
		cells[i], err = x.Cell(t.Context(), cells[i].ID)
		if err != nil {
			t.Fatal(err)
		}
	}
	found, err := x.Repeated(t.Context(), cells)
	last, before := len(cells)-1, len(cells)-3
	for at, want := range map[int]int{0: -1, 1: 0, 2: 1, 3: 2, 4: 2, before: 2, last - 1: before, last: before} {
		got := -1
		if c, known := found[cells[at].ID]; known {
			got = c.Count
		}
		equal(t, err, got, want)
	}
	equal(t, err, found[cells[before].ID].Session, sessions[0])
}
