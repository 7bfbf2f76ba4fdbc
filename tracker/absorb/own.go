package absorb

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/tracker/kept"
)

// owner is the file of a folder that its one reader holds a lock on.
const owner = "owner"

// Own makes this process the one that reads the folder's logs, until it closes what is returned or dies. Taken says that
// another process is that already.
func Own(folder string) (c io.Closer, taken bool, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, false, err
	}
	f, err := os.OpenFile(filepath.Join(folder, owner), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, false, err
	}
	if !writerGone(f) {
		return nil, true, f.Close()
	}
	return f, false, nil
}

// Leftovers records what programs logged whose reader died, and those that never had one: everything of the folder o.Folder and
// the folders in it that nobody else reads. It is cheap where there is nothing.
func Leftovers(ctx context.Context, o Options) error {
	list, err := os.ReadDir(o.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, d := range list {
		if d.IsDir() {
			err = errors.Join(err, leftover(ctx, o, filepath.Join(o.Folder, d.Name())))
		}
	}
	return errors.Join(err, leftover(ctx, o, o.Folder))
}

func leftover(ctx context.Context, o Options, folder string) error {
	if left, _ := filepath.Glob(filepath.Join(folder, "*.*")); len(left) == 0 && folder == o.Folder {
		return nil
	}
	mine, taken, err := Own(folder)
	if err != nil || taken {
		return err
	}
	defer mine.Close()
	base := o.Folder
	o.Folder = folder
	f := New(o)
	left, err := f.Poll(ctx)
	if err := errors.Join(err, f.Close()); err != nil || left > 0 {
		return err
	}
	removeHalf(folder)
	if folder == base {
		return nil
	}
	if orphaned(folder) {
		_ = kept.Remove(folder)
	}
	_ = os.Remove(filepath.Join(folder, owner))
	_ = os.Remove(folder) // not when something damaged is kept in it
	return nil
}

// removeHalf removes the bytes of artifacts that no log tells of: their program was killed while it copied them. Those that are
// young may be of a program that is at it, and a log that was set aside may tell of any.
func removeHalf(folder string) {
	if aside, _ := filepath.Glob(filepath.Join(folder, "*.damaged")); len(aside) > 0 {
		return
	}
	paths, _ := filepath.Glob(filepath.Join(folder, "*.artifact"))
	for _, path := range paths {
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > time.Minute {
			_ = os.Remove(path) // what stays is looked at the next time
		}
	}
}

// Pending reports whether Leftovers would find something in the folder, or the folders in it.
func Pending(folder string) bool {
	folders, _ := filepath.Glob(filepath.Join(folder, "*", "*.track"))
	roots, _ := filepath.Glob(filepath.Join(folder, "*.track"))
	for _, path := range append(folders, roots...) {
		if orphan(path) {
			return true
		}
	}
	values, _ := filepath.Glob(filepath.Join(folder, "*", "kept"))
	return slices.ContainsFunc(values, func(path string) bool {
		return orphaned(filepath.Dir(path)) && free(filepath.Join(filepath.Dir(path), owner))
	})
}

// orphaned reports whether kept values in a folder are those of a session that is gone, if nobody owns the folder: one that begins to
// keep values owns it soon.
func orphaned(folder string) bool {
	info, err := os.Stat(filepath.Join(folder, "kept"))
	return err == nil && time.Since(info.ModTime()) > time.Minute
}

// orphan reports whether neither the program that wrote a log lives nor one that reads its folder.
func orphan(path string) bool {
	return free(path) && free(filepath.Join(filepath.Dir(path), owner))
}

// free reports whether nobody holds a lock on a file, or it is not there.
func free(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	return writerGone(f)
}
