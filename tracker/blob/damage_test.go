package blob

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

// storeLarge stores a blob of several chunks in a new folder and returns its frame and its chunks.
func storeLarge(t *testing.T, blob []byte) (dir string, f Frame, chunks []Chunk) {
	t.Helper()
	dir = t.TempDir()
	bulk := NewBulk(dir, OpenStore(dir))
	d := putReader(t, bulk, blob)
	closeBulk(t, bulk)
	store := OpenStore(dir)
	f, err := store.Stat(d)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Recipe() || f.Raw != int64(len(blob)) {
		t.Fatalf("frame %+v is no recipe of %d bytes", f, len(blob))
	}
	if chunks, err = store.Chunks(d); err != nil {
		t.Fatal(err)
	}
	return dir, f, chunks
}

// onlyPack returns the path of the one pack in dir.
func onlyPack(t *testing.T, dir string) string {
	t.Helper()
	names, err := PackNames(dir)
	if err != nil || len(names) != 1 {
		t.Fatalf("packs %v, %v", names, err)
	}
	return filepath.Join(dir, names[0])
}

func TestCorruptChunkIsNamed(t *testing.T) {
	blob := randomBytes(1, 5<<20)
	dir, f, chunks := storeLarge(t, blob)
	bad := chunks[2].Digest
	at, err := OpenStore(dir).Stat(bad)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(onlyPack(t, dir), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	flip(t, file, at.Offset+headerSize+1000)
	_ = file.Close()
	_, err = OpenStore(dir).Get(f.Digest)
	if !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), bad.String()) || !strings.Contains(err.Error(), f.Digest.String()) {
		t.Errorf("%v, want ErrCorrupt that names both", err)
	}
	faults := check(t, dir)
	if len(faults) != 2 || !strings.Contains(faults[0].Error(), bad.String()) || !strings.Contains(faults[1].Error(), bad.String()) {
		t.Errorf("check: %v, want the chunk and the blob", faults)
	}
}

// rewrite copies a pack's frames that keep wants to another folder.
func rewrite(t *testing.T, dir string, keep func(Frame) bool) (to string) {
	t.Helper()
	to = t.TempDir()
	pack, from := newPack(t, to), openPack(t, onlyPack(t, dir))
	_, err := from.Frames(func(f Frame) error {
		if !keep(f) {
			return nil
		}
		return pack.Copy(f, from)
	}, nil)
	if err := errors.Join(err, pack.Close()); err != nil {
		t.Fatal(err)
	}
	return to
}

func openPack(t *testing.T, path string) *PackFile {
	t.Helper()
	pack, err := OpenPack(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pack.Close() })
	return pack
}

func TestMissingChunkIsNamed(t *testing.T) {
	dir, f, chunks := storeLarge(t, randomBytes(1, 5<<20))
	missing := chunks[3].Digest
	dir = rewrite(t, dir, func(f Frame) bool { return f.Digest != missing })
	if _, err := OpenStore(dir).Get(f.Digest); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), missing.String()) {
		t.Errorf("%v, want ErrNotFound that names the chunk", err)
	}
	if faults := check(t, dir); len(faults) != 1 || !strings.Contains(faults[0].Error(), missing.String()) {
		t.Errorf("check: %v, want the blob and its missing chunk", faults)
	}
}

