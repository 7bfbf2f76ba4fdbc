package snapshot

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A file whose change nothing but its content shows must not be taken from the cache.
func TestFreshFilesAreNotRemembered(t *testing.T) {
	b := newRoom(t)
	b.write("fresh", "one")
	slow := func(o *Options) { o.Window = 0 }
	b.take(slow)
	b.write("fresh", "two") // within the step of the file system's clock
	r, _ := b.take(slow)
	if r.Read != 1 {
		t.Errorf("%d files were read, want the fresh one", r.Read)
	}
	later := func(o *Options) {
		o.Window = 0
		o.Now = func() time.Time { return time.Now().Add(time.Hour) }
	}
	b.take(later)
	if r, _ = b.take(later); r.Read != 0 {
		t.Errorf("an hour later %d files were read, want none", r.Read)
	}
}

// The content tells, not the time that somebody gave to a file.
func TestTimesThatLie(t *testing.T) {
	b := newRoom(t)
	b.write("file", "one")
	path := filepath.Join(b.dir, "file")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond)
	b.take()
	b.write("file", "two")
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	cached, _ := b.take()
	reread, _ := b.take(reread)
	if cached.Tree != reread.Tree {
		t.Error("a file with the size and time of before was taken for the one of before")
	}
}

// Whatever happened to a tree, the cache gives the tree that reading all of it gives.
func TestCacheAgreesWithReading(t *testing.T) {
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 1))
		b := newRoom(t)
		for range 12 {
			for range 1 + random.IntN(12) {
				disturb(b, random)
			}
			time.Sleep(12 * time.Millisecond) // longer than the step of the file system's clock
			cached, _ := b.take()
			again, _ := b.take(reread)
			if cached.Tree != again.Tree || cached.Files != again.Files || cached.Bytes != again.Bytes {
				t.Fatalf("seed %d: with the cache %+v, without %+v", seed, cached, again)
			}
		}
	}
}

// disturb makes one change to a tree.
func disturb(b *room, random *rand.Rand) {
	name := func() string { return fmt.Sprintf("%c%d", 'a'+rune(random.IntN(3)), random.IntN(4)) }
	path := name()
	for range random.IntN(3) {
		path += "/" + name()
	}
	full := filepath.Join(b.dir, path)
	switch random.IntN(6) { // what cannot be is not
	case 0:
		_ = os.RemoveAll(full)
	case 1:
		_ = os.Rename(full, filepath.Join(b.dir, name()))
	case 2:
		_ = os.Chmod(full, 0o700)
	case 3:
		_ = os.Symlink(name(), full)
	default:
		_ = os.MkdirAll(filepath.Dir(full), 0o755)
		_ = os.WriteFile(full, fmt.Appendf(nil, "%d", random.IntN(1000)), 0o644)
	}
}

// The cache is trusted only as far as the store still has what it names.
func TestStoreThatLostPacks(t *testing.T) {
	b := newRoom(t)
	for i := range 50 {
		b.write(fmt.Sprintf("%d/%d", i%5, i), fmt.Sprint("content ", i))
	}
	time.Sleep(20 * time.Millisecond)
	first, added := b.take()
	packs, err := filepath.Glob(filepath.Join(b.packs, "*.pack"))
	if err != nil || len(packs) == 0 {
		t.Fatal(packs, err)
	}
	for _, pack := range packs {
		if err := os.Remove(pack); err != nil {
			t.Fatal(err)
		}
	}
	again, addedAgain := b.take()
	if again.Tree != first.Tree || again.Read != 50 || addedAgain != added {
		t.Errorf("first %+v and %d new bytes, again %+v and %d", first, added, again, addedAgain)
	}
	b.lines(again.Tree)
}

// A copy of the store has other files with the same blobs.
func TestStoreThatWasCopied(t *testing.T) {
	b := newRoom(t)
	for i := range 50 {
		b.write(fmt.Sprintf("%d/%d", i%5, i), fmt.Sprint("content ", i))
	}
	time.Sleep(20 * time.Millisecond)
	b.take()
	copied := b.packs + "-copy"
	if err := os.CopyFS(copied, os.DirFS(b.packs)); err != nil {
		t.Fatal(err)
	}
	b.packs = copied
	if again, added := b.take(); again.Read != 0 || added != 0 {
		t.Errorf("%+v, %d new bytes, want none", again, added)
	}
}

// A damaged cache costs time, never truth.
func TestDamagedCache(t *testing.T) {
	b := newRoom(t)
	for i := range 40 {
		b.write(fmt.Sprintf("%d/%d/%d", i%3, i%5, i), fmt.Sprint("content ", i))
	}
	time.Sleep(20 * time.Millisecond)
	want, _ := b.take()
	whole, err := os.ReadFile(b.cache)
	if err != nil {
		t.Fatal(err)
	}
	keep := func(o *Options) { o.Stamp = func() Stamp { return StampOf(b.packs) } }
	for at := 0; at < len(whole); at += 29 {
		broken := append([]byte(nil), whole...)
		broken[at] ^= byte(1 + at%255)
		if at%5 == 0 {
			broken = broken[:at]
		}
		if err := os.WriteFile(b.cache, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, _ := b.take(keep); got.Tree != want.Tree || got.Files != want.Files {
			t.Fatalf("damaged at %d: %+v, want %+v", at, got, want)
		}
	}
}

func FuzzCache(f *testing.F) {
	f.Add([]byte(cacheMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "cache")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r := openCache(path)
		defer r.close()
		for _, name := range []string{".", "a", "b"} {
			rest, found := r.enter(name)
			var o remembered
			for ok := found; ok; {
				rest, ok = o.next(rest)
			}
			if found {
				r.leave()
			}
		}
	})
}
