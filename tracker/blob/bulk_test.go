package blob

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/gemba-ml/gemba/tracker"
)

func randomBytes(seed byte, n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

func putReader(t *testing.T, b *Bulk, want []byte) tracker.Digest {
	t.Helper()
	d, size, err := b.PutReader(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	if d != sha256.Sum256(want) || size != int64(len(want)) {
		t.Fatalf("stored %d bytes as %s, want %d as %x", size, d, len(want), sha256.Sum256(want))
	}
	return d
}

func mustGet(t *testing.T, s *Store, d tracker.Digest, want []byte) {
	t.Helper()
	got, err := s.Get(d)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("blob %s: got %d other bytes back, want %d", d, len(got), len(want))
	}
}

func closeBulk(t *testing.T, b *Bulk) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestBulkRoundTrip stores blobs of sizes around every border.
func TestBulkRoundTrip(t *testing.T) {
	dir := t.TempDir()
	store := OpenStore(dir)
	bulk := NewBulk(dir, store)
	blobs := make(map[tracker.Digest][]byte)
	for i, n := range []int{0, 1, smallest, minChunk, maxChunk - 1, maxChunk, maxChunk + 1, 2 * maxChunk, segmentSize - 1, segmentSize,
		segmentSize + 1, segmentSize + maxChunk, 2*segmentSize + 1, 21 << 20} {
		for _, b := range [][]byte{randomBytes(byte(i), n), make([]byte, n), bytes.Repeat([]byte("epoch 1: loss 0.5\n"), n/18)} {
			blobs[putReader(t, bulk, b)] = b
		}
	}
	closeBulk(t, bulk)
	for d, want := range blobs {
		mustGet(t, store, d, want)
		chunks, err := store.Chunks(d)
		if err != nil || (chunks != nil) != (len(want) > maxChunk) {
			t.Errorf("%d bytes are %d chunks, %v", len(want), len(chunks), err)
		}
		r, size, err := store.Open(d)
		if err != nil || size != int64(len(want)) {
			t.Fatalf("open: size %d, want %d, %v", size, len(want), err)
		}
		got, err := io.ReadAll(iotest.OneByteReader(io.LimitReader(r, 100)))
		if err != nil || !bytes.Equal(got, want[:min(100, len(want))]) {
			t.Errorf("open: %v", err)
		}
		_ = r.Close() // before its end
	}
	if faults := check(t, dir); faults != nil {
		t.Error(faults)
	}
}

// TestChunksDoNotDependOnReads cuts the same blob read in pieces of any size, and with segments that begin elsewhere.
func TestChunksDoNotDependOnReads(t *testing.T) {
	blob := randomBytes(3, 11<<20)
	var want []Chunk
	for i, r := range []io.Reader{bytes.NewReader(blob), iotest.HalfReader(bytes.NewReader(blob)), iotest.DataErrReader(bytes.NewReader(blob))} {
		dir := t.TempDir()
		store := OpenStore(dir)
		bulk := NewBulk(dir, store)
		d, _, err := bulk.PutReader(r)
		if err != nil {
			t.Fatal(err)
		}
		closeBulk(t, bulk)
		got, err := store.Chunks(d)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("reader %d: other chunks: %v, want %v", i, got, want)
		}
	}
	for at := 0; len(want) > 0; want = want[1:] {
		end := at + int(want[0].Size)
		if want[0].Digest != tracker.DigestOf(blob[at:end]) || want[0].Size > maxChunk || want[0].Size < minChunk && len(want) > 1 {
			t.Errorf("chunk at %d: %+v", at, want[0])
		}
		at = end
	}
}

// TestEdits makes random edits to a large blob: each version reads back, and stores little that is new.
func TestEdits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	store := OpenStore(dir)
	versions := make(map[tracker.Digest][]byte)
	blob := randomBytes(1, 24<<20)
	bulk := NewBulk(dir, store)
	versions[putReader(t, bulk, blob)] = blob
	closeBulk(t, bulk)
	for range 12 {
		blob = edit(r, blob)
		bulk := NewBulk(dir, store)
		versions[putReader(t, bulk, blob)] = blob
		closeBulk(t, bulk)
		if got := bulk.Stored(); got > 4e6 {
			t.Errorf("an edit stored %d bytes", got)
		}
	}
	for d, want := range versions {
		mustGet(t, store, d, want)
	}
	if faults := check(t, dir); faults != nil {
		t.Error(faults)
	}
}

// edit returns a copy of b with some bytes changed, put in or taken out at one place.
func edit(r *rand.Rand, b []byte) []byte {
	at, n := r.IntN(len(b)-1000), 1+r.IntN(1000)
	middle := [][]byte{{b[at] ^ 1}, randomBytes(byte(n), n), nil}[r.IntN(3)]
	skip := []int{1, 0, n}[r.IntN(3)]
	return slices.Concat(b[:at], middle, b[at+skip:])
}

