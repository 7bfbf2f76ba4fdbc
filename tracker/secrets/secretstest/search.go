package secretstest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Search looks for texts in every byte below the given folders and files: in files as they are, in whatever
// is compressed in them, and in the blobs of ledgers, however these are cut. It tells t of each one found,
// and of folders in which it finds nothing to look at.
func Search(t testing.TB, texts []string, places ...string) {
	t.Helper()
	s := &search{t: t, texts: forms(texts)}
	for _, place := range places {
		err := filepath.WalkDir(place, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir():
				return s.ledger(path)
			case !d.Type().IsRegular():
				return nil
			}
			b, err := os.ReadFile(path)
			s.look(path, b, 0)
			return err
		})
		if err != nil {
			t.Errorf("search %s: %v", place, err)
		}
	}
	if s.bytes == 0 {
		t.Errorf("nothing to search in %v", places)
	}
}

// search is one search.
type search struct {
	t     testing.TB
	texts map[string]string // by how it is written
	bytes int
}

// forms returns the ways in which texts may be written.
func forms(texts []string) map[string]string {
	all := make(map[string]string)
	for _, text := range texts {
		escaped, _ := json.Marshal(text) // strings always encode
		for _, form := range []string{
			text, string(escaped[1 : len(escaped)-1]), strconv.Quote(text)[1:], base64.StdEncoding.EncodeToString([]byte(text)),
		} {
			all[form] = text
		}
	}
	return all
}

// packed are the beginnings of compressed data, and what reads them.
var packed = []struct {
	magic string
	open  func(io.Reader) (io.Reader, error)
}{
	{"\x28\xb5\x2f\xfd", func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) }},
	{"\x1f\x8b\x08", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"\x78\x01", zlibReader}, {"\x78\x9c", zlibReader}, {"\x78\xda", zlibReader},
}

func zlibReader(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }

// look looks into bytes, and into what is compressed in them, to some depth.
func (s *search) look(where string, b []byte, depth int) {
	const deepest = 3
	s.bytes += len(b)
	for form, text := range s.texts {
		if i := bytes.Index(b, []byte(form)); i >= 0 {
			delete(s.texts, form) // told once
			s.t.Errorf("%s holds %q: …%q…", where, text, b[max(0, i-60):min(len(b), i+len(form)+20)])
		}
	}
	if depth == deepest {
		return
	}
	for _, p := range packed {
		for i := 0; ; i++ {
			n := bytes.Index(b[i:], []byte(p.magic))
			if n < 0 {
				break
			}
			i += n
			if inner := unpack(p.open, b[i:]); len(inner) > 0 {
				s.look(where+" > "+strconv.Itoa(i), inner, depth+1)
			}
		}
	}
	s.archive(where, b, depth)
}

// unpack returns as much as can be read.
func unpack(open func(io.Reader) (io.Reader, error), b []byte) []byte {
	r, err := open(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	if d, ok := r.(*zstd.Decoder); ok {
		defer d.Close()
	}
	inner, _ := io.ReadAll(r) // what follows the compressed bytes ends it with an error
	return inner
}

// archive looks into the files of a tar archive, one by one.
func (s *search) archive(where string, b []byte, depth int) {
	for r := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := r.Next()
		if err != nil {
			return
		}
		inner, _ := io.ReadAll(r)
		s.look(where+" > "+h.Name, inner, depth+1)
	}
}
