package gc

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// twofold stores bytes both in chunks and in one piece, needed, in packs of their own.
func (h *history) twofold(b []byte, chunksFirst bool) {
	h.t.Helper()
	chunks := func() {
		ledger, err := journal.Open(h.dir)
		h.must(err)
		bulk := blob.NewBulk(ledger.Blobs().Dir(), blob.OpenStore(h.dir)) // which knows of no piece
		_, _, err = bulk.PutReader(bytes.NewReader(b))
		h.must(err)
		h.must(bulk.Close())
	}
	piece := func() {
		w := h.open()
		h.needed(w, b)
		closeWriter(h.t, w)
	}
	if chunksFirst {
		chunks()
	}
	piece()
	if !chunksFirst {
		chunks()
	}
}

// TestChunksOfWhatIsThereInOnePiece collects blobs that are there both ways: one way goes at once, chunks included,
// unless another blob needs them.
func TestChunksOfWhatIsThereInOnePiece(t *testing.T) {
	for seed := range uint64(6) {
		h := newHistory(t, 100+seed)
		b := h.bytes(3<<20 + 1)
		h.twofold(b, seed%2 == 0)
		if seed >= 2 { // another blob has the same chunks
			h.files = append(h.files, append(bytes.Clone(b), "and more"...))
			h.snapshot(true)
			h.snapshot(true)
		}
		if seed >= 4 {
			h.twofold(h.bytes(2<<20+1), true)
		}
		first := h.collect(Options{})
		h.check()
		if want := int64(3 << 20); seed < 2 && first.Freed < want {
			t.Errorf("seed %d: a first collection freed %d bytes, want %d", seed, first.Freed, want)
		}
		if second := h.collect(Options{}); second.Freed != 0 || second.Rewritten+second.Removed+second.Archived != 0 {
			t.Errorf("seed %d: a second collection: %+v", seed, second)
		}
		h.check()
	}
}

// TestDamagedPiece collects a blob that is there in chunks and, damaged, in one piece: the chunks stay.
func TestDamagedPiece(t *testing.T) {
	h := newHistory(t, 110)
	b := h.bytes(3<<20 + 1)
	h.twofold(b, true)
	ledger, err := journal.Open(h.dir)
	h.must(err)
	h.must(ledger.Blobs().Refresh())
	f, pack, ok := ledger.Blobs().Whole(tracker.DigestOf(b))
	if !ok {
		t.Fatal("it is not there in one piece")
	}
	file, err := os.OpenFile(filepath.Join(h.dir, "packs", pack), os.O_RDWR, 0)
	h.must(err)
	_, err = file.WriteAt([]byte("damage"), f.Offset+header+1000)
	h.must(err)
	h.must(file.Close())
	_, err = Collect(t.Context(), h.dir, Options{})
	h.must(err)
	if err := os.Remove(filepath.Join(h.dir, "packs", pack)); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if got, err := blob.OpenStore(filepath.Join(h.dir, "packs")).Get(tracker.DigestOf(b)); err != nil || !bytes.Equal(got, b) {
		t.Errorf("in chunks it has %d bytes, %v", len(got), err)
	}
}

// TestUnsyncedCopyIsNotReliedUpon collects while a writer has a copy that a power cut would take: the durable one stays.
func TestUnsyncedCopyIsNotReliedUpon(t *testing.T) {
	h := newHistory(t, 111)
	b := h.bytes(9001)
	w := h.open()
	h.needed(w, b)
	h.put(w.Put, h.bytes(50_001), false) // garbage, for which the pack is rewritten
	closeWriter(t, w)
	live := h.open()
	h.needed(live, b)
	h.must(live.Flush())
	if r := h.collect(Options{}); r.Freed < 50_000 {
		t.Errorf("collected %+v", r)
	}
	h.must(os.Remove(filepath.Join(h.dir, "packs", live.ID().String()+".pack")))
	if got, err := blob.OpenStore(filepath.Join(h.dir, "packs")).Get(tracker.DigestOf(b)); err != nil || !bytes.Equal(got, b) {
		t.Errorf("the durable copy has %d bytes, %v", len(got), err)
	}
}

// TestLeftovers leaves what processes leave that are killed at various moments: the old goes, the new may be in use.
func TestLeftovers(t *testing.T) {
	h := newHistory(t, 112)
	h.session(2)
	h.closeAll()
	old := []string{".format.123", "journals/.import.77", "journals/.0123.tar.9", "keys/.k.pub.5", "packs/.0.idx.8", "cache/x/.frames.6"}
	always := []string{"packs/.0.pack.gc", "packs/0.synced", "packs/0.idx"}
	stay := []string{"journals/.new.checkpoint.1", "cache/x/file.6", ".gitignore", "format"}
	for _, name := range append(append(append([]string{}, old...), always...), stay[:2]...) {
		path := filepath.Join(h.dir, name)
		h.must(os.MkdirAll(filepath.Dir(path), 0o755))
		h.must(os.WriteFile(path, []byte("left"), 0o644))
	}
	for _, name := range old {
		h.must(os.Chtimes(filepath.Join(h.dir, name), time.Time{}, time.Now().Add(-2*time.Hour)))
	}
	h.collect(Options{})
	for _, name := range append(old, always...) {
		if _, err := os.Lstat(filepath.Join(h.dir, name)); err == nil {
			t.Errorf("%s was left", name)
		}
	}
	for _, name := range stay {
		if _, err := os.Lstat(filepath.Join(h.dir, name)); err != nil {
			t.Errorf("%s is gone", name)
		}
	}
	h.check()
}