func TestCopyKeepsFrames(t *testing.T) {
	blob := bytes.Repeat(randomBytes(1, 3<<20), 2)
	dir, f, _ := storeLarge(t, blob)
	copied := rewrite(t, dir, func(Frame) bool { return true })
	mustGet(t, OpenStore(copied), f.Digest, blob)
	was, err := os.ReadFile(onlyPack(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	is, err := os.ReadFile(onlyPack(t, copied))
	if err != nil || !bytes.Equal(was, is) {
		t.Errorf("a copy of all frames has %d other bytes, %v; want %d", len(is), err, len(was))
	}
}

// TestCopyRefusesCorruptFrames copies a small and a large frame whose payload was altered, then a good one.
func TestCopyRefusesCorruptFrames(t *testing.T) {
	for _, size := range []int{100, copyLimit + 1} {
		dir, to := t.TempDir(), t.TempDir()
		pack := newPack(t, dir)
		for _, b := range [][]byte{randomBytes(1, size), []byte("good")} {
			if _, err := pack.Put(b); err != nil {
				t.Fatal(err)
			}
		}
		if err := pack.Flush(); err != nil {
			t.Fatal(err)
		}
		flip(t, pack.file, 8+headerSize+50)
		copied, from := newPack(t, to), openPack(t, onlyPack(t, dir))
		var refused, good int
		_, err := from.Frames(func(f Frame) error {
			switch err := copied.Copy(f, from); {
			case errors.Is(err, ErrCorrupt):
				refused++
			case err != nil:
				t.Error(err)
			default:
				good++
			}
			return nil
		}, nil)
		if err := errors.Join(err, copied.Close(), pack.Close()); err != nil || refused != 1 || good != 1 {
			t.Errorf("%d bytes: refused %d, copied %d, %v; want 1 and 1", size, refused, good, err)
		}
		mustGet(t, OpenStore(to), tracker.DigestOf([]byte("good")), []byte("good"))
		if faults := check(t, to); faults != nil {
			t.Error(faults)
		}
	}
}

// TestRefusedRecipes has recipes that nothing writes: of a recipe, of itself, with other lengths, and cut short.
func TestRefusedRecipes(t *testing.T) {
	a, b := []byte("one chunk"), []byte("and another one")
	whole := append(append([]byte{}, a...), b...)
	list := []Chunk{{tracker.DigestOf(a), int64(len(a))}, {tracker.DigestOf(b), int64(len(b))}}
	good := appendRecipe(nil, list)
	outer := []Chunk{{tracker.DigestOf(whole), int64(len(whole))}}
	for name, c := range map[string]struct {
		recipe []byte
		blob   []byte
		size   int
		want   error
	}{
		"good":        {good, whole, len(whole), nil},
		"short":       {good[:chunkSize], whole, len(whole), ErrCorrupt},
		"uneven":      {good[:len(good)-1], whole, len(whole), ErrCorrupt},
		"empty":       {nil, whole, len(whole), ErrCorrupt},
		"too long":    {append(good, good...), whole, len(whole), ErrCorrupt},
		"wrong order": {appendRecipe(nil, []Chunk{list[1], list[0]}), whole, len(whole), ErrCorrupt},
		"wrong sizes": {appendRecipe(nil, []Chunk{{list[0].Digest, 10}, {list[1].Digest, 14}}), whole, len(whole), ErrCorrupt},
		"no bytes":    {appendRecipe(nil, append([]Chunk{{list[0].Digest, 0}}, list...)), whole, len(whole), ErrCorrupt},
		"itself":      {appendRecipe(nil, outer), whole, len(whole), ErrCorrupt},
		"missing":     {appendRecipe(nil, []Chunk{{tracker.DigestOf(nil), 24}}), whole, len(whole), ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			pack := newPack(t, dir)
			for _, chunk := range [][]byte{a, b} {
				if _, err := pack.Put(chunk); err != nil {
					t.Fatal(err)
				}
			}
			s, err := newSqueezer()
			if err != nil {
				t.Fatal(err)
			}
			f, payload := s.frame(tracker.DigestOf(c.blob), c.recipe, false, nil)
			f.Flags, f.Raw = flagRecipe, int64(c.size)
			if err := errors.Join(pack.add(f, payload), pack.Close()); err != nil {
				t.Fatal(err)
			}
			got, err := OpenStore(dir).Get(f.Digest)
			if !errors.Is(err, c.want) || err == nil && !bytes.Equal(got, c.blob) {
				t.Errorf("%q, %v; want %v", got, err, c.want)
			}
			if faults := check(t, dir); (len(faults) == 0) != (c.want == nil) {
				t.Errorf("check: %v", faults)
			}
		})
	}
}

// TestNestedRecipeIsRefused has a recipe whose only chunk is a recipe.
func TestNestedRecipeIsRefused(t *testing.T) {
	blob := randomBytes(1, 3<<20)
	dir, f, _ := storeLarge(t, blob)
	more := append(blob, "more"...)
	recipe := appendRecipe(nil, []Chunk{{f.Digest, f.Raw}, {tracker.DigestOf([]byte("more")), 4}})
	pack := newPack(t, dir)
	if _, err := pack.Put([]byte("more")); err != nil {
		t.Fatal(err)
	}
	s, err := newSqueezer()
	if err != nil {
		t.Fatal(err)
	}
	nested, payload := s.frame(tracker.DigestOf(more), recipe, false, nil)
	nested.Flags, nested.Raw = flagRecipe, int64(len(more))
	if err := errors.Join(pack.add(nested, payload), pack.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenStore(dir).Get(nested.Digest); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "it is a recipe") {
		t.Errorf("%v, want that a nested recipe is refused", err)
	}
}

// TestBulkKeepsChunksInOnePiece stores a blob one of whose chunks is there, but as a recipe.
func TestBulkKeepsChunksInOnePiece(t *testing.T) {
	blob := randomBytes(1, 5<<20)
	_, _, chunks := storeLarge(t, blob)
	first := blob[:chunks[0].Size]
	half := len(first) / 2
	dir := t.TempDir()
	pack := newPack(t, dir)
	s, err := newSqueezer()
	if err != nil {
		t.Fatal(err)
	}
	var list []Chunk
	for _, part := range [][]byte{first[:half], first[half:]} {
		d, err := pack.Put(part)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, Chunk{d, int64(len(part))})
	}
	f, payload := s.frame(tracker.DigestOf(first), appendRecipe(nil, list), true, nil)
	f.Flags, f.Raw = f.Flags|flagRecipe, int64(len(first))
	if err := errors.Join(pack.add(f, payload), pack.Close()); err != nil {
		t.Fatal(err)
	}
	bulk := NewBulk(dir, OpenStore(dir))
	d := putReader(t, bulk, blob)
	closeBulk(t, bulk)
	mustGet(t, OpenStore(dir), d, blob)
}

