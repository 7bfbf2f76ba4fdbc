package blob

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// samples are blobs of every way to be stored.
func samples() map[string][]byte {
	noise := make([]byte, 3<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	return map[string][]byte{
		"empty":       {},
		"small":       []byte("fmt.Println(42)"),
		"text":        bytes.Repeat([]byte("epoch 1: loss 0.5\n"), 10_000),
		"noise":       noise,
		"large":       bytes.Repeat([]byte("0123456789abcdef"), 1<<20),
		"like a pack": append(append([]byte{}, fileMagic...), Frame{Raw: 3, Stored: 3}.appendHeader(nil)...),
	}
}

func newPack(t *testing.T, dir string) *Pack {
	t.Helper()
	p, err := CreatePack(filepath.Join(dir, tracker.NewID().String()+".pack"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRoundTrip(t *testing.T) {
	puts := map[string]func(*Pack, []byte) (tracker.Digest, error){
		"Put": (*Pack).Put,
		"PutReader": func(p *Pack, b []byte) (tracker.Digest, error) {
			d, size, err := p.PutReader(bytes.NewReader(b))
			if size != int64(len(b)) {
				return d, errors.New("wrong size")
			}
			return d, err
		},
	}
	for how, put := range puts {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			p, store := newPack(t, dir), OpenStore(dir)
			for name, want := range samples() {
				d, err := put(p, want)
				if err != nil {
					t.Fatal(err)
				}
				if d != tracker.DigestOf(want) {
					t.Errorf("%s: digest %s", name, d)
				}
				if err := p.Flush(); err != nil {
					t.Fatal(err)
				}
				got, err := store.Get(d)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s: got other bytes back", name)
				}
			}
			if err := p.Close(); err != nil {
				t.Fatal(err)
			}
			if got := check(t, dir); len(got) != 0 {
				t.Errorf("check: %v", got)
			}
		})
	}
}

// check returns the faults of the packs in dir.
func check(t *testing.T, dir string) (faults []error) {
	t.Helper()
	err := Check(dir, func(_ string, _ Frame, fault error) {
		if fault != nil {
			faults = append(faults, fault)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return faults
}

func TestSameBytesAreStoredOnce(t *testing.T) {
	dir := t.TempDir()
	p := newPack(t, dir)
	text := samples()["text"]
	first, err := p.Put(text)
	if err != nil {
		t.Fatal(err)
	}
	pending := p.Pending()
	if _, err := p.Put(text); err != nil || p.Pending() != pending {
		t.Errorf("a second Put left %d bytes pending (%v), want %d", p.Pending(), err, pending)
	}
	d, _, err := p.PutReader(bytes.NewReader(text))
	if err != nil || d != first {
		t.Fatalf("PutReader: %s, %v", d, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	frames := 0
	if err := Check(dir, func(string, Frame, error) { frames++ }); err != nil || frames != 1 {
		t.Errorf("%d frames, %v; want 1", frames, err)
	}
}

// TestCut cuts a pack at every length, as a killed writer may: the blobs before the cut stay
// readable, and none is wrong.
func TestCut(t *testing.T) {
	dir := t.TempDir()
	p := newPack(t, dir)
	var digests []tracker.Digest
	var ends []int64
	for _, text := range []string{"a", "bb", "ccc"} {
		d, err := p.Put([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Flush(); err != nil {
			t.Fatal(err)
		}
		digests, ends = append(digests, d), append(ends, p.size)
	}
	whole, err := os.ReadFile(p.file.Name())
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) {
		if err := os.WriteFile(p.file.Name(), whole[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		store := OpenStore(dir)
		for i, d := range digests {
			_, err := store.Get(d)
			if kept := int64(n) >= ends[i]; kept != (err == nil) {
				t.Errorf("cut at %d: blob %d: %v", n, i, err)
			}
		}
		if faults := check(t, dir); faults != nil {
			t.Errorf("cut at %d: %v", n, faults)
		}
	}
}

func TestAlteredBytesAreNotReturned(t *testing.T) {
	for name, want := range samples() {
		if len(want) == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p := newPack(t, dir)
			d, err := p.Put(want)
			if err != nil {
				t.Fatal(err)
			}
			after, err := p.Put([]byte("the blob behind it"))
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Flush(); err != nil {
				t.Fatal(err)
			}
			middle := int64(len(fileMagic)) + headerSize + (p.size-int64(len(fileMagic))-headerSize-headerSize-18)/2
			flip(t, p.file, middle)
			store := OpenStore(dir)
			if _, err := store.Get(d); !errors.Is(err, ErrCorrupt) {
				t.Errorf("altered payload: %v, want ErrCorrupt", err)
			}
			if faults := check(t, dir); len(faults) != 1 {
				t.Errorf("altered payload: %v, want one fault", faults)
			}
			flip(t, p.file, middle)
			flip(t, p.file, int64(len(fileMagic))+20) // in the header
			store = OpenStore(dir)
			if _, err := store.Get(d); !errors.Is(err, ErrNotFound) {
				t.Errorf("altered header: %v, want ErrNotFound", err)
			}
			if _, err := store.Get(after); err != nil {
				t.Errorf("blob behind an altered header: %v", err)
			}
			if faults := check(t, dir); len(faults) == 0 {
				t.Error("altered header: no fault")
			}
		})
	}
}

func flip(t *testing.T, file disk, at int64) {
	t.Helper()
	b := make([]byte, 1)
	if _, err := file.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 0x40
	if _, err := file.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}

// failingReader ends in the middle with an error.
type failingReader struct{ left int }

func (r *failingReader) Read(b []byte) (int, error) {
	if r.left == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n := min(len(b), r.left)
	r.left -= n
	return n, nil
}

func TestFailedStreamLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	p := newPack(t, dir)
	if _, _, err := p.PutReader(&failingReader{left: 5 << 20}); err == nil {
		t.Fatal("no error")
	}
	d, err := p.Put([]byte("next"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := OpenStore(dir).Get(d)
	if diff := cmp.Diff("next", string(got)); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if faults := check(t, dir); faults != nil {
		t.Error(faults)
	}
}

func BenchmarkPutText(b *testing.B) {
	p, err := CreatePack(filepath.Join(b.TempDir(), "a.pack"))
	if err != nil {
		b.Fatal(err)
	}
	text := bytes.Repeat([]byte("step 12345 loss 0.1234 accuracy 0.987 lr 0.0001 time 12.3ms\n"), 70_000)
	b.SetBytes(int64(len(text)))
	for i := 0; b.Loop(); i++ {
		text[i%len(text)]++
		if _, err := p.Put(text); err != nil {
			b.Fatal(err)
		}
		p.buf = p.buf[:0]
	}
}

// FuzzScan looks for frames in any bytes: it ends, and the frames lie within them, one behind the other.
func FuzzScan(f *testing.F) {
	var pack []byte
	for _, raw := range []string{"", "small", strings.Repeat("text ", 100)} {
		frame := Frame{Digest: tracker.DigestOf([]byte(raw)), Raw: int64(len(raw)), Stored: int64(len(raw))}
		pack = append(frame.appendHeader(pack), raw...)
	}
	f.Add(pack)
	f.Add(pack[:len(pack)-3])
	f.Add(append([]byte("blobblob"), pack[30:]...))
	f.Fuzz(func(t *testing.T, in []byte) {
		s := &scanner{file: bytes.NewReader(in), size: int64(len(in))}
		last := int64(0)
		visit := func(frame Frame) error {
			if frame.Offset < last || frame.Stored < 0 || frame.Raw < 0 || frame.End() > s.size {
				t.Errorf("frame %+v behind %d, of %d bytes", frame, last, s.size)
			}
			last = frame.End()
			return nil
		}
		damaged := func(from, to int64) {
			if from < last || to <= from || to >= s.size {
				t.Errorf("damage from %d to %d behind %d, of %d bytes", from, to, last, s.size)
			}
			last = to
		}
		end, err := s.scan(0, visit, damaged)
		if err != nil || end < last || end > s.size {
			t.Errorf("ended at %d behind %d: %v", end, last, err)
		}
	})
}
