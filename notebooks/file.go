package notebooks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Open reads the notebook file at path; see Parse.
func Open(path string) (*Notebook, error) {
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, syscall.EISDIR):
		return nil, fmt.Errorf("open notebook: %s is a folder; name an .ipynb file in it", path)
	case err != nil:
		return nil, fmt.Errorf("open notebook: %w", err)
	}
	n, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("open notebook: %s: %w", path, err)
	}
	return n, nil
}

// Save writes the notebook to path, whole or not at all: to a temporary file beside it, which is
// synced and takes the place of path. An existing file keeps its permissions.
func (n *Notebook) Save(path string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write notebook: %w", err)
		}
	}()
	mode, err := modeOf(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	if err := fill(f, n.Bytes(), mode); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// modeOf gives the permissions of the file at path, or those of a new one. It fails for a folder.
func modeOf(path string) (fs.FileMode, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return 0o644, nil
	case info.IsDir():
		return 0, fmt.Errorf("%s is a folder; name a file in it", path)
	}
	return info.Mode().Perm(), nil
}

// CheckSave finds out whether Save could write to path, and leaves no trace.
func CheckSave(path string) error {
	if _, err := modeOf(path); err != nil {
		return fmt.Errorf("write notebook: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write notebook: %w; name a folder that can be written", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// fill writes b to f, syncs and closes it.
func fill(f *os.File, b []byte, mode fs.FileMode) error {
	_, err := f.Write(b)
	return errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
}

// syncFolder makes a rename in dir last. File systems and systems that cannot sync a folder need none.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}
