package gc

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// output records a cell with an output of its own.
func (h *history) output(b []byte) tracker.Digest {
	h.t.Helper()
	w := h.open()
	d := h.put(w.Put, b, false)
	h.must(w.Append(&tracker.CellOutputsEntry{Header: tracker.Header{Time: h.clock()}, Outputs: d, Size: int64(len(b))}))
	closeWriter(h.t, w)
	return d
}

// file records a snapshot of one file, stored in chunks when it is large.
func (h *history) file(b []byte) (file, tree tracker.Digest) {
	h.t.Helper()
	ledger, err := journal.Open(h.dir)
	h.must(err)
	bulk := blob.NewBulk(ledger.Blobs().Dir(), ledger.Blobs())
	release, err := bulk.Hold()
	h.must(err)
	defer release()
	file, _, err = bulk.PutReader(bytes.NewReader(b))
	h.must(err)
	tree, err = bulk.Put(h.line(nil, map[string]any{"name": "data.bin", "blob": file}))
	h.must(err)
	h.must(bulk.Flush())
	w := h.open()
	h.must(w.Append(&tracker.SnapshotEntry{Header: tracker.Header{Time: h.clock()}, Snapshot: tracker.NewID(), Tree: tree}))
	closeWriter(h.t, w)
	h.must(bulk.Close())
	return file, tree
}

// holds reports whether any file of the ledger holds b.
func (h *history) holds(b []byte) (found bool) {
	h.t.Helper()
	h.must(filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		all, err := os.ReadFile(path)
		found = found || bytes.Contains(all, b)
		return err
	}))
	return found
}

func TestPurgeTakesTheBytesOut(t *testing.T) {
	h := newHistory(t, 1)
	secret := []byte("the secret is hunter2-\x00-and a little more") // too short to be compressed
	h.session(2)
	d := h.output(secret)
	h.session(2)
	if !h.holds(secret) {
		t.Fatal("the test is wrong: the bytes are not found before")
	}
	h.remove(Why{Reason: Purged, By: "test"}, 1, d)
	if h.holds(secret) {
		t.Error("some file still holds the bytes")
	}
	h.check()
	h.expectRemoved(journal.Removed{Reason: Purged, Blobs: 1})
	h.pythonAgrees(true)
	ledger, err := journal.Open(h.dir)
	h.must(err)
	if _, err := ledger.Blob(d); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("got %v, want that there is no such blob", err)
	}
	if r := h.remove(Why{Reason: Purged}, 0, d); len(r.Left) != 1 || !errors.Is(r.Left[0].Err, blob.ErrNotFound) {
		t.Errorf("removed again: %+v", r)
	}
	if again := h.output(secret); again != d {
		t.Fatal(again)
	}
	h.want[d] = secret
	h.collect(Options{})
	h.check() // what is recorded again is kept
}

// TestALostBlobIsDamageStill removes a pack behind our back beside a blob that was purged.
func TestALostBlobIsDamageStill(t *testing.T) {
	h := newHistory(t, 2)
	purged, lost := h.output([]byte("purged")), h.output([]byte("lost"))
	h.remove(Why{Reason: Purged}, 1, purged)
	h.expectRemoved(journal.Removed{Reason: Purged, Blobs: 1})
	for _, name := range h.packs() {
		path := filepath.Join(h.dir, "packs", name)
		if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, lost[:]) {
			h.must(os.Remove(path))
		}
	}
	report, err := journal.Verify(t.Context(), h.dir)
	h.must(err)
	if len(report.Problems) != 1 || report.Problems[0].Fault != journal.BlobMissing || report.Problems[0].Detail != lost.String() {
		t.Errorf("problems %v, want one: the lost blob", report.Problems)
	}
	h.pythonAgrees(false)
}

