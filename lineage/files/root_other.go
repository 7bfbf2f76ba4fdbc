//go:build !linux

package files

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Root is a folder below which files are looked at, by paths relative to it. It may be used from several
// goroutines.
type Root struct {
	path    string
	Closing func(path string) // never called on this system, where nobody asks what is read in a folder
}

// OpenRoot opens the folder at path, which may be a link to it.
func OpenRoot(path string) (*Root, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("open folder: %s is not a folder", path)
	}
	return &Root{path: path}, nil
}

// Close ends the use of the root.
func (r *Root) Close() error { return nil }

func (r *Root) at(path string) string { return filepath.Join(r.path, filepath.FromSlash(path)) }

// Readlink returns the target of the link at path.
func (r *Root) Readlink(path string) (string, error) { return os.Readlink(r.at(path)) }

// Stat tells what is at path, relative to the root; a link is not followed.
func (r *Root) Stat(path string) (Entry, error) {
	info, err := os.Lstat(r.at(path))
	if err != nil {
		return Entry{}, err
	}
	return entry(info), nil
}

// Read returns what is in a folder, sorted by the bytes of the names. With an error it returns what could
// be read.
func Read(dir string) ([]Entry, error) { return new(reader).read(&Root{path: dir}, ".") }

// A reader reads folders one after another.
type reader struct{}

// read returns what is in the folder at path, sorted.
func (*reader) read(r *Root, path string) ([]Entry, error) {
	list, err := os.ReadDir(r.at(path))
	entries := make([]Entry, 0, len(list))
	for _, item := range list {
		info, infoErr := item.Info()
		if infoErr != nil {
			continue // it vanished meanwhile
		}
		entries = append(entries, entry(info))
	}
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return entries, err
}

func entry(info fs.FileInfo) Entry {
	e := Entry{Name: info.Name(), Mode: info.Mode(), Size: info.Size(), ModTime: info.ModTime()}
	addSystem(&e, info)
	return e
}

// File is an open regular file, to read from once.
type File struct{ file *os.File }

// Open opens the regular file at path, which is relative to the root, and tells what it is like. Pipes and
// devices are ErrIrregular.
func (r *Root) Open(path string) (*File, Entry, error) {
	if e, err := r.Stat(path); err != nil || !e.Mode.IsRegular() {
		if err == nil {
			err = &fs.PathError{Op: "open", Path: r.at(path), Err: ErrIrregular}
		}
		return nil, Entry{}, err
	}
	file, err := os.Open(r.at(path))
	if err != nil {
		return nil, Entry{}, err
	}
	f := &File{file}
	e, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, Entry{}, err
	}
	return f, e, nil
}

// Read reads the next bytes.
func (f *File) Read(b []byte) (int, error) { return f.file.Read(b) }

// Stat tells what the file is like now.
func (f *File) Stat() (Entry, error) {
	info, err := f.file.Stat()
	if err != nil {
		return Entry{}, err
	}
	return entry(info), nil
}

// Holes returns how many of the file's bytes are holes; this system is not asked.
func (f *File) Holes(int64) (int64, error) { return 0, nil }

// Close ends the use of the file.
func (f *File) Close() error { return f.file.Close() }
