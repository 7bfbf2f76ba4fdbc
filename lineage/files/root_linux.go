package files

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Root is a folder below which files are looked at, by paths relative to it. It may be used from several
// goroutines.
type Root struct {
	path    string
	fd      int
	Closing func(path string) // told the path, with the root's, of each File that is about to be closed; may be nil
}

// OpenRoot opens the folder at path, which may be a link to it.
func OpenRoot(path string) (*Root, error) {
	fd, err := retry(func() (int, error) { return unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0) })
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", &fs.PathError{Op: "open", Path: path, Err: err})
	}
	return &Root{path: path, fd: fd}, nil
}

// Close ends the use of the root.
func (r *Root) Close() error { return unix.Close(r.fd) }

// maxPath is how many bytes of a path are given to the system at once, which takes 4095.
const maxPath = 4000

// open opens what is at path and follows no link on the way. A path that is too long is gone in parts.
func (r *Root) open(path string, flags int) (fd int, err error) {
	at := r.fd
	for err == nil && len(path) > maxPath {
		cut := strings.LastIndexByte(path[:maxPath], '/')
		if cut < 0 {
			break
		}
		fd, err = openBelow(at, path[:cut], unix.O_PATH|unix.O_DIRECTORY)
		if at != r.fd {
			_ = unix.Close(at)
		}
		at, path = fd, path[cut+1:]
	}
	if err != nil {
		return -1, err
	}
	fd, err = openBelow(at, path, flags)
	if at != r.fd {
		_ = unix.Close(at)
	}
	return fd, err
}

// openBelow asks the kernel to refuse links everywhere in path; one from before openat2 (Linux 5.6), or a
// sandbox that does not know it, refuses them at its end.
func openBelow(at int, path string, flags int) (int, error) {
	flags |= unix.O_CLOEXEC | unix.O_NOFOLLOW
	how := unix.OpenHow{Flags: uint64(flags), Resolve: unix.RESOLVE_NO_SYMLINKS}
	fd, err := retry(func() (int, error) { return unix.Openat2(at, path, &how) })
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) {
		fd, err = retry(func() (int, error) { return unix.Openat(at, path, flags, 0) })
	}
	return fd, err
}

// retry calls a system call again when a signal interrupted it.
func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != unix.EINTR {
			return n, err
		}
	}
}

// fault says what could not be done with path.
func (r *Root) fault(op, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: filepath.Join(r.path, path), Err: err}
}

// Readlink returns the target of the link at path.
func (r *Root) Readlink(path string) (string, error) {
	fd, err := r.open(path, unix.O_PATH)
	if err != nil {
		return "", r.fault("read link", path, err)
	}
	defer func() { _ = unix.Close(fd) }()
	for size := 256; ; size *= 4 {
		b := make([]byte, size)
		n, err := retry(func() (int, error) { return unix.Readlinkat(fd, "", b) })
		if err != nil || n < size {
			return string(b[:max(n, 0)]), r.fault("read link", path, err)
		}
	}
}

// Stat tells what is at path, relative to the root; a link is not followed.
func (r *Root) Stat(path string) (Entry, error) {
	fd, err := r.open(path, unix.O_PATH)
	if err != nil {
		return Entry{}, r.fault("look at", path, err)
	}
	defer func() { _ = unix.Close(fd) }()
	var st unix.Stat_t
	err = unix.Fstat(fd, &st)
	return entry(filepath.Base(path), &st), r.fault("look at", path, err)
}
