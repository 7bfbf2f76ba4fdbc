package gc

import (
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// recorder returns a strict recorder into the ledger, closed with the test.
func (h *history) recorder() *tracker.Recorder {
	h.t.Helper()
	r := strictRecorder(h.dir, h.key)
	h.t.Cleanup(func() { _ = r.Close() }) // most tests close it themselves
	return r
}

func strictRecorder(dir string, key *journal.Key) *tracker.Recorder {
	return tracker.NewRecorder(tracker.Options{Strict: true, Open: func() (tracker.Journal, error) {
		return journal.Create(dir, journal.Options{Key: key, Writer: "gc", Now: time.Now})
	}})
}

// remove removes blobs, closes the record, and expects that so many went.
func (h *history) remove(why Why, want int64, list ...tracker.Digest) *Removal {
	h.t.Helper()
	to := h.recorder()
	r, err := Remove(h.t.Context(), h.dir, to, list, why)
	h.must(err)
	h.must(to.Close())
	if r.Blobs != want || len(r.Problems) > 0 {
		h.t.Fatalf("%+v, want %d blobs removed", r, want)
	}
	return r
}

// expectRemoved makes sure that verify tells of so many removed blobs and of no damage.
func (h *history) expectRemoved(want ...journal.Removed) {
	h.t.Helper()
	report, err := journal.Verify(h.t.Context(), h.dir)
	h.must(err)
	if !report.OK() {
		h.t.Fatal(report.Problems)
	}
	for i := range report.Removed {
		report.Removed[i].Bytes = 0
	}
	if len(want) != len(report.Removed) {
		h.t.Fatalf("removed %+v, want %+v", report.Removed, want)
	}
	for i, w := range want {
		if report.Removed[i] != w {
			h.t.Fatalf("removed %+v, want %+v", report.Removed, want)
		}
	}
}
