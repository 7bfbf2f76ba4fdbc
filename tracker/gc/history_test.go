package gc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// history writes random ledgers: sessions with cells, snapshots with nested trees, large files in chunks that others
// share, garbage, writers that were killed.
type history struct {
	t    testing.TB
	dir  string
	rand *rand.Rand
	key  *journal.Key
	now  time.Time

	files [][]byte                  // contents that come again
	want  map[tracker.Digest][]byte // what entries need
	live  []*journal.Writer
}

func newHistory(t testing.TB, seed uint64) *history {
	h := newHistoryIn(t, filepath.Join(t.TempDir(), ".gemba"), seed)
	closeWriter(t, h.open()) // so that there is a ledger
	return h
}

func newHistoryIn(t testing.TB, dir string, seed uint64) *history {
	return &history{
		t: t, dir: dir, rand: rand.New(rand.NewPCG(seed, 1)), key: journal.NewKey(),
		now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), want: make(map[tracker.Digest][]byte),
	}
}

func (h *history) open() *journal.Writer {
	h.t.Helper()
	w, err := journal.Create(h.dir, journal.Options{Key: h.key, Writer: "test", Now: h.clock})
	if err != nil {
		h.t.Fatal(err)
	}
	return w
}

func (h *history) clock() time.Time {
	h.now = h.now.Add(time.Second)
	return h.now
}

func closeWriter(t testing.TB, w *journal.Writer) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func (h *history) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// bytes returns random bytes; half of them compress.
func (h *history) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(h.rand.Uint32())
		if n%2 == 0 {
			b[i] = b[i]%4 + 'a'
		}
	}
	return b
}

// content returns the bytes of a file, often those of an earlier one or nearly so.
func (h *history) content() []byte {
	switch n := h.rand.IntN(10); {
	case n < 3 && len(h.files) > 0:
		return h.files[h.rand.IntN(len(h.files))]
	case n < 5 && len(h.files) > 0:
		b := bytes.Clone(h.files[h.rand.IntN(len(h.files))])
		if len(b) > 0 {
			b[h.rand.IntN(len(b))]++
		}
		h.files = append(h.files, b)
		return b
	case n < 6:
		h.files = append(h.files, h.bytes(1<<20+h.rand.IntN(2<<20)))
	default:
		h.files = append(h.files, h.bytes(h.rand.IntN(5000)))
	}
	return h.files[len(h.files)-1]
}

// put stores b, and notes that it is needed.
func (h *history) put(store func([]byte) (tracker.Digest, error), b []byte, needed bool) tracker.Digest {
	h.t.Helper()
	d, err := store(b)
	h.must(err)
	if needed {
		h.want[d] = b
	}
	return d
}

// session writes one session of some cells and ends it, or not.
func (h *history) session(cells int) tracker.ID {
	h.t.Helper()
	w, id := h.open(), tracker.NewID()
	head := func() tracker.Header { return tracker.Header{Time: h.clock(), Session: id} }
	h.must(w.Append(&tracker.SessionOpenedEntry{Header: head(), Engine: "test"}))
	for range cells {
		cell := head()
		cell.Execution = tracker.NewID()
		h.must(w.Append(&tracker.CellStartedEntry{Header: cell, Source: h.put(w.Put, h.bytes(300), true), SourceSize: 300}))
		h.must(w.Append(&tracker.CellOutputsEntry{Header: cell, Outputs: h.put(w.Put, h.bytes(900), true), Size: 900}))
		h.must(w.Append(&tracker.CellFinishedEntry{Header: cell, Status: tracker.OK, GoMod: h.put(w.Put, []byte("module test\n"), true)}))
	}
	switch n := h.rand.IntN(6); {
	case n < 4:
		h.must(w.Append(&tracker.SessionClosedEntry{Header: head()}))
		closeWriter(h.t, w)
	default:
		h.must(w.Flush())
		h.live = append(h.live, w)
	}
	return id
}

