package gitstate

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
)

// ErrPath says that a path would lead out of the folder that is restored to, or into a .git.
var ErrPath = errors.New("not a path to restore to")

// ErrNoCommit says that the files of HEAD are not at hand: there is no repository, or it does not have the commit.
var ErrNoCommit = errors.New("the files of the commit are not at hand")

// Source is where a code state is restored from.
type Source struct {
	Repository string         // a folder in a repository that has Commit; not needed with Tree
	Commit     string         // HEAD; empty before the first commit
	Without    bool           // do without HEAD's files: what differed from them alone comes back
	Tree       tracker.Digest // HEAD's files as Materialize stored them; they come before those of Repository
	Changes    []byte         // the document; empty when nothing differed
	Blobs      snapshot.Blobs // of the digests in Changes and Tree; blob.Store is one
}

// Restored is what came back.
type Restored struct {
	Files   int64
	Bytes   int64
	Missing []string // what could not be brought back, for people
}

// Restore writes the work tree of a code state into dir, which must be new or empty: the files of HEAD, and what
// differed from them, with modes and links. Contents that are snapshot.ErrRemoved are missing. All is written to another folder first and comes to dir when it
// is whole. Paths that lead out are ErrPath, a dir with something in it snapshot.ErrNotEmpty, files of HEAD that are
// not to be had ErrNoCommit.
func Restore(ctx context.Context, s Source, dir string) (Restored, error) {
	var r Restored
	p := &plan{Source: s, paths: map[string]planned{}, commits: map[string]string{},
		missing: func(format string, args ...any) { r.Missing = append(r.Missing, fmt.Sprintf(format, args...)) }}
	defer func() {
		for _, o := range p.opened {
			o.close()
		}
	}()
	err := p.make()
	if err == nil {
		err = staged(dir, func(root *os.Root) error { return (&writer{p, ctx, root, &r, map[string]bool{}}).all() })
	}
	if err != nil {
		return Restored{}, fmt.Errorf("restore code state: %w", err)
	}
	return r, nil
}

func (p *plan) make() error {
	changes, err := ParseChanges(p.Changes)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.Mode == modeModule && c.Commit != "" {
			p.commits[c.Path] = c.Commit
		}
	}
	if err := p.base(); err != nil {
		return err
	}
	for i := range changes {
		if err := p.apply(&changes[i]); err != nil {
			return err
		}
	}
	return nil
}

// writer writes what is planned below a root, which nothing is written outside of.
type writer struct {
	*plan
	ctx      context.Context
	root     *os.Root
	restored *Restored
	made     map[string]bool // folders
}

// all writes files and folders, then links: so nothing is written through one.
func (w *writer) all() error {
	names := slices.Sorted(maps.Keys(w.paths))
	for _, links := range []bool{false, true} {
		for _, name := range names {
			item := w.paths[name]
			if (item.target != "") != links {
				continue
			}
			if err := w.one(name, item); err != nil {
				return fmt.Errorf("%q: %w", name, err)
			}
		}
	}
	return nil
}

func (w *writer) one(name string, item planned) error {
	if err := errors.Join(w.ctx.Err(), safe(name)); err != nil {
		return err
	}
	if item.folder {
		return w.mkdir(name)
	}
	if err := w.mkdir(path.Dir(name)); err != nil {
		return err
	}
	if item.target != "" {
		w.restored.Files++
		return w.root.Symlink(item.target, filepath.FromSlash(name))
	}
	return w.file(name, item)
}

func (w *writer) mkdir(name string) error {
	if w.made[name] || name == "." {
		return nil
	}
	w.made[name] = true
	return w.root.MkdirAll(filepath.FromSlash(name), 0o777)
}

func (w *writer) file(name string, item planned) (err error) {
	from, err := w.open(name, item)
	if errors.Is(err, snapshot.ErrRemoved) {
		w.missing("%s: %v", name, snapshot.ErrRemoved)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	to, err := w.root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, item.perm)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	n, err := io.Copy(to, &stoppable{Reader: from, stopped: w.ctx.Err})
	if err == nil && item.size > 0 && n != item.size {
		err = fmt.Errorf("%d bytes came back, not %d", n, item.size)
	}
	if err == nil && item.exact {
		err = to.Chmod(item.perm)
	}
	w.restored.Files++
	w.restored.Bytes += n
	return err
}