func TestBulkStoresOnce(t *testing.T) {
	dir := t.TempDir()
	store := OpenStore(dir)
	first, second := NewBulk(dir, store), NewBulk(dir, store)
	blob := slices.Repeat(randomBytes(1, maxChunk), 5)
	small := []byte("a small one")
	putReader(t, first, blob)
	putReader(t, first, small)
	stored := first.Stored()
	putReader(t, first, blob)
	putReader(t, first, small)
	if first.Stored() != stored || stored > int64(len(blob)) {
		t.Errorf("stored %d bytes, then %d", stored, first.Stored())
	}
	closeBulk(t, first)
	putReader(t, second, blob)
	putReader(t, second, small)
	closeBulk(t, second)
	if second.Stored() != 0 || second.New() != 0 {
		t.Errorf("a second Bulk stored %d bytes again", second.Stored())
	}
}

// TestBulksAtOnce lets several goroutines of two Bulks store the same and other blobs.
func TestBulksAtOnce(t *testing.T) {
	dir := t.TempDir()
	store := OpenStore(dir)
	bulks := []*Bulk{NewBulk(dir, store), NewBulk(dir, OpenStore(dir))}
	var work sync.WaitGroup
	blobOf := func(i int) []byte { return randomBytes(byte(i%7), 1<<(i%7)*100_000) }
	for i := range 28 {
		work.Go(func() {
			if _, _, err := bulks[i%2].PutReader(bytes.NewReader(blobOf(i))); err != nil {
				t.Error(err)
			}
			if _, err := bulks[i%2].Put([]byte{byte(i % 5)}); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	for _, b := range bulks {
		closeBulk(t, b)
	}
	for i := range 7 {
		mustGet(t, store, tracker.DigestOf(blobOf(i)), blobOf(i))
	}
	if faults := check(t, dir); faults != nil {
		t.Error(faults)
	}
}

func TestFailedReadStoresNoBlob(t *testing.T) {
	dir := t.TempDir()
	bulk := NewBulk(dir, OpenStore(dir))
	for _, left := range []int{1, maxChunk + 1, 9 << 20} {
		if _, _, err := bulk.PutReader(&failingReader{left: left}); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%v, want the reader's error", err)
		}
	}
	blob := randomBytes(5, 3<<20)
	d := putReader(t, bulk, blob)
	closeBulk(t, bulk)
	mustGet(t, OpenStore(dir), d, blob)
	if faults := check(t, dir); faults != nil {
		t.Error(faults)
	}
}

// TestFullPackIsFollowedByAnother lets packs be full after a few blobs.
func TestFullPackIsFollowedByAnother(t *testing.T) {
	dir := t.TempDir()
	store := OpenStore(dir)
	bulk := NewBulk(dir, store)
	bulk.maxPack = 2 << 20
	blob := randomBytes(1, 9<<20)
	d := putReader(t, bulk, blob)
	stored := bulk.Stored()
	putReader(t, bulk, blob)
	if bulk.Stored() != stored {
		t.Error("what a full pack holds was stored again")
	}
	closeBulk(t, bulk)
	mustGet(t, store, d, blob)
	names, err := store.Packs()
	if err != nil || len(names) < 3 {
		t.Errorf("packs %v, %v", names, err)
	}
}

func TestClaim(t *testing.T) {
	dir := t.TempDir()
	bulk := NewBulk(dir, OpenStore(dir))
	if _, err := bulk.Put([]byte("one")); err != nil {
		t.Fatal(err)
	}
	names, err := PackNames(dir)
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	path := filepath.Join(dir, names[0])
	if _, err := Claim(path); !errors.Is(err, ErrInUse) {
		t.Errorf("%v, want ErrInUse", err)
	}
	closeBulk(t, bulk)
	release, err := Claim(path)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if err := os.Remove(path); err != nil {
		t.Error(err)
	}
}

// fails makes the disk fail under a Bulk until it is mended.
func fails(t *testing.T, b *Bulk) (mend func()) {
	t.Helper()
	good := b.pack.file
	closed, err := os.Open(good.Name()) // it cannot be written
	if err != nil {
		t.Fatal(err)
	}
	b.pack.file = closed
	return func() { b.pack.file = good; _ = closed.Close() }
}

// TestBulkWhileTheDiskFails puts more and more, which must neither pile up in memory nor be lost without a word.
func TestBulkWhileTheDiskFails(t *testing.T) {
	dir := t.TempDir()
	b := NewBulk(dir, OpenStore(dir))
	first, err := b.Put(randomBytes(1, 1000))
	if err != nil {
		t.Fatal(err)
	}
	mend := fails(t, b)
	failed := 0
	for n := range 200 {
		if _, err := b.Put(randomBytes(byte(n+2), 100_000)); err != nil {
			failed++
		}
	}
	if pending := b.pack.Pending(); failed == 0 || pending > 2*maxPending {
		t.Errorf("%d puts failed, %d bytes wait", failed, pending)
	}
	b.maxPack = 1 // the next one begins a new pack
	if _, err := b.Put([]byte("one more")); err == nil {
		t.Error("a pack that could not be written was ended")
	}
	if err := b.Flush(); err == nil {
		t.Error("flushed to a disk that fails")
	}
	mend()
	if err := b.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenStore(dir).Get(first); err != nil {
		t.Error(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}
