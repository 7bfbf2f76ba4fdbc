package gc

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker/blob"
)

// temporary is how files of a ledger are called until they are whole (see FORMAT.md).
var temporary = regexp.MustCompile(`^\..+\.[0-9]+$`)

// abandoned is how old such a file is when its writer is surely gone: each is written in one go.
const abandoned = time.Hour

// tidy removes from the ledger in dir what killed processes left, and settles the packs. Only one process does so at a time.
func tidy(dir string) error {
	packs := filepath.Join(dir, "packs")
	_ = blob.Settle(packs) // what cannot be settled counts as in use
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return ignoreGone(err)
		}
		if unused, err := isLeftover(packs, path, d); err != nil || !unused {
			return ignoreGone(err)
		}
		return ignoreGone(os.Remove(path))
	})
	if err != nil {
		return fmt.Errorf("remove what killed processes left: %w", err)
	}
	return nil
}

// isLeftover reports whether nobody needs a file, whenever it is looked at.
func isLeftover(packs, path string, d fs.DirEntry) (bool, error) {
	if temporary.MatchString(d.Name()) {
		info, err := d.Info()
		return err == nil && time.Since(info.ModTime()) > abandoned, err // both by the clock of the machine
	}
	if filepath.Dir(path) != packs {
		return false, nil
	}
	if strings.HasPrefix(d.Name(), ".") && strings.HasSuffix(d.Name(), unfinished) {
		return true, nil // only one collects at a time
	}
	of, isOf := blob.PackOf(d.Name())
	if !isOf {
		return false, nil
	}
	_, err := os.Lstat(filepath.Join(packs, of)) // a pack is made before what tells of it
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return false, err
}