// open opens what is to be written.
func (w *writer) open(name string, item planned) (io.ReadCloser, error) {
	switch {
	case !item.digest.IsZero() && w.Blobs == nil:
		return nil, errors.New("no store was given that could hold its content")
	case !item.digest.IsZero():
		r, _, err := w.Blobs.Open(item.digest)
		if err == nil && item.crlf {
			return asCRLF(r)
		}
		return r, err
	case item.pointed != "":
		if file := w.largeFile(item); file != nil {
			return file, nil
		}
		w.missing("%s: git-lfs does not have it here any more, so it is its pointer", name)
		item.size = 0
	}
	r, size, err := item.objects.blob(item.hash)
	if err != nil {
		return nil, err
	}
	checked := &checkedBlob{ReadCloser: r, item: item, sum: sha1.New()}
	fmt.Fprintf(checked.sum, "blob %d\x00", size)
	if item.crlf {
		return asCRLF(checked)
	}
	return checked, nil
}

// checkedBlob fails at its end when it is not what its name says.
type checkedBlob struct {
	io.ReadCloser
	item planned
	sum  interface {
		io.Writer
		Sum([]byte) []byte
	}
}

func (c *checkedBlob) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	_, _ = c.sum.Write(b[:n])
	if err == io.EOF && !bytes.Equal(c.sum.Sum(nil), c.item.hash[:]) {
		return n, fmt.Errorf("object %s of the repository is damaged", c.item.hash)
	}
	return n, err
}

// asCRLF reads all of r and returns it with \r\n for each \n.
func asCRLF(r io.ReadCloser) (io.ReadCloser, error) {
	b, err := io.ReadAll(r)
	return io.NopCloser(bytes.NewReader(bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")))), errors.Join(err, r.Close())
}

// largeFile opens what git-lfs keeps, nil when it does not, or keeps something else.
func (w *writer) largeFile(item planned) io.ReadCloser {
	if len(item.pointed) != hex.EncodedLen(sha256.Size) || !isHash(item.pointed) {
		return nil
	}
	for _, dir := range w.lfs {
		file, err := os.Open(filepath.Join(dir, item.pointed[:2], item.pointed[2:4], item.pointed))
		if err != nil {
			continue
		}
		sum := sha256.New()
		_, err = io.Copy(sum, bufio.NewReader(file))
		if _, seekErr := file.Seek(0, io.SeekStart); err == nil && seekErr == nil && hex.EncodeToString(sum.Sum(nil)) == item.pointed {
			return file
		}
		_ = file.Close()
	}
	return nil
}

// staged lets write fill a new folder, whose content then comes to dir: under its name, or, if dir is there
// and empty, into it.
func staged(dir string, write func(*os.Root) error) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	list, err := os.ReadDir(dir)
	fresh := errors.Is(err, fs.ErrNotExist)
	switch {
	case err != nil && !fresh:
		return err
	case len(list) > 0:
		return fmt.Errorf("%w: it holds %q", snapshot.ErrNotEmpty, list[0].Name())
	}
	parent := dir
	if fresh {
		parent = filepath.Dir(dir)
		if err := os.MkdirAll(parent, 0o777); err != nil {
			return err
		}
	}
	staging, err := os.MkdirTemp(parent, ".gemba-restore-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(staging) }()
	if err := filled(staging, write); err != nil {
		return err
	}
	if fresh {
		return errors.Join(os.Chmod(staging, 0o755), os.Rename(staging, dir))
	}
	return moveAll(staging, dir)
}

func filled(staging string, write func(*os.Root) error) error {
	root, err := os.OpenRoot(staging)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	return write(root)
}

// moveAll moves what is in one folder to another, and overwrites nothing.
func moveAll(from, to string) error {
	list, err := os.ReadDir(from)
	for _, e := range list {
		target := filepath.Join(to, e.Name())
		if _, there := os.Lstat(target); there == nil {
			return fmt.Errorf("%w: %q appeared in it", snapshot.ErrNotEmpty, e.Name())
		}
		if err := os.Rename(filepath.Join(from, e.Name()), target); err != nil {
			return err
		}
	}
	return err
}
