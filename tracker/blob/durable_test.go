package blob

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/disktest"
)

// onFaultyDisk puts a new Pack onto a disk that fails when it is told to.
func onFaultyDisk(p *Pack) *disktest.Disk {
	d := &disktest.Disk{File: p.file.(*os.File), Durable: bytes.Clone(fileMagic)}
	p.file = d
	return d
}

// blobsOf returns blobs of several kinds: small, compressible, of several chunks.
func blobsOf(seed byte) [][]byte {
	return [][]byte{randomBytes(seed, 100), bytes.Repeat([]byte("abc"), 5000), randomBytes(seed+1, 300_000), randomBytes(seed+2, 3<<20)}
}

// TestSyncBehindAFailedOne syncs again after a failure: what is told to be durable is.
func TestSyncBehindAFailedOne(t *testing.T) {
	bulk := NewBulk(t.TempDir(), OpenStore(t.TempDir()))
	first := putReader(t, bulk, []byte("makes the pack"))
	d := onFaultyDisk(bulk.pack)
	want := map[tracker.Digest][]byte{first: []byte("makes the pack")}
	for round := range byte(4) {
		for _, b := range blobsOf(10 * round) {
			want[putReader(t, bulk, b)] = b
		}
		if round%2 == 0 {
			d.Fail = syscall.EIO
			if err := bulk.Sync(); !errors.Is(err, syscall.EIO) {
				t.Fatalf("sync on a broken disk: %v", err)
			}
		}
		if err := bulk.Sync(); err != nil {
			t.Fatal(err)
		}
		cut := OpenStore(t.TempDir())
		if err := os.WriteFile(filepath.Join(cut.dir, "0.pack"), d.Durable, 0o644); err != nil {
			t.Fatal(err)
		}
		for digest, b := range want {
			if got, err := cut.Get(digest); err != nil || !bytes.Equal(got, b) {
				t.Fatalf("round %d, a blob of %d bytes after a power cut: %d, %v", round, len(b), len(got), err)
			}
		}
	}
	closeBulk(t, bulk)
}

// TestForgottenBytes has the system forget what it could not write: nobody tells that it is durable, ever.
func TestForgottenBytes(t *testing.T) {
	dir := t.TempDir()
	bulk := NewBulk(dir, OpenStore(dir))
	kept := putReader(t, bulk, []byte("kept"))
	d := onFaultyDisk(bulk.pack)
	if err := bulk.Sync(); err != nil {
		t.Fatal(err)
	}
	lost := putReader(t, bulk, randomBytes(1, 5000))
	d.Fail, d.Forget = syscall.EIO, true
	for n, want := range []error{syscall.EIO, ErrLost, ErrLost} {
		if err := bulk.Sync(); !errors.Is(err, want) {
			t.Errorf("sync %d: %v, want %v", n, err, want)
		}
	}
	if err := bulk.Close(); !errors.Is(err, ErrLost) {
		t.Errorf("close: %v", err)
	}
	next := NewBulk(dir, OpenStore(dir))
	release, err := next.Hold()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if !next.known.Has(kept) || next.known.Has(lost) {
		t.Errorf("what is kept is known: %v, what is lost: %v", next.known.Has(kept), next.known.Has(lost))
	}
}
