package gc

import (
	"bytes"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// usageOf returns what du tells of a session.
func (h *history) usageOf(u *Usage, session tracker.ID) SessionUsage {
	h.t.Helper()
	for _, s := range u.Sessions {
		if s.Session == session {
			return s
		}
	}
	h.t.Fatal("the session is not among them")
	return SessionUsage{}
}

// TestUsageSumsUp measures random histories: each byte of the packs is needed by somebody or garbage, and what is unique
// to a session is what collecting without it would free.
func TestUsageSumsUp(t *testing.T) {
	h := newHistory(t, 21)
	for range 40 {
		h.grow()
	}
	h.closeAll()
	u, err := Measure(t.Context(), h.dir)
	h.must(err)
	if len(u.Problems) > 0 || u.Packs != h.size() {
		t.Errorf("packs of %d bytes, want %d; %v", u.Packs, h.size(), u.Problems)
	}
	var stored, unique, sessions int64
	for _, k := range u.Kinds {
		stored += k.Stored
		unique += k.Unique
	}
	for _, s := range u.Sessions {
		sessions += s.Unique
		if s.Unique > s.Stored {
			t.Errorf("session %s: %+v", s.Session, s)
		}
	}
	if stored+u.Garbage != u.Packs || unique != sessions {
		t.Errorf("%d needed and %d garbage of %d; unique to sessions %d, by kind %d", stored, u.Garbage, u.Packs, sessions, unique)
	}
	told := h.collect(Options{DryRun: true})
	if less := u.Garbage - told.Freed; less < 0 || less > u.Packs/10+1000 {
		t.Errorf("%d bytes of garbage, a collection frees %d", u.Garbage, told.Freed)
	}
}

// TestUsageOfOneBlobInSeveralPlaces stores equal bytes from cells of two sessions.
func TestUsageOfOneBlobInSeveralPlaces(t *testing.T) {
	h := newHistory(t, 22)
	common, own := bytes.Repeat([]byte{'c'}, 400), bytes.Repeat([]byte{'o'}, 300)
	write := func(sources ...[]byte) (session, cell tracker.ID) {
		w := h.open()
		session = tracker.NewID()
		for _, source := range sources {
			cell = tracker.NewID()
			d, err := w.Put(source)
			h.must(err)
			h.must(w.Append(&tracker.CellStartedEntry{Header: tracker.Header{Time: h.clock(), Session: session, Execution: cell}, Source: d}))
		}
		closeWriter(t, w)
		return session, cell
	}
	one, ownCell := write(common, common, own)
	two, _ := write(common)
	u, err := Measure(t.Context(), h.dir)
	h.must(err)
	frame := int64(header)
	if got, want := h.usageOf(u, one).Share, (Share{Logical: 700, Stored: 700 + 2*frame, Unique: 300 + frame}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := h.usageOf(u, two).Share, (Share{Logical: 400, Stored: 400 + frame}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if len(u.Kinds) != 1 || u.Kinds[0].Share != (Share{Logical: 700, Stored: 700 + 2*frame, Unique: 300 + frame}) || u.Kinds[0].Blobs != 2 {
		t.Errorf("kinds: %+v", u.Kinds)
	}
	for _, c := range u.Cells {
		if c.Execution == ownCell && c.Share != (Share{Logical: 300, Stored: 300 + frame, Unique: 300 + frame}) {
			t.Errorf("cell: %+v", c)
		}
	}
}

// TestUsageOfSharedTrees names one tree of large files from many cells: each is told the same, and the tree is read a few times only.
func TestUsageOfSharedTrees(t *testing.T) {
	h := newHistory(t, 23)
	ledger, err := journal.Open(h.dir)
	h.must(err)
	bulk := blob.NewBulk(ledger.Blobs().Dir(), ledger.Blobs())
	release, err := bulk.Hold()
	h.must(err)
	file, size, err := bulk.PutReader(bytes.NewReader(h.bytes(3<<20 + 1)))
	h.must(err)
	doc := h.line(nil, map[string]any{"name": "data", "blob": file})
	tree, err := bulk.Put(doc)
	h.must(err)
	h.must(bulk.Flush())
	var sessions []tracker.ID
	for range 4 {
		w, id := h.open(), tracker.NewID()
		sessions = append(sessions, id)
		for range 3 {
			h.must(w.Append(&tracker.FilesEntry{Header: tracker.Header{Time: h.clock(), Session: id, Execution: tracker.NewID()}, Observed: tree}))
		}
		closeWriter(t, w)
	}
	release()
	h.must(bulk.Close())
	u, err := Measure(t.Context(), h.dir)
	h.must(err)
	logical := size + int64(len(doc))
	for _, id := range sessions {
		if s := h.usageOf(u, id); s.Logical != logical || s.Unique != 0 || s.Stored < size || s.Kinds[kindFiles] != s.Stored {
			t.Errorf("%+v, want %d logical bytes", s, logical)
		}
	}
	for _, c := range u.Cells {
		if c.Logical != logical || c.Stored < size {
			t.Errorf("%+v, want %d logical bytes", c, logical)
		}
	}
}
