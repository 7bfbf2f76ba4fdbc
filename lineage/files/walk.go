// Package files walks over folders fast, and tells of each file what a later walk needs to see that it
// changed. It opens no file and knows no digest.
package files

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Entry is a file, folder, link or anything else in a folder.
type Entry struct {
	Name    string // as the system has it: any bytes but / and NUL
	Mode    fs.FileMode
	Size    int64
	ModTime time.Time
	Change  time.Time // of the inode (ctime), zero where the system does not tell
	Inode   uint64
	Device  uint64
}

// Folder is one folder and what is in it.
type Folder struct {
	Path    string // relative to the root, slash-separated, "." for the root itself
	Entries []Entry
	Err     error // why it could not be read, or not wholly
}

// Walk calls visit for root and every folder below it, parents first, with entries sorted by the bytes of
// their names. Visit returns the names of the folders to go into; nil for all of them. Links are not followed.
func Walk(root string, visit func(*Folder) (into func(name string) bool)) error {
	info, err := os.Stat(root)
	if err != nil {
		return fmt.Errorf("walk folder: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("walk folder: %s is not a folder", root)
	}
	walk(root, ".", visit)
	return nil
}

func walk(root, path string, visit func(*Folder) func(string) bool) {
	f := &Folder{Path: path}
	f.Entries, f.Err = Read(filepath.Join(root, filepath.FromSlash(path)))
	into := visit(f)
	for _, e := range f.Entries {
		if e.Mode.IsDir() && (into == nil || into(e.Name)) {
			walk(root, join(path, e.Name), visit)
		}
	}
}

func join(path, name string) string {
	if path == "." {
		return name
	}
	return path + "/" + name
}
