package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
)

// Folder is a folder that is read, and nothing outside of it: a path or a link that leads out is refused.
type Folder struct {
	Path string
	root *os.Root
	ctx  context.Context
	look func(files, bytes int64) // told of what was read
}

// OpenFolder opens the folder at a path, or the one that holds the file at it; then name is the file's. look, when it is not nil, is told of
// each file that is opened and of the bytes that are read.
func OpenFolder(ctx context.Context, at string, look func(files, bytes int64)) (f *Folder, name string, err error) {
	info, err := os.Stat(at)
	if err != nil {
		return nil, "", err
	}
	dir, name := at, "."
	if !info.IsDir() {
		dir, name = filepath.Dir(at), filepath.Base(at)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, "", err
	}
	if look == nil {
		look = func(int64, int64) {}
	}
	return &Folder{Path: dir, root: root, ctx: ctx, look: look}, name, nil
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Context is that of the import.
func (f *Folder) Context() context.Context { return f.ctx }

// at names a file in messages.
func (f *Folder) at(name string) string { return filepath.Join(f.Path, filepath.FromSlash(name)) }

// Open opens a regular file.
func (f *Folder) Open(name string) (*Reading, error) {
	if err := f.ctx.Err(); err != nil {
		return nil, stop{err}
	}
	info, err := f.root.Stat(filepath.FromSlash(name)) // asked first: opening a pipe would wait
	if err != nil {
		return nil, f.fault(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, damaged(f.at(name), "it is no regular file")
	}
	file, err := f.root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, f.fault(name, err)
	}
	f.look(1, 0)
	return &Reading{File: file, folder: f, Size: info.Size()}, nil
}

// fault names the file. A path that leads out of the folder is damage.
func (f *Folder) fault(name string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	if strings.Contains(err.Error(), "escapes") { // os.Root has no name for this error
		return damaged(f.at(name), "it leads out of the folder that is imported")
	}
	return fmt.Errorf("%s: %w", f.at(name), err)
}

// Reading is an open file of a Folder.
type Reading struct {
	*os.File
	Size   int64
	folder *Folder
}

// Read counts what is read, and ends with the import.
func (r *Reading) Read(p []byte) (int, error) {
	if err := r.folder.ctx.Err(); err != nil {
		return 0, stop{err}
	}
	n, err := r.File.Read(p)
	r.folder.look(0, int64(n))
	return n, err
}

// maxText bounds a file that is read whole, in bytes.
const maxText = 64 << 20

// text reads a file whole.
func (f *Folder) text(name string) ([]byte, error) {
	r, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if r.Size > maxText {
		return nil, damaged(f.at(name), "it has %d bytes, and %d at most are read", r.Size, maxText)
	}
	b, err := io.ReadAll(io.LimitReader(r, maxText))
	if err != nil {
		return nil, f.fault(name, err)
	}
	return b, nil
}

// list returns what is in a folder, by name; nothing when there is no such folder.
func (f *Folder) list(dir string) ([]fs.DirEntry, error) {
	d, err := f.root.Open(filepath.FromSlash(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, f.fault(dir, err)
	}
	defer d.Close()
	all, err := d.ReadDir(-1)
	if err != nil {
		return nil, f.fault(dir, err)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name() < all[j].Name() })
	return all, nil
}

// folders returns the names of the folders in a folder.
func (f *Folder) folders(dir string) (names []string, err error) {
	all, err := f.list(dir)
	for _, d := range all {
		if f.isDir(path.Join(dir, d.Name()), d) {
			names = append(names, d.Name())
		}
	}
	return names, err
}

// isDir reports whether an entry is a folder, or a link to one.
func (f *Folder) isDir(name string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink == 0 {
		return d.IsDir()
	}
	info, err := f.root.Stat(filepath.FromSlash(name))
	return err == nil && info.IsDir()
}

// has reports whether there is something of that name.
func (f *Folder) has(name string) bool {
	_, err := f.root.Stat(filepath.FromSlash(name))
	return err == nil
}

// maxDepth is how many folders deep files are looked for: links may lead in circles.
const maxDepth = 64

// files returns the paths of all files below a folder, relative to it, links to files too.
func (f *Folder) files(dir string) (names []string, err error) {
	return names, f.walk(dir, "", 0, &names)
}

func (f *Folder) walk(dir, below string, depth int, names *[]string) error {
	if err := f.ctx.Err(); err != nil {
		return stop{err}
	}
	if depth > maxDepth {
		return damaged(f.at(path.Join(dir, below)), "folders are more than %d deep in each other", maxDepth)
	}
	all, err := f.list(path.Join(dir, below))
	if err != nil {
		return err
	}
	for _, d := range all {
		name := path.Join(below, d.Name())
		if f.isDir(path.Join(dir, name), d) {
			if err := f.walk(dir, name, depth+1, names); err != nil {
				return err
			}
			continue
		}
		*names = append(*names, name)
	}
	return nil
}

// kept returns the files below a folder as files of a run, below a path.
func (f *Folder) kept(dir, under string) ([]File, error) {
	names, err := f.files(dir)
	files := make([]File, 0, len(names))
	for _, name := range names {
		files = append(files, f.file(path.Join(dir, name), path.Join(under, name)))
	}
	return files, err
}

// file is a file of the folder as one of a run.
func (f *Folder) file(name, as string) File {
	return File{Path: as, Open: func() (io.ReadCloser, error) { return f.Open(name) }}
}

// Size returns how many files there are below a folder, and how many bytes they have, for a progress bar.
func (f *Folder) Size(name string) (files, bytes int64) {
	_ = fs.WalkDir(f.root.FS(), name, func(_ string, d fs.DirEntry, err error) error { // what cannot be read is told when it is
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				files, bytes = files+1, bytes+info.Size()
			}
		}
		return f.ctx.Err()
	})
	return files, bytes
}

// baseName is the last part of a path, in full.
func baseName(at string) string {
	if abs, err := filepath.Abs(at); err == nil {
		at = abs
	}
	return filepath.Base(at)
}
