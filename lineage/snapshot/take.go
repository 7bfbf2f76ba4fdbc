package snapshot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gemba-ml/gemba/lineage/files"
	"github.com/gemba-ml/gemba/tracker"
)

// Store is where a snapshot's bytes go. It is used from several goroutines.
type Store interface {
	Put(b []byte) (tracker.Digest, error)
	PutReader(r io.Reader) (tracker.Digest, int64, error)
	Flush() error
}

// Options say what Take takes, and where to. Path and Store are required.
type Options struct {
	Path  string // a folder, a file, or a link to one
	Store Store

	Cache  string                    // the file of the stat cache of this path; none when empty
	Stamp  func() Stamp              // of the store, for the cache
	Has    func(tracker.Digest) bool // whether the store has a blob: asked when its stamp has changed
	Fresh  bool                      // read every file, whatever the cache remembers
	Skip   []string                  // paths of folders that are left out: the ledger
	Git    bool                      // .git too
	Pick   func(name string) bool    // which files are to be named in the result
	Limit  int64                     // larger files are listed, not kept; 0: none is too large
	Look   func(progress Progress)   // called now and then, by another goroutine
	Now    func() time.Time          // nil: time.Now
	Window time.Duration             // how long ago files must have been changed to be remembered; 0: two seconds
}

// Result is what was taken. Whoever records it does so after the store was flushed.
type Result struct {
	Path    string         // absolute
	Tree    tracker.Digest // document
	Files   int64          // that are kept
	Bytes   int64          // of these files
	Read    int64          // files that were read, since nothing was remembered of them
	Missing Missing
	Picked  []Placed // the files that are kept and that Pick wants, in the order of the tree
	Cache   error    // why nothing is remembered for the next time
}

// ErrNothing says that a path is nothing of which a snapshot could be taken.
var ErrNothing = errors.New("neither a file nor a folder")

// Take stores what is at a path. When it returns without an error the tree and all that it names is
// in the store, flushed. What changes, vanishes or cannot be read meanwhile does not fail it, but is said in
// Missing; that the store cannot be written fails it.
func Take(ctx context.Context, o Options) (Result, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Window = cmp.Or(o.Window, defaultWindow)
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return Result{}, fmt.Errorf("take snapshot: %w", err)
	}
	t, err := newTaker(o, path)
	if err != nil {
		return Result{}, fmt.Errorf("take snapshot of %s: %w", path, err)
	}
	defer t.close()
	r, err := t.run(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("take snapshot of %s: %w", path, err)
	}
	r.Path = path
	return r, nil
}

// newTaker opens what is at path.
func newTaker(o Options, path string) (*taker, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	t := &taker{Options: o}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	switch {
	case info.Mode().IsRegular():
		path, t.single = filepath.Split(path)
	case !info.IsDir():
		return nil, fmt.Errorf("%w: it is a %s", ErrNothing, typeOf(info.Mode()))
	}
	if err := t.skipAll(path); err != nil {
		return nil, err
	}
	if t.root, err = files.OpenRoot(path); err != nil {
		return nil, err
	}
	t.path = path
	return t, nil
}

func typeOf(m fs.FileMode) Type {
	switch {
	case m.IsRegular():
		return File
	case m.IsDir():
		return Folder
	case m&fs.ModeSymlink != 0:
		return Link
	case m&fs.ModeNamedPipe != 0:
		return Pipe
	case m&fs.ModeSocket != 0:
		return Socket
	case m&fs.ModeDevice != 0:
		return Device
	}
	return Other
}
