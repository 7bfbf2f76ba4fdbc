package journal

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Archived says what Archive did.
type Archived struct {
	Journals int // how many it moved
	Archives int // how many smaller archives it merged
}

// Archive moves the files of journals that nobody writes any more into an archive, when there are at least so
// many, and merges smaller archives with it. Readers find every journal at each moment; a crash leaves some
// twice. Only one process at a time may do this (see Maintain). What killed imports left goes, too.
func (l *Ledger) Archive(ctx context.Context, least int) (done Archived, err error) {
	l.removeStaged()
	idle, err := l.idle()
	if err != nil || len(idle) < max(1, least) {
		return done, err
	}
	move, err := l.moves(idle)
	if err != nil {
		return done, err
	}
	if err := l.writeArchive(ctx, move.journals); err != nil {
		return done, fmt.Errorf("archive journals: %w", err)
	}
	for _, name := range move.archives {
		err = errors.Join(err, os.Remove(filepath.Join(l.journals(), name)))
	}
	for _, id := range idle {
		err = errors.Join(err, l.removeLoose(id))
	}
	return Archived{len(idle), len(move.archives)}, errors.Join(err, blob.SyncDir(l.journals()))
}

// maxArchived is the size in bytes up to which a journal is archived: a larger one is worth its files.
const maxArchived = 64 << 20

// idle returns the loose journals that nobody writes any more. One without a checkpoint may be about to be locked
// by the writer that made it.
func (l *Ledger) idle() (ids []tracker.ID, err error) {
	loose, err := l.loose()
	for _, id := range loose {
		info, err := os.Lstat(l.lines(id.String()))
		if err != nil || info.Size() > maxArchived || checkRegular(l.checkpoint(id.String())) != nil {
			continue
		}
		if state, err := l.State(id); err == nil && state != Live && l.likeArchived(id) {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// likeArchived reports whether an archive holds a journal's loose files as they are, or not at all. Where they
// differ somebody altered one of them: neither may take the other's place.
func (l *Ledger) likeArchived(id tracker.ID) bool {
	for _, end := range fileEnds {
		path := filepath.Join(l.journals(), id.String()+end)
		archived, err := l.archives.open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return false
		}
		b, readErr := io.ReadAll(archived)
		_ = archived.Close() // it was only read
		loose, err := os.ReadFile(path)
		if readErr != nil || err != nil && !errors.Is(err, fs.ErrNotExist) || err == nil && !bytes.Equal(b, loose) {
			return false
		}
	}
	return true
}

// moves is what goes into a new archive.
type moves struct {
	journals []tracker.ID
	archives []string // that go for it
}

// maxArchive is the size in bytes from which an archive is not merged with others.
const maxArchive = 256 << 20

// moves chooses the archives to merge with idle journals: those no larger than what is written anyway, so that the
// sizes of those that stay double, which bounds their number and how often a journal is written again.
func (l *Ledger) moves(idle []tracker.ID) (m moves, err error) {
	if _, err := l.archives.refresh(); err != nil {
		return m, err
	}
	size := int64(0)
	for _, id := range idle {
		if info, err := os.Lstat(l.lines(id.String())); err == nil {
			size += info.Size() + int64(len(fileEnds))*2*block
		}
	}
	for _, a := range l.archives.bySize() {
		if a.fault == nil && a.size <= 2*size && a.size+size <= maxArchive {
			m.archives = append(m.archives, a.name)
			size += a.size
		}
	}
	m.journals = append(l.archives.in(m.archives), idle...)
	slices.SortFunc(m.journals, func(a, b tracker.ID) int { return bytes.Compare(a[:], b[:]) })
	m.journals = slices.Compact(m.journals)
	return m, nil
}

// tarred is an archive as a file.
type tarred struct {
	name  string
	size  int64
	fault error
}

// bySize returns the archives, the smallest first.
func (a *archives) bySize() (all []tarred) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, name := range a.names {
		if info, err := os.Lstat(filepath.Join(a.dir, name)); err == nil {
			all = append(all, tarred{name, info.Size(), a.faults[name]})
		}
	}
	slices.SortFunc(all, func(x, y tarred) int { return cmp.Or(cmp.Compare(x.size, y.size), strings.Compare(x.name, y.name)) })
	return all
}

// in returns the journals that archives hold.
func (a *archives) in(names []string) (ids []tracker.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, at := range a.holding {
		if slices.Contains(names, at.archive) {
			ids = append(ids, id)
		}
	}
	return ids
}

// writeArchive writes an archive of journals, wherever they are now, durably.
func (l *Ledger) writeArchive(ctx context.Context, ids []tracker.ID) error {
	name := tracker.NewID().String() + archiveEnd
	file, err := os.CreateTemp(l.journals(), "."+name+".*")
	if err != nil {
		return err
	}
	w := tar.NewWriter(file)
	for _, id := range ids {
		if err = cmp.Or(err, ctx.Err()); err == nil {
			err = l.appendJournal(w, id)
		}
	}
	for _, step := range []func() error{w.Close, func() error { return file.Chmod(0o644) }, file.Sync} {
		if err == nil {
			err = step()
		}
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return err
	}
	return replace(file.Name(), filepath.Join(l.journals(), name))
}

// appendJournal appends a journal's files; one that is missing stays so.
func (l *Ledger) appendJournal(w *tar.Writer, id tracker.ID) error {
	for _, end := range fileEnds {
		s, err := l.open(filepath.Join(l.journals(), id.String()+end))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		size, err := s.size()
		if err == nil {
			err = appendMember(w, id.String()+end, size, s)
		}
		_ = s.Close() // it was only read
		if err != nil {
			return err
		}
	}
	return nil
}

// removeLoose removes the loose files of an archived journal, the lines last: by them a rest is found. Where the
// system keeps open files, they are left to the next time.
func (l *Ledger) removeLoose(id tracker.ID) error {
	for _, end := range slices.Backward(fileEnds[:]) {
		err := os.Remove(filepath.Join(l.journals(), id.String()+end))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove archived journal: %w", err)
		}
	}
	return nil
}
