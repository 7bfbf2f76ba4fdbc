package build

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// writeFile writes a file that other sessions may read at the same time: they see the old one or the new one.
func writeFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	f, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// How much is kept between sessions: a store for each set of modules and flags in use, a copy of gonb, about a megabyte,
// for each of its releases and each state of one that is being worked on.
const (
	keptStores   = 64
	keptOverlays = 24
)

// use notes that files kept between sessions are of use: others go first.
func (b *Builder) use(paths ...string) {
	now := b.opts.Now()
	for _, path := range paths {
		os.Chtimes(path, now, now)
	}
}

// prune removes the files and folders of a folder that were not used for longest, all but so many.
func prune(dir string, kept int) {
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) <= kept {
		return
	}
	changed := map[string]time.Time{}
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			changed[e.Name()] = info.ModTime()
		}
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return changed[b.Name()].Compare(changed[a.Name()]) })
	for _, e := range entries[kept:] {
		os.RemoveAll(filepath.Join(dir, e.Name()))
	}
}
