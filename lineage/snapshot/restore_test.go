package snapshot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// memory is blobs that need not be honest.
type memory map[tracker.Digest][]byte

func (m memory) put(b []byte) tracker.Digest {
	d := tracker.DigestOf(b)
	m[d] = b
	return d
}

func (m memory) copy(t *testing.T, from *blob.Store, digests ...tracker.Digest) {
	t.Helper()
	for _, d := range digests {
		b, err := from.Get(d)
		if err != nil {
			t.Fatal(err)
		}
		m.put(b)
	}
}

func (m memory) Open(d tracker.Digest) (io.ReadCloser, int64, error) {
	b, ok := m[d]
	if ok && b == nil {
		return nil, 0, fmt.Errorf("open blob: %w", ErrRemoved)
	}
	if !ok {
		return nil, 0, blob.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(b)), int64(len(b)), nil
}

func restore(t *testing.T, blobs Blobs, tree tracker.Digest, dir string) (Restored, error) {
	t.Helper()
	return Restore(context.Background(), blobs, tree, dir)
}

// TestRestoreWithoutAFile: where one file was purged, the others come back.
func TestRestoreWithoutAFile(t *testing.T) {
	purged, blobs := tracker.DigestOf([]byte("a secret")), memory{}
	blobs[purged] = nil
	here := blobs.put([]byte("here"))
	tree := blobs.put(fmt.Appendf(nil, "{\"type\":\"file\",\"name\":\"a\",\"mode\":\"0644\",\"size\":8,\"digest\":%q}\n"+
		"{\"type\":\"file\",\"name\":\"b\",\"mode\":\"0644\",\"size\":4,\"digest\":%q}\n", purged, here))
	dir := filepath.Join(t.TempDir(), "x")
	back, err := restore(t, blobs, tree, dir)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "b")); string(b) != "here" || back.Files != 1 {
		t.Errorf("%d files, b is %q: %v", back.Files, b, err)
	}
	if _, err := os.Lstat(filepath.Join(dir, "a")); err == nil || back.Missing.Unread != 1 {
		t.Errorf("a is there: %v; missing: %v", err, back.Missing)
	}
}

func TestRestore(t *testing.T) {
	b := newRoom(t)
	for i := range 60 {
		b.write(fmt.Sprintf("d%d/e%d/%d", i%4, i%7, i), strings.Repeat(fmt.Sprint("content ", i), i))
	}
	b.write("large", strings.Repeat("0123456789abcdef", 300_000))
	b.mkdir("hollow/inside")
	for path, mode := range map[string]os.FileMode{"d1": 0o700, "d2/e3": 0o555, "large": 0o400, "d0/e0/0": 0o751} {
		if err := os.Chmod(filepath.Join(b.dir, path), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(b.dir, "d2/e3"), 0o755) })
	for path, target := range map[string]string{"l1": "large", "d3/up": "../..", "hollow/nowhere": "missing"} {
		if err := os.Symlink(target, filepath.Join(b.dir, path)); err != nil {
			t.Fatal(err)
		}
	}
	r, _ := b.take()
	top := t.TempDir()
	for _, dir := range []string{"new", "deep/new", "empty"} {
		dir = filepath.Join(top, dir)
		if filepath.Base(dir) == "empty" {
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		back, err := restore(t, blob.OpenStore(b.packs), r.Tree, dir)
		if err != nil || back.Files != r.Files || back.Bytes != r.Bytes || back.Missing.Count != 0 {
			t.Errorf("%s: %+v, %v, want %+v", dir, back, err, r)
		}
		t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "d2/e3"), 0o755) })
		same, _ := b.take(reread, func(o *Options) { o.Path = dir })
		if diff := cmp.Diff(b.lines(r.Tree), b.lines(same.Tree)); diff != "" || same.Tree != r.Tree {
			t.Errorf("%s differs (-want +got):\n%s", dir, diff)
		}
	}
	if list, _ := os.ReadDir(top); len(list) != 3 {
		t.Errorf("left behind: %v", list)
	}
}

