package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// newKey makes a key as a user's first run does.
func newKey(t testing.TB) *journal.Key {
	t.Helper()
	key, err := journal.LoadKey(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// record writes a session of some cells into the ledger at dir, with a snapshot of a file that is stored in chunks.
func record(t testing.TB, dir string, key *journal.Key, cells int) {
	t.Helper()
	r := tracker.NewRecorder(tracker.Options{Open: func() (tracker.Journal, error) {
		return journal.Create(dir, journal.Options{Key: key, Writer: "test"})
	}})
	session := tracker.NewID()
	r.Record(tracker.SessionOpened{Session: session, Time: epoch, Engine: "go", Notebook: "lab/plot.ipynb"})
	for n := range cells {
		id := tracker.NewID()
		r.Record(tracker.CellStarted{Session: session, Execution: id, Time: epoch, Count: n + 1, Source: fmt.Sprintf("fmt.Println(%d, %q)", n, id)})
		r.Record(tracker.CellFinished{Execution: id, Time: epoch.Add(time.Second), Status: tracker.OK, Program: "package main"})
	}
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.Record(snapshot(t, dir, session))
	r.Record(tracker.SessionClosed{Session: session, Time: epoch, Reason: "done"})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// snapshot stores a large and a small file and a document that names them.
func snapshot(t testing.TB, dir string, session tracker.ID) tracker.SnapshotTaken {
	t.Helper()
	packs := filepath.Join(dir, "packs")
	bulk := blob.NewBulk(packs, blob.OpenStore(packs))
	large := make([]byte, 9<<20)
	for i := range large {
		large[i] = byte(rand.Uint32())
	}
	a, _, errA := bulk.PutReader(bytes.NewReader(large))
	b, errB := bulk.Put([]byte(tracker.NewID().String()))
	tree, errC := bulk.Put(fmt.Appendf(nil, "{\"name\":\"a\",\"digest\":%q}\n{\"name\":\"b\",\"digest\":%q}\n", a, b))
	if err := errors.Join(errA, errB, errC, bulk.Close()); err != nil {
		t.Fatal(err)
	}
	return tracker.SnapshotTaken{Snapshot: tracker.NewID(), Session: session, Time: epoch, Name: "train", Tree: tree, Files: 2, Bytes: int64(len(large))}
}

// wantVerified verifies a ledger.
func wantVerified(t testing.TB, dir string) {
	t.Helper()
	report, err := journal.Verify(context.Background(), dir)
	if err != nil || !report.OK() {
		t.Fatalf("verify %s: %+v, %v", dir, report, err)
	}
}

// cellsOf returns what a ledger knows of its cells and snapshots, but for where it is written.
func cellsOf(t testing.TB, dir string) (all []string) {
	t.Helper()
	x, err := index.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	cells, errA := x.Cells(context.Background(), index.Filter{})
	snapshots, errB := x.Snapshots(context.Background(), "")
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		all = append(all, fmt.Sprintf("%+v", c))
	}
	for _, s := range snapshots {
		all = append(all, fmt.Sprintf("%+v", s))
	}
	return all
}

func openBucket(t testing.TB, address string) Bucket {
	t.Helper()
	b, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func pushed(t testing.TB, dir string, b Bucket) Report {
	t.Helper()
	report, err := Push(t.Context(), dir, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func pulled(t testing.TB, dir string, b Bucket, o PullOptions) Report {
	t.Helper()
	o.Now = epoch
	report, err := Pull(t.Context(), dir, b, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// testRoundTrip pushes, clones, pushes more and pulls it, over any bucket.
func testRoundTrip(t *testing.T, address string) {
	theirs, ours := newKey(t), newKey(t)
	from, to := filepath.Join(t.TempDir(), ".gemba"), filepath.Join(t.TempDir(), ".gemba")
	b := openBucket(t, address)
	record(t, from, theirs, 3)
	if r := pushed(t, from, b); r.Journals != 2 || r.Missing != 0 {
		t.Errorf("pushed %+v", r)
	}
	if r := pushed(t, from, b); r.Blobs+r.Entries != 0 {
		t.Errorf("pushed again %+v", r)
	}
	if r := pulled(t, to, b, PullOptions{Key: ours}); r.Journals != 1 || len(r.Problems) > 0 {
		t.Errorf("pulled %+v", r)
	}
	wantSame(t, from, to)

	record(t, from, theirs, 2)
	record(t, to, ours, 1)
	pushed(t, from, b)
	pushed(t, to, b)
	pulled(t, to, b, PullOptions{Key: ours})
	pulled(t, from, b, PullOptions{Key: theirs})
	wantSame(t, from, to)
	if r := pulled(t, from, b, PullOptions{Key: theirs}); r.Blobs+r.Entries != 0 || len(r.Problems) > 0 {
		t.Errorf("pulled again %+v", r)
	}
}

func wantSame(t *testing.T, a, b string) {
	t.Helper()
	wantVerified(t, a)
	wantVerified(t, b)
	if diff := cmp.Diff(cellsOf(t, a), cellsOf(t, b)); diff != "" {
		t.Fatal(diff)
	}
}

func TestRoundTripThroughFolder(t *testing.T) { testRoundTrip(t, t.TempDir()) }

func TestFetch(t *testing.T) {
	key := newKey(t)
	from, to := filepath.Join(t.TempDir(), ".gemba"), filepath.Join(t.TempDir(), ".gemba")
	record(t, from, key, 3)
	b := openBucket(t, t.TempDir())
	pushed(t, from, b)
	pulled(t, to, b, PullOptions{Key: key, NoBlobs: true})
	if packs, err := blob.PackNames(filepath.Join(to, "packs")); err != nil || len(packs) != 0 {
		t.Fatalf("packs %v, %v", packs, err)
	}
	there, here := blob.OpenStore(filepath.Join(from, "packs")), blob.OpenStore(filepath.Join(to, "packs"))
	f, err := NewFetcher(t.Context(), to, b, here)
	if err != nil {
		t.Fatal(err)
	}
	var all []tracker.Digest
	err = there.Scan(func(_ string, frame blob.Frame) error { all = append(all, frame.Digest); return nil }, func(string, error) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Fetch(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		want, err := there.Get(d)
		got, gotErr := here.Get(d)
		if err != nil || gotErr != nil || !bytes.Equal(want, got) {
			t.Errorf("blob %s: %v, %v", d, err, gotErr)
		}
	}
	wantVerified(t, to)
	if err := f.Fetch(t.Context(), tracker.DigestOf([]byte("nowhere"))); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// testFlipped flips a byte in each file of a remote that is an object, one at a time: none goes unseen, and nothing
// wrong gets in. The file's bytes are an object's where is says so.
func testFlipped(t *testing.T, address, folder string, is func(path string) bool) {
	key := newKey(t)
	from := filepath.Join(t.TempDir(), ".gemba")
	record(t, from, key, 2)
	pushed(t, from, openBucket(t, address))
	flipped := 0
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !is(path) {
			return err
		}
		flipped++
		defer flip(t, path)()
		b := quick(openBucket(t, address))
		to := filepath.Join(t.TempDir(), ".gemba")
		report, err := Pull(t.Context(), to, b, PullOptions{Key: key, Now: epoch})
		if err == nil && len(report.Problems) == 0 {
			t.Errorf("a flipped byte in %s goes unseen: %+v", path, report)
		}
		if _, err := os.Stat(filepath.Join(to, "format")); err == nil {
			wantVerified(t, to)
		}
		return nil
	})
	if err != nil || flipped < 7 { // format, a pack and its list, two journals and their checkpoints
		t.Fatalf("flipped bytes in %d objects, %v", flipped, err)
	}
}

// flip changes a bit of a file, in place, and returns what changes it back.
func flip(t *testing.T, path string) (back func()) {
	t.Helper()
	write := func(b []byte, at int) {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			_, err = file.WriteAt(b[at:at+1], int64(at))
			err = errors.Join(err, file.Close())
		}
		if err != nil {
			t.Error(err)
		}
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := rand.IntN(len(good))
	bad := bytes.Clone(good)
	bad[at] ^= 1 << rand.IntN(8)
	write(bad, at)
	return func() { write(good, at) }
}

func TestFlippedByteInFolder(t *testing.T) {
	folder := t.TempDir()
	testFlipped(t, folder, folder, func(string) bool { return true })
}

// TestTakenAway removes a journal from a remote: the ledger-wide journal that was pushed with it tells.
func TestTakenAway(t *testing.T) {
	key, folder := newKey(t), t.TempDir()
	from, to := filepath.Join(t.TempDir(), ".gemba"), filepath.Join(t.TempDir(), ".gemba")
	record(t, from, key, 2)
	record(t, from, key, 2)
	pushed(t, from, openBucket(t, folder))
	gone, err := filepath.Glob(filepath.Join(folder, "journals", "*"))
	if err != nil || len(gone) != 2 {
		t.Fatal(gone, err)
	}
	if err := os.RemoveAll(gone[0]); err != nil {
		t.Fatal(err)
	}
	r := pulled(t, to, openBucket(t, folder), PullOptions{Key: key})
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0], filepath.Base(gone[0])) {
		t.Errorf("problems are %q", r.Problems)
	}
	wantVerified(t, to)
}

func TestOpenRefuses(t *testing.T) {
	for _, address := range []string{"", "ftp://somewhere", "s3://bucket?access_key_id=x&secret=y", "s3://user:secret@bucket"} {
		b, err := Open(t.Context(), address)
		if !errors.Is(err, ErrURL) || strings.Contains(err.Error(), "secret=y") || strings.Contains(err.Error(), "user:secret") {
			t.Errorf("open %q: %v, %v", address, b, err)
		}
	}
}

func TestNotOurs(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "thesis.tex"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	from := filepath.Join(t.TempDir(), ".gemba")
	record(t, from, newKey(t), 1)
	if _, err := Push(t.Context(), from, openBucket(t, folder), Options{}); !errors.Is(err, ErrNotOurs) {
		t.Errorf("pushed into a folder of other things: %v", err)
	}
	if _, err := Pull(t.Context(), filepath.Join(t.TempDir(), "new"), openBucket(t, t.TempDir()), PullOptions{}); !errors.Is(err, ErrNotOurs) {
		t.Errorf("pulled from an empty folder: %v", err)
	}
}

// section returns a body for Put.
func section(text string) *io.SectionReader {
	return io.NewSectionReader(strings.NewReader(text), 0, int64(len(text)))
}
