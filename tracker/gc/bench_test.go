package gc

import (
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

// largeHistory records so many sessions of a thousand cells each.
func largeHistory(b *testing.B, sessions int) *history {
	h := newHistory(b, 1)
	for range sessions {
		w, id := h.open(), tracker.NewID()
		h.must(w.Append(&tracker.SessionOpenedEntry{Header: tracker.Header{Time: h.clock(), Session: id}}))
		for range 1000 {
			cell := tracker.Header{Time: h.clock(), Session: id, Execution: tracker.NewID()}
			put := func(n int) tracker.Digest { return h.put(w.Put, h.bytes(n), false) }
			h.must(w.Append(&tracker.CellStartedEntry{Header: cell, Source: put(201)}))
			h.must(w.Append(&tracker.CellOutputsEntry{Header: cell, Outputs: put(301)}))
			h.must(w.Append(&tracker.CellFinishedEntry{Header: cell, Status: tracker.OK, Program: put(401)}))
		}
		closeWriter(b, w)
	}
	return h
}

// BenchmarkMeasure tells what takes how much, of 100,000 cells.
func BenchmarkMeasure(b *testing.B) {
	h := largeHistory(b, 100)
	for b.Loop() {
		if _, err := Measure(b.Context(), h.dir); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCollect marks and surveys 100,000 cells of which everything is needed.
func BenchmarkCollect(b *testing.B) {
	h := largeHistory(b, 100)
	for b.Loop() {
		if _, err := Collect(b.Context(), h.dir, Options{DryRun: true}); err != nil {
			b.Fatal(err)
		}
	}
}