// TestChunksGoUnlessShared evicts one of two large files that have most chunks in common.
func TestChunksGoUnlessShared(t *testing.T) {
	h := newHistory(t, 3)
	one := h.bytes(6<<20 + 1)
	two := bytes.Clone(one)
	copy(two[:1000], h.bytes(1000))
	mark := []byte("only the first file has these bytes")
	copy(one[2000:], mark)
	first, tree := h.file(one)
	second, _ := h.file(two)
	h.want[second] = two
	before := h.size()
	r := h.remove(Why{Reason: Evicted, Remote: "s3://bucket"}, 1, first, tree)
	if len(r.Left) != 1 || !errors.Is(r.Left[0].Err, ErrDocument) || r.Left[0].Digest != tree {
		t.Errorf("left %+v, want the document", r.Left)
	}
	if freed := before - h.size(); freed < 100<<10 || freed > 3<<20 || h.holds(mark) {
		t.Errorf("freed %d bytes; the chunk of its own is still there: %v", freed, h.holds(mark))
	}
	h.check()
	h.expectRemoved(journal.Removed{Reason: Evicted, Remote: "s3://bucket", Blobs: 1})
	h.remove(Why{Reason: Purged}, 1, second)
	delete(h.want, second)
	if h.size() > 1<<20 {
		t.Errorf("%d bytes are left", h.size())
	}
	h.check()
	h.collect(Options{})
	h.check()
	h.pythonAgrees(true)
}

// TestBlobsOfALiveJournalStay asks to purge what a running writer has stored, and something else.
func TestBlobsOfALiveJournalStay(t *testing.T) {
	h := newHistory(t, 4)
	other := h.output([]byte("something else"))
	w := h.open()
	d := h.put(w.Put, []byte("of a live journal"), true)
	h.must(w.Append(&tracker.CellOutputsEntry{Header: tracker.Header{Time: h.clock()}, Outputs: d}))
	h.must(w.Flush())
	r := h.remove(Why{Reason: Purged}, 1, d, other)
	if len(r.Left) != 1 || !errors.Is(r.Left[0].Err, blob.ErrInUse) {
		t.Fatalf("left %+v", r.Left)
	}
	want := fmt.Sprintf("a writer has it open: gemba test, process %d on ", os.Getpid())
	if !bytes.HasPrefix([]byte(r.Left[0].Reason), []byte(want)) {
		t.Errorf("told %q", r.Left[0].Reason)
	}
	h.check()
	closeWriter(t, w)
	h.remove(Why{Reason: Purged}, 1, d)
	delete(h.want, d)
	h.check()
}

// TestTornEndsGo purges beside a pack whose writer was killed in the middle of a blob.
func TestTornEndsGo(t *testing.T) {
	h := newHistory(t, 5)
	h.output([]byte("kept"))
	d := h.output([]byte("purged"))
	torn := []byte("half of a secret that was never finished")
	names := h.packs()
	path := filepath.Join(h.dir, "packs", names[0])
	b, err := os.ReadFile(path)
	h.must(err)
	h.must(os.WriteFile(path, append(b, torn...), 0o644))
	h.remove(Why{Reason: Purged}, 1, d)
	if h.holds(torn) {
		t.Error("the torn end is still there")
	}
	h.check()
}

// pythonAgrees gives the ledger to the verifier that shares no code with this one.
func (h *history) pythonAgrees(sound bool) {
	h.t.Helper()
	out, err := exec.CommandContext(h.t.Context(), python(h.t), "../testdata/verify.py", h.dir).CombinedOutput()
	if (err == nil) != sound {
		h.t.Errorf("the other verifier: %v\n%s", err, out)
	}
}

// python returns an interpreter that has the package cryptography. Where CI is set there must be one.
func python(t testing.TB) string {
	t.Helper()
	bin := "bin/python"
	if runtime.GOOS == "windows" {
		bin = "Scripts/python.exe"
	}
	for _, name := range []string{os.Getenv("GEMBA_TEST_PYTHON"), filepath.Join("../../.venv", bin), "python3"} {
		if name != "" && exec.Command(name, "-c", "import cryptography").Run() == nil {
			return name
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no Python with the package cryptography: run make test")
	}
	t.Skip("no Python with the package cryptography: run make test, or set GEMBA_TEST_PYTHON")
	return ""
}

// TestAPartStays asks to remove a chunk alone, then with the blob that it is a part of.
func TestAPartStays(t *testing.T) {
	h := newHistory(t, 6)
	b := h.bytes(3<<20 + 1)
	file, _ := h.file(b)
	h.want[file] = b
	ledger, err := journal.Open(h.dir)
	h.must(err)
	chunks, err := ledger.Blobs().Chunks(file)
	h.must(err)
	if r := h.remove(Why{Reason: Purged}, 0, chunks[0].Digest); len(r.Left) != 1 || !errors.Is(r.Left[0].Err, ErrPart) {
		t.Fatalf("%+v", r)
	}
	h.check()
	h.remove(Why{Reason: Purged}, 2, chunks[0].Digest, file)
	delete(h.want, file)
	h.check()
	h.expectRemoved(journal.Removed{Reason: Purged, Blobs: 1})
}
