package track

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// artifact is the record of a file that a run keeps: its bytes are in the file Stored beside the log, until gemba has
// taken them into the ledger.
type artifact struct {
	Path    string `json:"path"` // in the run
	Kind    string `json:"kind"`
	Media   string `json:"media,omitempty"`
	Stored  string `json:"stored,omitempty"`
	Bytes   int64  `json:"bytes"`
	Missing string `json:"missing,omitempty"` // why they could not be kept
}

// Artifact keeps a file, or a folder with all in it, as it is now, under a path in the run. Empty, the path is the file's own
// name. What cannot be read is recorded as missing.
func (r *Run) Artifact(as, file string) { r.keepPath(as, file, "file") }

// Model is Artifact for a trained model.
func (r *Run) Model(as, file string) { r.keepPath(as, file, "model") }

func (r *Run) keepPath(as, file, kind string) {
	if r.dead() {
		return
	}
	if as == "" {
		as = filepath.Base(file)
	}
	info, err := os.Stat(file)
	if err != nil {
		r.record(recordArtifact, artifact{Path: as, Kind: kind, Missing: err.Error()})
		return
	}
	if !info.IsDir() {
		r.keepFile(as, file, kind)
		return
	}
	root := os.DirFS(file)
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		r.keepFile(path.Join(filepath.ToSlash(as), name), filepath.Join(file, filepath.FromSlash(name)), kind)
		return nil
	})
	if err != nil {
		r.record(recordArtifact, artifact{Path: as, Kind: kind, Missing: err.Error()})
	}
}

// keepFile keeps one regular file. Others (pipes, devices) have no bytes to keep.
func (r *Run) keepFile(as, file, kind string) {
	r.keep(as, kind, "", func(w io.Writer) error {
		f, err := os.OpenFile(file, os.O_RDONLY|nonblock, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
			return errors.Join(err, fmt.Errorf("%s is not a regular file", file))
		}
		_, err = io.Copy(w, f) // by the file system itself where it can
		return err
	})
}

// keep writes bytes beside the log and records them.
func (r *Run) keep(as, kind, media string, write func(io.Writer) error) {
	a := artifact{Path: filepath.ToSlash(as), Kind: kind, Media: media}
	file, err := os.CreateTemp(r.folder, "*.artifact")
	if err == nil {
		a.Stored = filepath.Base(file.Name())
		err = errors.Join(write(file), sizeOf(file, &a.Bytes), file.Close())
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}
	if err != nil {
		a.Stored, a.Missing = "", err.Error()
	}
	r.record(recordArtifact, a)
}

func sizeOf(f *os.File, size *int64) error {
	info, err := f.Stat()
	if err == nil {
		*size = info.Size()
	}
	return err
}
