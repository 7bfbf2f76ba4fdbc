package remote

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// bundled writes a bundle of the first journal of a ledger of two.
func bundled(t *testing.T) (path, from string, key *journal.Key) {
	t.Helper()
	key, from = newKey(t), filepath.Join(t.TempDir(), ".gemba")
	record(t, from, key, 2)
	record(t, from, key, 3)
	ledger, err := journal.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := ledger.Journals()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := WriteBundle(t.Context(), from, ids[:1], key, &out, epoch); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "run.gemba")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, from, key
}

func TestBundle(t *testing.T) {
	path, _, key := bundled(t)
	b, err := OpenBundle(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	if b.Key != key.ID() {
		t.Errorf("signed by %s", b.Key)
	}
	to := filepath.Join(t.TempDir(), ".gemba")
	r := pulled(t, to, b, PullOptions{Key: newKey(t)})
	if r.Journals != 1 || len(r.Problems) > 0 {
		t.Errorf("pulled %+v", r)
	}
	wantVerified(t, to)
}

// TestAlteredBundles alters a bundle in every way that a thief or an accident might: all are refused before anything
// of them is used.
func TestAlteredBundles(t *testing.T) {
	path, _, _ := bundled(t)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name string, b []byte) {
		t.Helper()
		bad := filepath.Join(t.TempDir(), "bad.gemba")
		if err := os.WriteFile(bad, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if b, err := OpenBundle(bad); !errors.Is(err, ErrCorrupt) && !errors.Is(err, journal.ErrCorrupt) {
			t.Errorf("%s: %v, %v", name, b, err)
		}
	}
	for at := 600; at < len(good)-2048; at += len(good) / 60 { // the first header names the list; the end is padding
		bad := bytes.Clone(good)
		bad[at] ^= 4
		if same(good, bad) {
			continue // padding
		}
		refused("a flipped bit", bad)
	}
	for _, n := range []int{0, 100, 512, len(good) / 2, len(good) - 4096} {
		refused("cut short", good[:n])
	}
	refused("a climbing path", retar(t, good, func(h *tar.Header) { h.Name = "../../" + h.Name }, ""))
	refused("a link", retar(t, good, func(h *tar.Header) { h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, "/etc/passwd", 0 }, ""))
	refused("one object more", retar(t, good, func(*tar.Header) {}, "journals/"+tracker.NewID().String()+"/000000000001.checkpoint"))
	refused("one object twice", retar(t, good, func(*tar.Header) {}, formatName))
}

// same reports whether two bundles hold the same.
func same(a, b []byte) bool {
	x, y := tar.NewReader(bytes.NewReader(a)), tar.NewReader(bytes.NewReader(b))
	for {
		h, errA := x.Next()
		k, errB := y.Next()
		if errA != nil || errB != nil {
			return errA == errB
		}
		if h.Name != k.Name || h.Size != k.Size || h.Typeflag != k.Typeflag {
			return false
		}
		m, _ := io.ReadAll(x)
		n, _ := io.ReadAll(y)
		if !bytes.Equal(m, n) {
			return false
		}
	}
}

// retar writes a bundle anew with other headers behind the list, and one member more.
func retar(t *testing.T, good []byte, change func(*tar.Header), more string) []byte {
	t.Helper()
	var out bytes.Buffer
	r, w := tar.NewReader(bytes.NewReader(good)), tar.NewWriter(&out)
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Name != manifestName {
			change(h)
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			_, err = io.Copy(w, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if more != "" {
		if err := addMember(w, more, 1, bytes.NewReader([]byte("x")), epoch); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
