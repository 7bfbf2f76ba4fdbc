package remote

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// random returns so many bytes that cannot be compressed.
func random(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}

// recordFiles writes a snapshot of files into the ledger at dir.
func recordFiles(t *testing.T, dir string, key *journal.Key, files ...[]byte) (digests []tracker.Digest) {
	t.Helper()
	packs := filepath.Join(dir, "packs")
	bulk := blob.NewBulk(packs, blob.OpenStore(packs))
	var tree []byte
	for n, b := range files {
		d, _, err := bulk.PutReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, d)
		tree = fmt.Appendf(tree, "{\"name\":\"%d\",\"digest\":%q}\n", n, d)
	}
	e := tracker.SnapshotTaken{Snapshot: tracker.NewID(), Time: epoch, Name: "files", Files: int64(len(files))}
	var err error
	if e.Tree, err = bulk.Put(tree); err == nil {
		err = bulk.Close()
	}
	r := tracker.NewRecorder(tracker.Options{Open: func() (tracker.Journal, error) {
		return journal.Create(dir, journal.Options{Key: key, Writer: "test"})
	}})
	r.Record(e)
	if err = errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return digests
}

// takeAway removes from a remote in a folder the packs that hold something which is chosen.
func takeAway(t *testing.T, folder string, chosen func(blob.Frame) bool) {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(folder, "packs", "*.pack"))
	if err != nil || len(packs) == 0 {
		t.Fatal(packs, err)
	}
	for _, path := range packs {
		in, err := blob.OpenPack(path)
		if err != nil {
			t.Fatal(err)
		}
		hit := false
		_, err = in.Frames(func(f blob.Frame) error { hit = hit || chosen(f); return nil }, nil)
		if err = errors.Join(err, in.Close()); err == nil && hit {
			err = errors.Join(os.Remove(path), os.Remove(path[:len(path)-len("pack")]+"frames"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestRecipeWithoutChunks leaves on a remote what a push does that is killed when the pack with a blob's recipe was there
// before the one with its first chunks. Who pulls then gets the rest, and the next push completes it.
func TestRecipeWithoutChunks(t *testing.T) {
	key, folder := newKey(t), t.TempDir()
	from, to := filepath.Join(t.TempDir(), ".gemba"), filepath.Join(t.TempDir(), ".gemba")
	record(t, from, key, 1)
	large := random(packSize + 9<<20)
	d := recordFiles(t, from, key, large)[0]
	pushed(t, from, openBucket(t, folder))
	chunks, err := blob.OpenStore(filepath.Join(from, "packs")).Chunks(d)
	if err != nil {
		t.Fatal(err)
	}
	takeAway(t, folder, func(f blob.Frame) bool { return f.Digest == chunks[0].Digest })
	for _, folder := range []string{filepath.Join(folder, "journals"), filepath.Join(folder, "ledgers")} {
		if err := os.RemoveAll(folder); err != nil { // they come last
			t.Fatal(err)
		}
	}
	if r := pulled(t, to, openBucket(t, folder), PullOptions{Key: key}); r.Missing != 1 || r.Blobs == 0 {
		t.Errorf("pulled %+v", r)
	}
	if r := pushed(t, from, openBucket(t, folder)); r.Missing != 0 || r.Blobs == 0 {
		t.Errorf("pushed %+v", r)
	}
	if r := pulled(t, to, openBucket(t, folder), PullOptions{Key: key}); r.Missing != 0 || len(r.Problems) > 0 {
		t.Errorf("pulled %+v", r)
	}
	wantSame(t, from, to)
}

// TestUnwantedStaysAway pulls where one of two large blobs that have chunks in common is not to come: its own chunks
// do not come either, and the other blob comes whole.
func TestUnwantedStaysAway(t *testing.T) {
	key := newKey(t)
	from, to := filepath.Join(t.TempDir(), ".gemba"), filepath.Join(t.TempDir(), ".gemba")
	record(t, from, key, 1)
	one := random(6 << 20)
	two := bytes.Clone(one)
	copy(two, random(1000))
	files := recordFiles(t, from, key, one, two)
	a, b := files[0], files[1]
	bucket := openBucket(t, t.TempDir())
	pushed(t, from, bucket)
	chunks, err := blob.OpenStore(filepath.Join(from, "packs")).Chunks(a)
	if err != nil || len(chunks) < 3 {
		t.Fatal(chunks, err)
	}
	recordRemoved(t, to, key, "collected", a)
	for range 2 { // the second time from what the first one kept
		pulled(t, to, bucket, PullOptions{Key: key})
		here := blob.OpenStore(filepath.Join(to, "packs"))
		if got, err := here.Get(b); err != nil || !bytes.Equal(got, two) {
			t.Fatalf("the other blob: %d bytes, %v", len(got), err)
		}
		if _, err := here.Get(chunks[0].Digest); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("the chunk that is of the unwanted blob alone: %v", err)
		}
		if _, err := here.Get(a); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("the unwanted blob: %v", err)
		}
	}
}

// TestKilledBeforeListing leaves a ledger as a pull does that is killed when a journal is there and not listed yet.
func TestKilledBeforeListing(t *testing.T) {
	key := newKey(t)
	from, to := filepath.Join(t.TempDir(), ".gemba"), filepath.Join(t.TempDir(), ".gemba")
	record(t, from, key, 1)
	record(t, to, key, 1)
	bucket := openBucket(t, t.TempDir())
	pushed(t, from, bucket)
	before := map[string][]byte{}
	for _, end := range []string{"jsonl", "hashes", "checkpoint"} {
		path := filepath.Join(to, "journals", "ledger."+end)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		before[path] = b
	}
	pulled(t, to, bucket, PullOptions{Key: key})
	for path, b := range before {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if report, err := journal.Verify(t.Context(), to); err != nil || report.OK() {
		t.Fatalf("the test is wrong: %+v, %v", report, err)
	}
	pulled(t, to, bucket, PullOptions{Key: key})
	wantVerified(t, to)
}
