package journal

import (
	"path/filepath"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

// BenchmarkAppend appends cells one by one, each handed to the operating system before the next.
func BenchmarkAppend(b *testing.B) {
	w := newWriter(b, filepath.Join(b.TempDir(), ".gemba"), NewKey())
	for b.Loop() {
		fill(b, w, 1)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	closeWriter(b, w)
}

// BenchmarkVerify verifies a journal of a million entries.
func BenchmarkVerify(b *testing.B) {
	const entries = 1_000_000
	dir := filepath.Join(b.TempDir(), ".gemba")
	w := newWriter(b, dir, NewKey())
	e := &tracker.CellFinishedEntry{Header: w.head(), Status: tracker.OK, OutputSHA256: NewKey().ID()}
	e.Session, e.Execution = tracker.NewID(), tracker.NewID()
	source, err := w.Put([]byte("x"))
	if err != nil {
		b.Fatal(err)
	}
	e.Program = source
	for i := range entries {
		if err := w.Append(e); err != nil {
			b.Fatal(err)
		}
		if i%1000 == 0 {
			if err := w.Flush(); err != nil {
				b.Fatal(err)
			}
		}
	}
	closeWriter(b, w)
	for b.Loop() {
		if report, err := Verify(b.Context(), dir); err != nil || !report.OK() {
			b.Fatal(report.Problems, err)
		}
	}
	b.ReportMetric(entries*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkCreate opens and closes journals, which a kernel does at its start and end.
func BenchmarkCreate(b *testing.B) {
	dir, key := filepath.Join(b.TempDir(), ".gemba"), NewKey()
	for b.Loop() {
		closeWriter(b, newWriter(b, dir, key))
	}
}
