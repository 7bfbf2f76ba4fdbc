package build

import (
	"os"
	"path/filepath"
	"slices"
)

// A built is an executable that was made, and of which cells.
type built struct {
	digest string
	path   string
	cells  []string
	unseen string // why it does not tell which files it opens
}

// shelf keeps the executables that were used last; a program that links XLA has tens of megabytes.
type shelf struct {
	list []*built // used last comes last
}

const shelfSize = 16

// get finds an executable and takes note of its use.
func (s *shelf) get(digest string) *built {
	i := slices.IndexFunc(s.list, func(b *built) bool { return b.digest == digest })
	if i < 0 {
		return nil
	}
	b := s.list[i]
	s.list = slices.Delete(s.list, i, i+1)
	if _, err := os.Stat(b.path); err != nil {
		return nil
	}
	s.list = append(s.list, b)
	return b
}

// put takes in an executable, in the place of one that was made of the same before.
func (s *shelf) put(b *built) {
	s.list = slices.DeleteFunc(s.list, func(old *built) bool { return old.digest == b.digest })
	s.list = append(s.list, b)
	if len(s.list) > shelfSize {
		os.RemoveAll(filepath.Dir(s.list[0].path))
		s.list = s.list[1:]
	}
}

// outputPath makes a folder for a new executable. It is called like the module, as GoNB's is.
func (j *job) outputPath(digest string) (string, error) {
	dir := filepath.Join(j.opts.Dir, ".gemba", digest)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	name := j.opts.Module
	if j.request.Wasm != nil {
		name = WasmName
	} else if j.store.Toolchain.GOHOSTOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(dir, name), nil
}
