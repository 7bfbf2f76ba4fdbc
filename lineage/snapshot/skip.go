package snapshot

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/gemba-ml/gemba/lineage/files"
)

// skipped is a folder that is left out.
type skipped struct {
	path          string
	inode, device uint64 // zero where the system does not tell
}

// skipAll finds the folders that are left out. It refuses to take what is inside one of them: path.
func (t *taker) skipAll(path string) error {
	for _, skip := range t.Skip {
		info, err := os.Stat(skip)
		if err != nil {
			continue // what is not there is not met
		}
		for at := path; ; at = filepath.Dir(at) {
			if here, err := os.Stat(at); err == nil && os.SameFile(here, info) {
				return fmt.Errorf("%w of yours: it is in the ledger %s itself", ErrNothing, skip)
			}
			if at == filepath.Dir(at) {
				break
			}
		}
		t.skipped = append(t.skipped, identify(skip))
	}
	return nil
}

func identify(path string) skipped {
	s := skipped{path: path}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		s.path = real
	}
	if abs, err := filepath.Abs(s.path); err == nil {
		s.path = abs
	}
	if root, err := files.OpenRoot(path); err == nil {
		defer func() { _ = root.Close() }()
		if e, err := root.Stat("."); err == nil {
			s.inode, s.device = e.Inode, e.Device
		}
	}
	return s
}

// leftOut reports whether a thing in the folder at path is none of the user's data.
func (t *taker) leftOut(path string, e *files.Entry) bool {
	if e.Name == ".git" && !t.Git {
		return true
	}
	return e.Mode.IsDir() && slices.ContainsFunc(t.skipped, func(s skipped) bool {
		if s.inode != 0 {
			return s.inode == e.Inode && s.device == e.Device
		}
		return s.path == filepath.Join(t.path, filepath.FromSlash(path), e.Name)
	})
}
