package files

import (
	"fmt"
	"io"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// File is an open regular file, to read from once.
type File struct {
	root *Root
	path string
	fd   int
}

// Open opens the regular file at path, which is relative to the root, and tells what it is like. It never waits
// for a pipe or a device; those are ErrIrregular.
func (r *Root) Open(path string) (*File, Entry, error) {
	fd, err := r.open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY)
	if err != nil {
		return nil, Entry{}, r.fault("open", path, err)
	}
	f := &File{r, path, fd}
	e, err := f.Stat()
	if err == nil && !e.Mode.IsRegular() {
		err = r.fault("open", path, ErrIrregular)
	}
	if err != nil {
		_ = f.Close()
		return nil, Entry{}, err
	}
	return f, e, nil
}

// Read reads the next bytes.
func (f *File) Read(b []byte) (int, error) {
	n, err := retry(func() (int, error) { return unix.Read(f.fd, b) })
	if err != nil {
		return 0, f.root.fault("read", f.path, err)
	}
	if n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Stat tells what the file is like now.
func (f *File) Stat() (Entry, error) {
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return Entry{}, f.root.fault("look at", f.path, err)
	}
	return entry(filepath.Base(f.path), &st), nil
}

// Holes returns how many of the file's bytes, of which there are size, are holes: zeros that take no disk.
// Where the system does not tell there are none. Reading goes on at the start.
func (f *File) Holes(size int64) (holes int64, err error) {
	for at := int64(0); at < size; {
		hole, err := unix.Seek(f.fd, at, unix.SEEK_HOLE)
		if err != nil || hole >= size {
			break
		}
		data, err := unix.Seek(f.fd, hole, unix.SEEK_DATA)
		if err != nil {
			data = size // nothing but a hole follows
		}
		holes += data - hole
		at = data
	}
	if _, err := unix.Seek(f.fd, 0, unix.SEEK_SET); err != nil {
		return 0, fmt.Errorf("look for holes: %w", f.root.fault("seek", f.path, err))
	}
	return holes, nil
}

// Close ends the use of the file.
func (f *File) Close() error {
	if f.root.Closing != nil {
		f.root.Closing(filepath.Join(f.root.path, f.path))
	}
	return unix.Close(f.fd)
}
