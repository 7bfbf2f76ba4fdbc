package gc

import (
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// TestRetention lets the outputs of old sessions go, and nothing that anything else needs.
func TestRetention(t *testing.T) {
	h := newHistory(t, 41)
	day := 24 * time.Hour
	both := []byte("an output, and a file of a snapshot")
	sources, outputs := make([]tracker.Digest, 4), make([]tracker.Digest, 4)
	for n := range 4 {
		w, id := h.open(), tracker.NewID()
		head := tracker.Header{Time: h.clock(), Session: id, Execution: tracker.NewID()}
		h.must(w.Append(&tracker.SessionOpenedEntry{Header: tracker.Header{Time: head.Time, Session: id}}))
		sources[n] = h.put(w.Put, h.bytes(100), true)
		outputs[n] = h.put(w.Put, h.bytes(200), n >= 2)
		h.must(w.Append(&tracker.CellStartedEntry{Header: head, Source: sources[n]}))
		h.must(w.Append(&tracker.CellOutputsEntry{Header: head, Outputs: outputs[n]}))
		h.must(w.Append(&tracker.CellOutputsEntry{Header: head, Outputs: h.put(w.Put, both, true)}))
		data := h.put(w.Put, h.bytes(150), n >= 2)
		observed := h.put(w.Put, h.line(nil, map[string]any{"path": "a.csv", "before": data}), true)
		h.must(w.Append(&tracker.FilesEntry{Header: head, Observed: observed}))
		closeWriter(t, w)
		h.now = h.now.Add(10 * day)
	}
	h.file(both)
	now := func() time.Time { return h.now }
	rules := func(r Retention) Options {
		return Options{Retention: r, Now: now, By: "test", Recorder: func() Recorder { return h.recorder() }}
	}
	for _, r := range []Retention{{KeepLast: 4}, {OlderThan: 50 * day}, {KeepLast: 4, OlderThan: day}} {
		if got := h.collect(rules(r)); got.Expired != 0 {
			t.Errorf("%+v: %d blobs expired", r, got.Expired)
		}
	}
	for _, r := range []Retention{{KeepLast: 2}, {OlderThan: 25 * day}} {
		dry := rules(r)
		dry.DryRun = true
		if got := h.collect(dry); got.Expired != 4 {
			t.Errorf("%+v: %d blobs would expire, want 4", r, got.Expired)
		}
	}
	if got := h.collect(rules(Retention{KeepLast: 2, OlderThan: 5 * day})); got.Expired != 4 {
		t.Errorf("%d blobs expired, want 4", got.Expired)
	}
	h.check()
	h.expectRemoved(journal.Removed{Reason: Collected, Blobs: 4})
	if got := h.collect(rules(Retention{KeepLast: 2})); got.Expired != 0 || got.Freed != 0 {
		t.Errorf("again: %+v", got)
	}
}
