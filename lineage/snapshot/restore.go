package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gemba-ml/gemba/tracker"
)

// Restored is what came back.
type Restored struct {
	Files   int64
	Bytes   int64
	Missing Missing // what the snapshot lists and does not hold
}

// ErrNotEmpty says that a folder to restore into holds something.
var ErrNotEmpty = errors.New("the folder is not empty")

// ErrRemoved is what Blobs say of bytes that were taken out of the ledger on purpose and will not come back. Restoring goes
// on without them.
var ErrRemoved = errors.New("its bytes were taken out of the ledger for good")

// Restore writes a tree's files, folders and links into dir, which must be new or empty, with their modes. Each file is
// verified while it is written. All is written into a folder of another name first; only when it is whole it comes
// to dir. After an error nothing is left but, in a dir that was there before, what was moved there already.
func Restore(ctx context.Context, blobs Blobs, tree tracker.Digest, dir string) (Restored, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Restored{}, fmt.Errorf("restore: %w", err)
	}
	fresh, err := roomIn(dir)
	if err != nil {
		return Restored{}, fmt.Errorf("restore: %w", err)
	}
	r := &restorer{ctx: ctx, blobs: blobs}
	if fresh {
		err = r.beside(tree, dir)
	} else {
		err = r.inside(tree, dir)
	}
	if err != nil {
		return Restored{}, fmt.Errorf("restore into %s: %w", dir, err)
	}
	return r.restored, nil
}

// roomIn reports whether there is no dir yet; one with something in it is ErrNotEmpty.
func roomIn(dir string) (fresh bool, err error) {
	folder, err := os.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = folder.Close() }()
	switch names, err := folder.Readdirnames(1); {
	case len(names) > 0:
		return false, fmt.Errorf("%s: %w: it holds %q", dir, ErrNotEmpty, names[0])
	case err != nil && !errors.Is(err, io.EOF):
		return false, err
	}
	return false, nil
}

type restorer struct {
	ctx      context.Context
	blobs    Blobs
	restored Restored
	links    []link
	modes    []mode // of folders, the ones inside others first
}

// mode is one that a folder gets when all in it is there.
type mode struct {
	path string
	mode fs.FileMode
}

// link is one that is made when all else is there, so that nothing is written through it.
type link struct{ path, target string }

// beside writes to a new folder beside dir, which then gets its name.
func (r *restorer) beside(tree tracker.Digest, dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	staging, err := os.MkdirTemp(filepath.Dir(dir), ".gemba-restore-*")
	if err != nil {
		return err
	}
	defer removeAll(staging)
	if err := r.into(tree, staging); err != nil {
		return err
	}
	if err := r.setModes(staging); err != nil {
		return err
	}
	if err := os.Chmod(staging, 0o755); err != nil {
		return err
	}
	return os.Rename(staging, dir)
}

// inside writes to a new folder in dir, and then moves what is there one level up; modes come last, since a
// folder that may not be written to could not be moved.
func (r *restorer) inside(tree tracker.Digest, dir string) error {
	staging, err := os.MkdirTemp(dir, ".gemba-restore-*")
	if err != nil {
		return err
	}
	defer removeAll(staging)
	if err := r.into(tree, staging); err != nil {
		return err
	}
	list, err := os.ReadDir(staging)
	if err != nil {
		return err
	}
	for _, item := range list {
		to := filepath.Join(dir, item.Name())
		if _, err := os.Lstat(to); err == nil {
			return fmt.Errorf("%w: %s appeared there", ErrNotEmpty, item.Name())
		}
		if err := os.Rename(filepath.Join(staging, item.Name()), to); err != nil {
			return err
		}
	}
	return r.setModes(dir)
}

func (r *restorer) setModes(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for _, m := range r.modes {
		if err := root.Chmod(m.path, m.mode); err != nil {
			return err
		}
	}
	return nil
}

// into writes a tree to an empty folder, all but the modes of folders.
func (r *restorer) into(tree tracker.Digest, staging string) error {
	root, err := os.OpenRoot(staging) // whatever a tree says, nothing is written outside
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if err := r.folder(root, ".", tree); err != nil {
		return err
	}
	for _, l := range r.links {
		if err := root.Symlink(l.target, l.path); err != nil {
			return err
		}
	}
	return nil
}

// folder writes what is in a folder.
func (r *restorer) folder(in *os.Root, path string, tree tracker.Digest) error {
	for l, err := range Read(r.blobs, tree) {
		if err == nil {
			err = r.ctx.Err()
		}
		if err == nil {
			err = r.line(in, filepath.Join(path, l.Name), &l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// line writes what one line is about.
func (r *restorer) line(in *os.Root, path string, l *Line) error {
	if !filepath.IsLocal(l.Name) || filepath.Base(l.Name) != l.Name {
		return fmt.Errorf("%w: %q is no name here", ErrDocument, l.Name)
	}
	if l.Missing != "" {
		r.restored.Missing.add(filepath.ToSlash(path), l)
	}
	switch {
	case l.Type == Folder:
		return r.below(in, path, l)
	case l.Missing != "":
	case l.Type == File:
		return r.file(in, path, l)
	case l.Type == Link:
		r.links = append(r.links, link{path, l.Target})
	}
	return nil
}

// below makes a folder in another one.
func (r *restorer) below(in *os.Root, path string, l *Line) error {
	if err := in.Mkdir(l.Name, 0o700); err != nil {
		return err
	}
	if !l.Tree.IsZero() {
		root, err := in.OpenRoot(l.Name)
		if err != nil {
			return err
		}
		defer func() { _ = root.Close() }()
		if err := r.folder(root, path, l.Tree); err != nil {
			return err
		}
	}
	r.modes = append(r.modes, mode{path, l.Mode})
	return nil
}

// file writes a file; one that was purged is missing, and the others still come back. What is read of it fails at its end when it is not what the digest names.
func (r *restorer) file(in *os.Root, path string, l *Line) error {
	from, _, err := r.blobs.Open(l.Digest)
	if errors.Is(err, ErrRemoved) {
		l.Missing = ErrRemoved.Error()
		r.restored.Missing.add(filepath.ToSlash(path), l)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", l.Name, err)
	}
	defer func() { _ = from.Close() }()
	to, err := in.OpenFile(l.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(to, &untilDone{r.ctx, from})
	if err == nil && n != l.Size {
		err = fmt.Errorf("%w: %q has %d bytes, not %d", ErrDocument, l.Name, n, l.Size)
	}
	if err := errors.Join(err, to.Chmod(l.Mode), to.Close()); err != nil {
		return fmt.Errorf("%s: %w", l.Name, err)
	}
	r.restored.Files++
	r.restored.Bytes += n
	return nil
}

// untilDone reads until the work is called off.
type untilDone struct {
	ctx  context.Context
	from io.Reader
}

func (u *untilDone) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.from.Read(b)
}

// removeAll removes a folder with all in it, folders that may not be written to as well.
func removeAll(dir string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	_ = os.RemoveAll(dir)
}