// snapshot stores a tree of files; an entry names it or, when it is garbage, nothing does.
func (h *history) snapshot(needed bool) {
	h.t.Helper()
	ledger, err := journal.Open(h.dir)
	h.must(err)
	bulk := blob.NewBulk(ledger.Blobs().Dir(), ledger.Blobs())
	release, err := bulk.Hold()
	h.must(err)
	defer release()
	tree := h.tree(bulk, 2, needed)
	h.must(bulk.Flush())
	if needed {
		w := h.open()
		h.must(w.Append(&tracker.SnapshotEntry{Header: tracker.Header{Time: h.clock()}, Snapshot: tracker.NewID(), Tree: tree}))
		closeWriter(h.t, w)
	}
	h.must(bulk.Close())
}

func (h *history) tree(bulk *blob.Bulk, depth int, needed bool) tracker.Digest {
	var doc []byte
	store := func(b []byte) (tracker.Digest, error) {
		d, _, err := bulk.PutReader(bytes.NewReader(b))
		return d, err
	}
	for n := range h.rand.IntN(4) {
		line := map[string]any{"name": fmt.Sprint("file", n), "blob": h.put(store, h.content(), needed)}
		doc = h.line(doc, line)
	}
	for n := range h.rand.IntN(depth + 1) {
		doc = h.line(doc, map[string]any{"name": fmt.Sprint("dir", n), "tree": h.tree(bulk, depth-1, needed)})
	}
	doc = h.line(doc, map[string]any{"name": "salt", "n": h.rand.Uint64()})
	return h.put(bulk.Put, doc, needed)
}

func (h *history) line(doc []byte, v any) []byte {
	b, err := json.Marshal(v)
	h.must(err)
	return append(append(doc, b...), '\n')
}

// grow lets something happen.
func (h *history) grow() {
	h.t.Helper()
	switch n := h.rand.IntN(9); {
	case n == 8:
		h.twofold(h.content(), h.rand.IntN(2) == 0)
	case n < 3:
		h.session(h.rand.IntN(4))
	case n < 5:
		h.snapshot(true)
	case n < 7:
		h.snapshot(false)
	case len(h.live) > 0:
		closeWriter(h.t, h.live[0])
		h.live = h.live[1:]
	}
}

func (h *history) closeAll() {
	h.t.Helper()
	for _, w := range h.live {
		closeWriter(h.t, w)
	}
	h.live = nil
}

// check makes sure that everything that entries need is there, byte for byte, and that the ledger is sound.
func (h *history) check() {
	h.t.Helper()
	ledger, err := journal.Open(h.dir)
	h.must(err)
	for d, want := range h.want {
		if got, err := ledger.Blob(d); err != nil || !bytes.Equal(got, want) {
			h.t.Fatalf("blob %s of %d bytes: got %d, %v", d, len(want), len(got), err)
		}
	}
	report, err := journal.Verify(h.t.Context(), h.dir)
	h.must(err)
	if !report.OK() {
		h.t.Fatal(report.Problems)
	}
}

func (h *history) collect(o Options) *Report {
	h.t.Helper()
	r, err := Collect(h.t.Context(), h.dir, o)
	h.must(err)
	if len(r.Problems)+len(r.Doubts) > 0 {
		h.t.Fatal(r.Problems, r.Doubts)
	}
	return r
}

// packs returns the names of the packs.
func (h *history) packs() []string {
	h.t.Helper()
	names, err := blob.PackNames(filepath.Join(h.dir, "packs"))
	h.must(err)
	return names
}

// size returns the bytes of the packs.
func (h *history) size() (total int64) {
	for _, size := range h.sizes() {
		total += size
	}
	return total
}

func (h *history) sizes() (all []int64) {
	for _, name := range h.packs() {
		info, err := os.Stat(filepath.Join(h.dir, "packs", name))
		h.must(err)
		all = append(all, info.Size())
	}
	return all
}
