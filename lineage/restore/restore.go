// Package restore brings back on what a cell ran: the work tree of its code with what differed from the commit,
// the data that it read, its modules and environment, and the cells themselves, each byte verified, in a folder
// that was empty before. It only reads the ledger, and knows no index and no command.
package restore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/gemba-ml/gemba/lineage/gitstate"
	"github.com/gemba-ml/gemba/lineage/observe"
	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// The folders that come back.
const (
	Work    = "work"    // the repository's files, or those of the notebook's folder where there is no repository
	Outside = "outside" // data from elsewhere, by its path there
	Modules = "modules" // go.mod and go.sum that the program was built with
	Cells   = "cells"   // the cells' sources
)

// Record is what the ledger has of a cell execution, or of a session.
type Record struct {
	Root  string           // the folder that Work stands for, as its path was
	Code  *gitstate.Source // nil: no code state is recorded
	Files []observe.File   // what was read and written, in the order in which it happened
	Texts []Text           // small files to write beside: modules, environment, cells
}

// Text is a small file to write.
type Text struct {
	Name string // slash-separated
	Text []byte
}

// Result says what came back.
type Result struct {
	Files   int64
	Bytes   int64
	Missing []string // what could not be brought back, and why; for people
	Without string   // the commit, if its files were not at hand: only what differed from them came back
}

// ErrNotEmpty says that there is something in the folder already.
var ErrNotEmpty = snapshot.ErrNotEmpty

// To writes what was recorded into dir, which must be new or empty. Everything is written to another folder first, and
// comes to dir when it is whole.
func To(ctx context.Context, dir string, rec Record, blobs snapshot.Blobs) (Result, error) {
	r := &restoring{ctx: ctx, record: rec, blobs: blobs}
	err := within(dir, r.all)
	if err != nil {
		return Result{}, fmt.Errorf("restore into %s: %w", dir, err)
	}
	return r.Result, nil
}

// within has write fill a folder beside dir, which then takes dir's place.
func within(dir string, write func(tmp string) error) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := checkEmpty(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".restore-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	if err := write(tmp); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrNotEmpty, err) // something came there meanwhile
	}
	return os.Rename(tmp, dir)
}

func checkEmpty(dir string) error {
	list, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && len(list) > 0 {
		err = fmt.Errorf("%w: %s is there", ErrNotEmpty, list[0].Name())
	}
	return err
}

// restoring is one call of To.
type restoring struct {
	ctx    context.Context
	record Record
	blobs  snapshot.Blobs
	root   *os.Root
	done   map[string]bool
	Result
}

func (r *restoring) miss(format string, args ...any) {
	r.Missing = append(r.Missing, fmt.Sprintf(format, args...))
}

func (r *restoring) all(tmp string) (err error) {
	if err := r.code(filepath.Join(tmp, Work)); err != nil {
		return err
	}
	if r.root, err = os.OpenRoot(tmp); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.root.Close()) }()
	r.done = map[string]bool{}
	for i := range r.record.Files {
		if err := r.data(&r.record.Files[i]); err != nil {
			return err
		}
	}
	for _, t := range r.record.Texts {
		if err := r.text(t); err != nil {
			return err
		}
	}
	return nil
}

// code brings the work tree back.
func (r *restoring) code(dir string) error {
	if r.record.Code == nil {
		return os.Mkdir(dir, 0o755)
	}
	source := *r.record.Code
	back, err := gitstate.Restore(r.ctx, source, dir)
	if errors.Is(err, gitstate.ErrNoCommit) {
		r.Without = source.Commit
		r.miss("code: %v", err)
		source.Without = true
		back, err = gitstate.Restore(r.ctx, source, dir)
	}
	r.Files, r.Bytes = r.Files+back.Files, r.Bytes+back.Bytes
	for _, missing := range back.Missing {
		r.miss("code: %s", missing)
	}
	return err
}

// data brings a file back as it was before a cell first touched it.
func (r *restoring) data(f *observe.File) error {
	if f.Type != "file" || f.Absent {
		return nil
	}
	name := f.Path
	if f.Real != "" {
		name = f.Real
	}
	to := r.place(string(name))
	if r.done[to] {
		return nil
	}
	r.done[to] = true
	switch {
	case f.Created:
		return r.uncreate(to, f)
	case !f.Before.IsZero():
		return r.copy(to, f.Before)
	case f.BeforeUnknown:
		r.miss("%s: it was not known before the cell wrote it", name)
	case f.BeforeSHA256 != "":
		r.miss("%s: %s; its sha256 was %s", name, orUnknown(f.Why), f.BeforeSHA256)
	case f.Read:
		r.miss("%s: %s", name, orUnknown(f.Missing))
	}
	return nil
}

// uncreate takes out a file that the cell was going to make: the code state is captured beside the cell, and may
// hold it already. Only the very bytes that the cell left are taken for its work.
func (r *restoring) uncreate(to string, f *observe.File) error {
	if info, err := r.root.Lstat(to); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	file, err := r.root.Open(to)
	if err != nil {
		return err
	}
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if is := tracker.Digest(sum.Sum(nil)); is != f.After && hex.EncodeToString(is[:]) != f.AfterSHA256 {
		return nil
	}
	r.Files, r.Bytes = r.Files-1, r.Bytes-size
	return r.root.Remove(to)
}

func orUnknown(why string) string {
	if why == "" {
		return "its contents were not kept"
	}
	return why
}

// place returns where a file comes: in the work tree, or outside of it by its whole path.
func (r *restoring) place(name string) string {
	rel, err := filepath.Rel(r.record.Root, name)
	if r.record.Root != "" && err == nil && filepath.IsLocal(rel) {
		return path.Join(Work, filepath.ToSlash(rel))
	}
	whole := filepath.ToSlash(name)
	if volume := filepath.VolumeName(name); volume != "" {
		whole = volume[:1] + whole[len(volume):]
	}
	return path.Join(Outside, path.Join("/", whole))
}

// copy writes a blob. A file that the code state brought there is replaced: the cell read this one.
func (r *restoring) copy(to string, d tracker.Digest) error {
	in, size, err := r.blobs.Open(d)
	if err != nil {
		r.miss("%s: %v", to, err)
		return nil
	}
	defer func() { _ = in.Close() }()
	n, err := r.write(to, in)
	if err == nil && n != size {
		err = fmt.Errorf("write %s: %d bytes of %d", to, n, size)
	}
	if !errors.Is(err, blob.ErrCorrupt) && !errors.Is(err, blob.ErrNotFound) {
		return err
	}
	r.miss("%s: %v", to, err) // a large one is found out at its end; the rest comes back all the same
	r.Files, r.Bytes = r.Files-1, r.Bytes-n
	return r.root.Remove(to)
}

func (r *restoring) text(t Text) error {
	file, err := r.create(t.Name)
	if err != nil {
		return err
	}
	_, err = file.Write(t.Text)
	return errors.Join(err, file.Close())
}

// write writes a file; the reader verifies what it reads.
func (r *restoring) write(to string, in io.Reader) (int64, error) {
	mode := os.FileMode(0o644)
	if info, err := r.root.Lstat(to); err == nil && info.Mode().IsRegular() {
		mode = info.Mode().Perm()
	}
	if err := r.root.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, err
	} else if errors.Is(err, os.ErrNotExist) {
		r.Files++
	}
	file, err := r.create(to)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(file, in)
	r.Bytes += n
	return n, errors.Join(err, file.Chmod(mode), file.Close())
}

func (r *restoring) create(name string) (*os.File, error) {
	if err := r.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return nil, err
	}
	return r.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
}
