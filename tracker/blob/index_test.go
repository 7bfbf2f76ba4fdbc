package blob

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

// manyBlobs stores enough blobs for an index, the number i holding i, and a large one.
func manyBlobs(t *testing.T) (dir string, large []byte) {
	t.Helper()
	dir, large = t.TempDir(), randomBytes(1, 3<<20)
	bulk := NewBulk(dir, OpenStore(dir))
	for i := range indexFrom {
		if _, err := bulk.Put(numbered(i)); err != nil {
			t.Fatal(err)
		}
	}
	putReader(t, bulk, large)
	closeBulk(t, bulk)
	return dir, large
}

func numbered(i int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(i)) }

// wantMany makes sure that a store finds what manyBlobs stored, and nothing else.
func wantMany(t *testing.T, dir string, large []byte) *Store {
	t.Helper()
	store := OpenStore(dir)
	mustGet(t, store, tracker.DigestOf(large), large)
	for i := 0; i < indexFrom; i += 97 {
		mustGet(t, store, tracker.DigestOf(numbered(i)), numbered(i))
	}
	if _, err := store.Get(tracker.DigestOf([]byte("none"))); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", err)
	}
	return store
}

func TestIndexIsUsed(t *testing.T) {
	dir, large := manyBlobs(t)
	store := wantMany(t, dir, large)
	if len(store.indexed) != 1 || len(store.where) != 0 {
		t.Fatalf("%d indexes, and %d blobs found by reading the pack", len(store.indexed), len(store.where))
	}
	seen := 0
	from := openPack(t, onlyPack(t, dir))
	if _, err := from.Frames(func(f Frame) error {
		if got, err := store.Stat(f.Digest); err != nil || got != f {
			t.Errorf("index tells %+v, %v; want %+v", got, err, f)
		}
		seen++
		return nil
	}, nil); err != nil || seen < indexFrom {
		t.Errorf("%d frames, %v", seen, err)
	}
}

// TestIndexMayBeWrong harms the index in every way: the pack is read instead.
func TestIndexMayBeWrong(t *testing.T) {
	dir, large := manyBlobs(t)
	path := indexName(onlyPack(t, dir))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"empty":      {},
		"short":      good[:len(good)-1],
		"other":      append([]byte("gembaix2"), good[8:]...),
		"changed":    append(append([]byte{}, good[:5000]...), append([]byte{good[5000] ^ 1}, good[5001:]...)...),
		"only zeros": make([]byte, len(good)),
	} {
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if store := wantMany(t, dir, large); len(store.indexed) != 0 {
			t.Errorf("%s: the index was used", name)
		}
	}
	if err := RemovePack(onlyPack(t, dir)); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) != 0 {
		t.Errorf("%s are left, %v", strings.Join(left, ", "), err)
	}
}

// TestPackGrowsBehindIndex adds to a pack that has an index, as nobody does, and cuts one shorter.
func TestPackGrowsBehindIndex(t *testing.T) {
	dir, large := manyBlobs(t)
	pack := onlyPack(t, dir)
	old, err := os.ReadFile(pack)
	if err != nil {
		t.Fatal(err)
	}
	more := []byte("more")
	f := Frame{Digest: tracker.DigestOf(more), Raw: 4, Stored: 4}
	if err := os.WriteFile(pack, append(f.appendHeader(old), more...), 0o644); err != nil {
		t.Fatal(err)
	}
	store := wantMany(t, dir, large)
	mustGet(t, store, f.Digest, more)
	if len(store.indexed) != 1 {
		t.Error("the index was not used")
	}
	if err := os.Truncate(pack, int64(len(old)-1)); err != nil {
		t.Fatal(err)
	}
	if store := OpenStore(dir); store.Has(f.Digest) || store.Refresh() != nil || len(store.indexed) != 0 {
		t.Error("an index that covers more than its pack has was used")
	}
}
