package journal

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// chunked is a ledger with a blob of several chunks, whose recipe is at the end of a pack of its own.
func chunked(t *testing.T, content []byte) (s *sample, pack string, recipe blob.Frame) {
	t.Helper()
	s = newSample(t)
	w := newWriter(t, s.dir, s.key)
	bulk := blob.NewBulk(s.packs(), blob.OpenStore(s.packs()))
	d, size, err := bulk.PutReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if err := bulk.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Append(&tracker.CellOutputsEntry{Header: w.head(), Outputs: d, Size: size, Count: 1, Messages: 1}); err != nil {
		t.Fatal(err)
	}
	closeWriter(t, w)
	err = blob.OpenStore(s.packs()).Scan(func(name string, f blob.Frame) error {
		if f.Recipe() {
			pack, recipe = filepath.Join(s.packs(), name), f
		}
		return nil
	}, func(name string, err error) { t.Error(name, err) })
	if err != nil || recipe.Digest != d {
		t.Fatalf("recipe %s of %s: %v", recipe.Digest, d, err)
	}
	return s, pack, recipe
}

// alterRecipe changes a recipe and makes its CRCs right again.
func alterRecipe(t *testing.T, pack string, f blob.Frame, alter func(recipe []byte)) {
	t.Helper()
	b, err := os.ReadFile(pack)
	if err != nil {
		t.Fatal(err)
	}
	header, recipe := b[f.Offset:f.End()-f.Stored], b[f.End()-f.Stored:f.End()]
	alter(recipe)
	binary.BigEndian.PutUint32(header[56:], crc32.ChecksumIEEE(recipe))
	binary.BigEndian.PutUint32(header[60:], crc32.ChecksumIEEE(header[:60]))
	if err := os.WriteFile(pack, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestRecipesAreVerified lets both verifiers look at blobs that are made of chunks.
func TestRecipesAreVerified(t *testing.T) {
	noise := make([]byte, 3<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	for name, test := range map[string]struct {
		content []byte
		alter   func(recipe []byte)
		want    bool // to find a problem
	}{
		"nothing":                         {noise, func([]byte) {}, false},
		"nothing, compressed":             {make([]byte, 3<<20), func([]byte) {}, false},
		"a missing chunk":                 {noise, func(b []byte) { b[5]++ }, true},
		"another length":                  {noise, func(b []byte) { b[39]++ }, true},
		"a chunk in the place of another": {noise, func(b []byte) { copy(b[:40], b[40:80]) }, true},
		"two chunks swapped": {noise, func(b []byte) {
			first := bytes.Clone(b[:40])
			copy(b, b[40:80])
			copy(b[40:], first)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, pack, recipe := chunked(t, test.content)
			alterRecipe(t, pack, recipe, test.alter)
			if found := s.found(); (len(found) > 0) != test.want {
				t.Errorf("found %q", found)
			}
			out, err := exec.CommandContext(t.Context(), python(t), "../testdata/verify.py", s.dir).CombinedOutput()
			if (err != nil) != test.want {
				t.Errorf("verify.py: %v\n%s", err, out)
			}
		})
	}
}
