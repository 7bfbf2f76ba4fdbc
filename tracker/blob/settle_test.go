package blob

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// cutOff ends a Bulk as a power cut does, and returns its pack and the frames in it.
func cutOff(t *testing.T, b *Bulk) (path string, frames []Frame) {
	t.Helper()
	path = b.pack.file.Name()
	if err := b.pack.file.Close(); err != nil {
		t.Fatal(err)
	}
	pack, err := OpenPack(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pack.Close() }()
	if _, err := pack.Frames(func(f Frame) error { frames = append(frames, f); return nil }, nil); err != nil {
		t.Fatal(err)
	}
	return path, frames
}

// tear overwrites n bytes of a file, as a page that never came to the disk does.
func tear(t *testing.T, path string, at int64, n int) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if _, err := file.WriteAt(make([]byte, n), at); err != nil {
		t.Fatal(err)
	}
}

func hold(t *testing.T, b *Bulk) {
	t.Helper()
	release, err := b.Hold()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
}

// faults returns what Check finds wrong in the packs of dir.
func faults(t *testing.T, dir string) (all []error) {
	t.Helper()
	if err := Check(dir, func(pack string, f Frame, fault error) {
		if fault != nil {
			all = append(all, fault)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTornPage cuts the power behind a Flush: of the frames that were not synced one is torn, its header being whole.
// What was torn is stored again, what was not is kept, and nothing is wrong with the packs.
func TestTornPage(t *testing.T) {
	for name, page := range map[string]func(f Frame) (at int64, n int){
		"payload":        func(f Frame) (int64, int) { return f.Offset + headerSize + 1000, 4096 },
		"end":            func(f Frame) (int64, int) { return f.End() - 3, 3 },
		"header":         func(f Frame) (int64, int) { return f.Offset, headerSize },
		"whole":          func(f Frame) (int64, int) { return f.Offset, int(f.Size()) },
		"nothing at all": func(f Frame) (int64, int) { return f.Offset, 0 },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			blobs := [][]byte{randomBytes(1, 9000), randomBytes(2, 9000), randomBytes(3, 9000), randomBytes(4, 9000)}
			bulk := NewBulk(dir, OpenStore(dir))
			synced := putReader(t, bulk, blobs[0])
			if err := bulk.Sync(); err != nil {
				t.Fatal(err)
			}
			for _, b := range blobs[1:] {
				putReader(t, bulk, b)
			}
			if err := bulk.Flush(); err != nil {
				t.Fatal(err)
			}
			path, frames := cutOff(t, bulk)
			at, n := page(frames[2])
			tear(t, path, at, n)

			known := OpenStore(dir)
			if err := known.Refresh(); err != nil {
				t.Fatal(err)
			}
			var has []bool
			for _, f := range frames {
				has = append(has, known.Has(f.Digest))
			}
			if diff := cmp.Diff([]bool{true, false, false, false}, has); diff != "" || synced != frames[0].Digest {
				t.Errorf("believed unread: %s", diff)
			}
			next := NewBulk(dir, known)
			hold(t, next)
			for i, f := range frames {
				if torn := i == 2 && n > 0; known.Has(f.Digest) == torn {
					t.Errorf("frame %d is known: %v", i, !torn)
				}
			}
			before := next.New()
			for _, b := range blobs {
				putReader(t, next, b)
			}
			closeBulk(t, next)
			if got, want := next.New()-before, int64(min(n, 1)*9000); got != want {
				t.Errorf("%d bytes were stored again, want %d", got, want)
			}
			for _, b := range blobs {
				if got, err := known.Get(tracker.DigestOf(b)); err != nil || !bytes.Equal(got, b) {
					t.Errorf("a blob that was stored: %d bytes, %v", len(got), err)
				}
			}
			if all := faults(t, dir); len(all) > 0 {
				t.Error(all)
			}
			if notes, err := filepath.Glob(filepath.Join(dir, "*"+noteEnd)); err != nil || len(notes) > 0 {
				t.Errorf("left: %v, %v", notes, err)
			}
		})
	}
}

// TestOnlyTheTailIsRead settles a pack whose durable part is damaged: that is for verify to find, not read here.
func TestOnlyTheTailIsRead(t *testing.T) {
	dir := t.TempDir()
	bulk := NewBulk(dir, OpenStore(dir))
	old := putReader(t, bulk, randomBytes(1, 9000))
	if err := bulk.Sync(); err != nil {
		t.Fatal(err)
	}
	putReader(t, bulk, randomBytes(2, 9000))
	if err := bulk.Flush(); err != nil {
		t.Fatal(err)
	}
	path, frames := cutOff(t, bulk)
	tear(t, path, frames[0].Offset+headerSize+100, 50)
	next := NewBulk(dir, OpenStore(dir))
	hold(t, next)
	if !next.known.Has(old) || !next.known.Has(frames[1].Digest) {
		t.Error("a frame is gone")
	}
	if all := faults(t, dir); len(all) != 1 {
		t.Errorf("faults %v, want one", all)
	}
}

// TestWriterIsNotSettled holds beside a writer: its pack is its own, and what it has not synced does not count for others.
func TestWriterIsNotSettled(t *testing.T) {
	dir := t.TempDir()
	writer := NewBulk(dir, OpenStore(dir))
	d := putReader(t, writer, randomBytes(1, 9000))
	if err := writer.Flush(); err != nil {
		t.Fatal(err)
	}
	other := NewBulk(dir, OpenStore(dir))
	release, err := other.Hold()
	if err != nil || other.known.Has(d) {
		t.Errorf("another one relies on it: %v, %v", other.known.Has(d), err)
	}
	release()
	if err := writer.Sync(); err != nil {
		t.Fatal(err)
	}
	release, err = other.Hold()
	if err != nil || !other.known.Has(d) {
		t.Errorf("another one does not rely on it: %v", err)
	}
	release()
	closeBulk(t, writer)
}

// TestNotesThatTellNothing has a note torn: nothing of the pack is believed unread.
func TestNotesThatTellNothing(t *testing.T) {
	for _, text := range []string{"", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "9\n", "-0000000000000000009\n", "99999999999999999999\n"} {
		pack := filepath.Join(t.TempDir(), "a.pack")
		if got := Durable(pack); got != everything {
			t.Errorf("without a note %d bytes are durable", got)
		}
		if err := os.WriteFile(noteName(pack), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := Durable(pack); got != 0 {
			t.Errorf("%q tells %d", text, got)
		}
	}
}
