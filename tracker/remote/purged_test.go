package remote

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// recordRemoved writes a tombstone into the ledger at dir.
func recordRemoved(t *testing.T, dir string, key *journal.Key, reason string, removed ...tracker.Digest) {
	t.Helper()
	r := tracker.NewRecorder(tracker.Options{Strict: true, Open: func() (tracker.Journal, error) {
		return journal.Create(dir, journal.Options{Key: key, Writer: "test"})
	}})
	e := tracker.BlobsRemoved{Time: epoch.Add(time.Hour), Reason: reason, Remote: "elsewhere", By: "test", Count: int64(len(removed))}
	for _, d := range removed {
		e.List = tracker.AppendRemoved(e.List, d, 1)
	}
	r.Record(e)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func newLedger(t *testing.T) string { t.Helper(); return filepath.Join(t.TempDir(), ".gemba") }

// has reports whether the packs of a ledger hold the bytes of a blob.
func has(t *testing.T, dir string, d tracker.Digest) bool {
	t.Helper()
	_, err := blob.OpenStore(filepath.Join(dir, "packs")).Get(d)
	if err != nil && !errors.Is(err, blob.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

// shelved is a ledger with a small, a large and a harmless file that was pushed, and the remote.
type shelved struct {
	from, shelf string
	key         *journal.Key
	bucket      Bucket
	files       []tracker.Digest
}

func shelve(t *testing.T) *shelved {
	t.Helper()
	s := &shelved{from: newLedger(t), shelf: t.TempDir(), key: newKey(t)}
	s.bucket = openBucket(t, s.shelf)
	record(t, s.from, s.key, 1)
	s.files = recordFiles(t, s.from, s.key, []byte("password: hunter2"), random(6<<20), []byte("harmless"))
	pushed(t, s.from, s.bucket)
	return s
}

// TestPurgeTravels purges blobs that a remote has: who clones, pulls or fetches then does not get them, and all else.
func TestPurgeTravels(t *testing.T) {
	s := shelve(t)
	early, late, lean := newLedger(t), newLedger(t), newLedger(t)
	pulled(t, early, s.bucket, PullOptions{Key: s.key})
	chunks, err := blob.OpenStore(filepath.Join(s.from, "packs")).Chunks(s.files[1])
	if err != nil || len(chunks) < 3 {
		t.Fatal(chunks, err)
	}
	recordRemoved(t, s.from, s.key, "purged", s.files[:2]...)
	if r := pushed(t, s.from, s.bucket); len(r.Purged) != 2 {
		t.Errorf("the push says that the remote still has %v", r.Purged)
	}
	for name, to := range map[string]string{"clone": late, "without blobs": lean} {
		r := pulled(t, to, s.bucket, PullOptions{Key: s.key, NoBlobs: to == lean})
		if r.Missing != 0 || len(r.Problems) > 0 || len(r.Purged) > 0 {
			t.Errorf("%s: %+v", name, r)
		}
		if has(t, to, s.files[0]) || has(t, to, s.files[1]) || has(t, to, chunks[0].Digest) || has(t, to, s.files[2]) != (to == late) {
			t.Errorf("%s: what is here is not what should", name)
		}
	}
	wantVerified(t, late)
	pulled(t, lean, s.bucket, PullOptions{Key: s.key})
	if has(t, lean, s.files[0]) || !has(t, lean, s.files[2]) {
		t.Error("the second pull brings what was purged, or not the rest")
	}
	wantVerified(t, lean)

	// Who had them keeps them, is told, and does not bring them anywhere.
	r := pulled(t, early, s.bucket, PullOptions{Key: s.key})
	if len(r.Purged) != 2 {
		t.Errorf("told of %v", r.Purged)
	}
	other, third := openBucket(t, t.TempDir()), newLedger(t)
	pushed(t, early, other)
	pulled(t, third, other, PullOptions{Key: s.key})
	if has(t, third, s.files[0]) || has(t, third, chunks[0].Digest) || !has(t, third, s.files[2]) {
		t.Error("what was purged travels over another remote")
	}
	wantVerified(t, third)
}

// TestPurgeBeforeEviction has somebody who does not know of a purge evict the blob later: it stays purged.
func TestPurgeBeforeEviction(t *testing.T) {
	s := shelve(t)
	recordRemoved(t, s.from, s.key, "purged", s.files[0])
	recordRemoved(t, s.from, s.key, "evicted", s.files[0], s.files[2])
	pushed(t, s.from, s.bucket)
	to := newLedger(t)
	pulled(t, to, s.bucket, PullOptions{Key: s.key})
	if has(t, to, s.files[0]) || !has(t, to, s.files[2]) {
		t.Error("what was purged came, or not what was evicted")
	}
}

// TestPurgeInBundle carries a run of which something was purged.
func TestPurgeInBundle(t *testing.T) {
	s := shelve(t)
	recordRemoved(t, s.from, s.key, "purged", s.files[0])
	ledger, err := journal.Open(s.from)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := ledger.Journals()
	if err != nil {
		t.Fatal(err)
	}
	path, to := filepath.Join(t.TempDir(), "run.gemba"), newLedger(t)
	var out bytes.Buffer
	if _, err := WriteBundle(t.Context(), s.from, ids, s.key, &out, epoch); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := OpenBundle(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	pulled(t, to, b, PullOptions{Key: s.key})
	if has(t, to, s.files[0]) || !has(t, to, s.files[2]) {
		t.Error("the bundle holds what was purged, or not the rest")
	}
	wantVerified(t, to)
}

// TestTombstonesWithoutList takes the list of what was purged away from a remote: that is said.
func TestTombstonesWithoutList(t *testing.T) {
	s := shelve(t)
	recordRemoved(t, s.from, s.key, "purged", s.files[0])
	pushed(t, s.from, s.bucket)
	list := tracker.DigestOf(tracker.AppendRemoved(nil, s.files[0], 1))
	takeAway(t, s.shelf, func(f blob.Frame) bool { return f.Digest == list })
	r := pulled(t, newLedger(t), openBucket(t, s.shelf), PullOptions{Key: s.key})
	if len(r.Problems) != 1 || r.Missing != 1 {
		t.Errorf("%+v", r)
	}
}

// TestLackingIsSaid takes blobs away from a remote before somebody pulls the entries that need them.
func TestLackingIsSaid(t *testing.T) {
	s := shelve(t)
	takeAway(t, s.shelf, func(f blob.Frame) bool { return f.Digest == s.files[2] })
	there, err := NewFetcher(t.Context(), newLedger(t), openBucket(t, s.shelf), blob.OpenStore(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	if there.Has(s.files[2]) {
		t.Fatal("the test is wrong")
	}
	to := newLedger(t)
	r := pulled(t, to, openBucket(t, s.shelf), PullOptions{Key: s.key})
	if r.Missing == 0 || len(r.Lacking) == 0 || r.Entries == 0 {
		t.Errorf("%+v", r)
	}
	report, err := journal.Verify(t.Context(), to)
	if err != nil || report.OK() {
		t.Errorf("verify finds nothing: %+v, %v", report, err)
	}
	if r := pulled(t, to, openBucket(t, s.shelf), PullOptions{Key: s.key}); r.Missing != 0 {
		t.Errorf("of entries that are not new: %+v", r)
	}
	lean := pulled(t, newLedger(t), openBucket(t, s.shelf), PullOptions{Key: s.key, NoBlobs: true})
	if lean.Missing == 0 {
		t.Errorf("without blobs: %+v", lean)
	}
}

// TestLeftElsewhereIsSaid pulls entries of which a blob was left to yet another remote.
func TestLeftElsewhereIsSaid(t *testing.T) {
	s := shelve(t)
	recordFiles(t, s.from, s.key, []byte("harmless"), []byte("more"))
	recordRemoved(t, s.from, s.key, "evicted", s.files[2])
	pushed(t, s.from, s.bucket)
	takeAway(t, s.shelf, func(f blob.Frame) bool { return f.Digest == s.files[2] })
	r := pulled(t, newLedger(t), openBucket(t, s.shelf), PullOptions{Key: s.key})
	if diff := cmp.Diff(map[string]int64{"elsewhere": 1}, r.Away); diff != "" || slices.Contains(r.Lacking, s.files[2]) {
		t.Errorf("%+v: %s", r, diff)
	}
}

// TestPushToWhatVanished pushes where there was a remote once.
func TestPushToWhatVanished(t *testing.T) {
	s := shelve(t)
	pushTo := func(b Bucket) error {
		_, err := Push(t.Context(), s.from, b, Options{Existing: true})
		return err
	}
	if err := pushTo(s.bucket); err != nil {
		t.Error(err)
	}
	empty := t.TempDir()
	if err := pushTo(openBucket(t, empty)); !errors.Is(err, ErrGone) {
		t.Errorf("got %v", err)
	}
	if files, err := os.ReadDir(empty); err != nil || len(files) > 0 {
		t.Errorf("something is there now: %v, %v", files, err)
	}
	nowhere := filepath.Join(empty, "nowhere")
	for _, address := range []string{nowhere, "file://" + nowhere} {
		if _, err := OpenExisting(t.Context(), address); !errors.Is(err, ErrGone) {
			t.Errorf("open %s: %v", address, err)
		}
	}
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("the folder was made")
	}
}