func TestRestoreNeverOverwrites(t *testing.T) {
	b := newRoom(t)
	b.write("file", "new")
	r, _ := b.take()
	busy := t.TempDir()
	if err := os.WriteFile(filepath.Join(busy, "file"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := restore(t, blob.OpenStore(b.packs), r.Tree, busy); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("error %v, want ErrNotEmpty", err)
	}
	if _, err := restore(t, blob.OpenStore(b.packs), r.Tree, filepath.Join(busy, "file")); err == nil {
		t.Error("it was restored into a file")
	}
	if kept, err := os.ReadFile(filepath.Join(busy, "file")); string(kept) != "mine" || err != nil {
		t.Errorf("the file is %q, %v", kept, err)
	}
}

// Trees that no snapshot wrote, or whose blobs are not what they are called: nothing is left.
func TestRestoreOfWhatIsWrong(t *testing.T) {
	store := memory{}
	good := store.put([]byte("good"))
	evil := tracker.DigestOf([]byte("evil"))
	store[evil] = []byte("live")
	file := func(name string, d tracker.Digest, size int64) string {
		l := Line{Name: name, Type: File, Mode: 0o644, Size: size, Digest: d}
		return string(l.append(nil))
	}
	out := Line{Name: "b", Type: Link, Target: ".."}
	for name, document := range map[string]string{
		"climbs":         strings.Replace(file("xx", good, 4), "xx", "..", 1),
		"climbs further": strings.Replace(file("xx", good, 4), "xx", "../../x", 1),
		"absolute":       strings.Replace(file("xx", good, 4), "xx", "/etc/x", 1),
		"two of a name":  file("a", good, 4) + file("a", good, 4),
		"through a link": file("a", good, 4) + string(out.append(nil)) + strings.Replace(file("c", good, 4), `"c"`, `"b/c"`, 1),
		"wrong size":     file("a", good, 4) + file("b", good, 5),
		"missing blob":   file("a", good, 4) + file("b", tracker.DigestOf([]byte("?")), 1),
		"no JSON":        file("a", good, 4) + "junk\n",
	} {
		top := t.TempDir()
		for _, dir := range []string{filepath.Join(top, "new"), filepath.Join(top, "empty")} {
			if filepath.Base(dir) == "empty" {
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if r, err := restore(t, store, store.put([]byte(document)), dir); err == nil {
				t.Errorf("%s: restored %+v", name, r)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("%s: left behind %v", name, left)
			}
		}
		if left, _ := os.ReadDir(top); len(left) != 1 {
			t.Errorf("%s: left behind %v", name, left)
		}
	}
}

// A flipped byte in a pack is found while a file is written.
func TestRestoreOfDamagedPacks(t *testing.T) {
	b := newRoom(t)
	b.write("a", strings.Repeat("a fine file ", 1000))
	r, _ := b.take()
	packs, err := filepath.Glob(filepath.Join(b.packs, "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatal(packs, err)
	}
	whole, err := os.ReadFile(packs[0])
	if err != nil {
		t.Fatal(err)
	}
	for at := 8; at < len(whole); at += 5 {
		broken := bytes.Clone(whole)
		broken[at] ^= 1
		if err := os.WriteFile(packs[0], broken, 0o644); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "out")
		if _, err := restore(t, blob.OpenStore(b.packs), r.Tree, dir); err == nil {
			t.Errorf("byte %d of %d is another one, and nobody noticed", at, len(whole))
		}
		if _, err := os.Lstat(dir); err == nil {
			t.Errorf("byte %d: something is in %s", at, dir)
		}
	}
}

func TestRestoreTellsWhatIsMissing(t *testing.T) {
	b := newRoom(t)
	b.write("kept", "x")
	b.write("large", "larger than the limit")
	r, _ := b.take(func(o *Options) { o.Limit = 5 })
	back, err := restore(t, blob.OpenStore(b.packs), r.Tree, filepath.Join(t.TempDir(), "out"))
	if err != nil || back.Files != 1 || back.Missing.Count != 1 {
		t.Errorf("restored %+v, error %v", back, err)
	}
}
