package journal

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Ledger is a ledger opened for reading, while writers append to it. It may be used from several goroutines.
type Ledger struct {
	layout
	blobs *blob.Store
}

// Open opens the ledger in directory dir for reading. It returns an error that is ErrNoLedger when
// there is none, and ErrNewer when its format is newer than this program.
func Open(dir string) (*Ledger, error) {
	l := &Ledger{layout: newLayout(dir)}
	if _, err := l.checkFormat(); err != nil {
		return nil, err
	}
	l.blobs = blob.OpenStore(l.packs())
	return l, nil
}

// Readable returns the error that Open would return now: while a ledger is open, a newer gemba may have come and changed its format.
func (l *Ledger) Readable() error {
	_, err := l.checkFormat()
	return err
}

// Dir returns the ledger's directory.
func (l *Ledger) Dir() string { return l.dir }

// Blobs returns the store of the blobs that entries name.
func (l *Ledger) Blobs() *blob.Store { return l.blobs }

// Blob returns the bytes of a blob, verified.
func (l *Ledger) Blob(d tracker.Digest) ([]byte, error) { return l.blobs.Get(d) }

// Journals returns the ids of the journals, sorted. The ledger-wide journal is not among them, nor is
// what is no regular file.
func (l *Ledger) Journals() ([]tracker.ID, error) {
	for {
		_, before, err := l.archives.journals()
		loose, looseErr := l.loose()
		ids, archives, againErr := l.archives.journals()
		if err := cmp.Or(err, looseErr, againErr); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("list journals: %w: %s is gone", ErrCorrupt, l.journals())
		} else if err != nil {
			return nil, fmt.Errorf("list journals: %w", err)
		}
		if slices.Equal(before, archives) { // else journals may have been moved, and none of the listings shows them
			ids = append(ids, loose...)
			slices.SortFunc(ids, func(a, b tracker.ID) int { return bytes.Compare(a[:], b[:]) })
			return slices.Compact(ids), nil
		}
	}
}

// loose returns the ids of the journals that are not only in archives.
func (l layout) loose() (ids []tracker.ID, err error) {
	names, err := listEnding(l.journals(), fileEnds[0])
	for _, name := range names {
		if id, _, ok := parseFile(name); ok {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// Entries returns the entries of a journal behind a position, as Read does.
func (l *Ledger) Entries(journal tracker.ID, from Position) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		file, err := l.open(l.lines(journal.String()))
		if err == nil {
			defer func() { _ = file.Close() }()
			_, err = file.Seek(from.Offset, io.SeekStart)
		}
		if err != nil {
			yield(Record{Journal: journal}, fmt.Errorf("read journal: %w", err))
			return
		}
		for record, err := range Read(file, journal, from) {
			if !yield(record, err) {
				return
			}
		}
	}
}

// State is how a journal stands.
type State string

// The states of a journal.
const (
	Live   State = "live"   // its writer runs
	Closed State = "closed" // it was closed in order
	Cut    State = "cut"    // its writer is gone and did not close it
)

// State tells how a journal stands. A cell execution of a Cut journal that has no end never will.
func (l *Ledger) State(journal tracker.ID) (State, error) {
	file, err := l.open(l.lines(journal.String()))
	if err != nil {
		return "", fmt.Errorf("open journal: %w", err)
	}
	defer func() { _ = file.Close() }()
	if !file.archived {
		if free, err := tryLock(file.file, true); err == nil && !free {
			return Live, nil
		}
	}
	closed, err := endsClosed(file)
	if err != nil || closed {
		return Closed, err
	}
	return Cut, nil
}

// endsClosed reports whether the last whole line of a journal is its closing entry.
func endsClosed(file *source) (bool, error) {
	size, err := file.size()
	if err != nil {
		return false, fmt.Errorf("open journal: %w", err)
	}
	tail := make([]byte, min(size, 4096)) // a closing entry is much shorter
	if _, err := file.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return false, fmt.Errorf("read journal: %w", err)
	}
	end := bytes.LastIndexByte(tail, '\n')
	if end < 0 {
		return false, nil
	}
	e, err := tracker.DecodeEntry(tail[bytes.LastIndexByte(tail[:end], '\n')+1 : end])
	return err == nil && e.Head().Kind == tracker.KindJournalClosed, nil
}