// TestPacksVanish replaces a pack by one of another name while a store reads, as garbage collection does.
func TestPacksVanish(t *testing.T) {
	blob := randomBytes(1, 6<<20)
	dir, f, chunks := storeLarge(t, blob)
	store := OpenStore(dir)
	mustGet(t, store, f.Digest, blob)
	r, _, err := store.Open(f.Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	replace := func() {
		old := onlyPack(t, dir)
		fresh := rewrite(t, dir, func(Frame) bool { return true })
		if err := os.Remove(old); err != nil {
			t.Fatal(err)
		}
		name := onlyPack(t, fresh)
		if err := os.Rename(name, filepath.Join(dir, filepath.Base(name))); err != nil {
			t.Fatal(err)
		}
	}
	replace()
	var got bytes.Buffer
	if _, err := got.ReadFrom(r); err != nil || !bytes.Equal(got.Bytes(), blob) {
		t.Errorf("reading on: %v", err)
	}
	replace()
	mustGet(t, store, f.Digest, blob)
	replace()
	if again, err := store.Chunks(f.Digest); err != nil || len(again) != len(chunks) {
		t.Errorf("%d chunks, %v; want %d", len(again), err, len(chunks))
	}
	if err := os.Remove(onlyPack(t, dir)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Get(f.Digest); !errors.Is(err, ErrNotFound) {
		t.Errorf("without packs: %v, want ErrNotFound", err)
	}
	if _, err := store.Stat(f.Digest); !errors.Is(err, ErrNotFound) {
		t.Errorf("without packs: %v, want ErrNotFound", err)
	}
}

// TestHeldBlobsAreThere collects a blob that a store knows: Bulk stores it again once it holds the packs.
func TestHeldBlobsAreThere(t *testing.T) {
	blob := randomBytes(1, 3<<20)
	dir, f, _ := storeLarge(t, blob)
	store := OpenStore(dir)
	if _, err := store.Stat(f.Digest); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(onlyPack(t, dir)); err != nil {
		t.Fatal(err)
	}
	bulk := NewBulk(dir, store)
	release, err := bulk.Hold()
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	putReader(t, bulk, blob)
	closeBulk(t, bulk)
	mustGet(t, store, f.Digest, blob)
}

// TestUnfinishedPackOfPacks cuts a pack whose last blob is a pack itself: the frames within it are not taken for the
// pack's own.
func TestUnfinishedPackOfPacks(t *testing.T) {
	inner := newPack(t, t.TempDir())
	for i := range 20 {
		if _, err := inner.Put(randomBytes(byte(i), 50_000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := inner.Close(); err != nil {
		t.Fatal(err)
	}
	bytesOf, err := os.ReadFile(inner.file.Name())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	bulk := NewBulk(dir, OpenStore(dir))
	putReader(t, bulk, bytesOf)
	closeBulk(t, bulk)
	if err := os.Truncate(onlyPack(t, dir), 600_000); err != nil {
		t.Fatal(err)
	}
	seen := 0
	if err := Check(dir, func(string, Frame, error) { seen++ }); err != nil || seen != 0 {
		t.Errorf("%d frames or faults, %v; want none", seen, err)
	}
}

// FuzzRecipe parses any bytes: what is a recipe comes out as it went in.
func FuzzRecipe(f *testing.F) {
	f.Add(appendRecipe(nil, []Chunk{{tracker.Digest{1}, 3}, {tracker.Digest{2}, 4}}), int64(7))
	f.Add([]byte{}, int64(0))
	f.Add(bytes.Repeat([]byte{0xff}, chunkSize), int64(1)<<62)
	f.Fuzz(func(t *testing.T, b []byte, size int64) {
		if size < 0 {
			return
		}
		chunks, err := parseRecipe(b, size)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Error(err)
			}
			return
		}
		sum := int64(0)
		for _, c := range chunks {
			sum += c.Size
		}
		if sum != size || !bytes.Equal(appendRecipe(nil, chunks), b) {
			t.Errorf("%d bytes of %v: other bytes", sum, chunks)
		}
	})
}
