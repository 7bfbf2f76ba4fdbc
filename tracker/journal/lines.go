package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
)

// Lines returns the lines of a journal behind a position, as Entries does but undecoded: their Entry is nil, their
// Line valid until the next. It compares them with the leaf hashes that were stored: a line that is not the one
// that was written comes with an error that is ErrCorrupt, and so does the end where lines are missing.
func (l *Ledger) Lines(journal tracker.ID, from Position) iter.Seq2[Record, error] {
	return l.lineRecords(journal.String(), journal, from)
}

func (l *Ledger) lineRecords(name string, id tracker.ID, from Position) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		hashes, err := l.hashesFrom(name, from.N) // before the lines, which are written before them
		if err == nil {
			defer hashes.close()
			err = l.eachLine(name, from, hashes, func(r Record, err error) bool { r.Journal = id; return yield(r, err) })
		}
		if err != nil {
			yield(Record{Journal: id, N: from.N, End: from.Offset}, fmt.Errorf("read journal %s: %w", name, err))
		}
	}
}

func (l *Ledger) eachLine(name string, from Position, hashes *hashReader, yield func(Record, error) bool) error {
	file, err := l.open(l.lines(name))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if _, err := file.Seek(from.Offset, io.SeekStart); err != nil {
		return err
	}
	lines := newLineReader(file, from)
	for {
		text, err := lines.next()
		if err == io.EOF {
			if _, more := hashes.next(); more {
				return fmt.Errorf("%w: the lines behind entry %d are gone", ErrCorrupt, lines.n)
			}
			return nil
		}
		if err != nil && !errors.Is(err, tracker.ErrEntry) {
			return err
		}
		if stored, ok := hashes.next(); ok && stored != leafOf(text, err) {
			err = fmt.Errorf("entry %d: %w: it is not what was written", lines.n, ErrCorrupt)
		}
		if !yield(Record{N: lines.n, End: lines.offset, Line: text}, err) {
			return nil
		}
	}
}

// hashesFrom opens the stored leaf hashes behind the first n; those stored later are not read.
func (l layout) hashesFrom(name string, n int64) (*hashReader, error) {
	h, err := l.openHashes(l.hashes(name))
	if err != nil || h.file == nil {
		return h, err
	}
	size, err := h.file.size()
	if err != nil {
		h.close()
		return nil, err
	}
	from := min(n*tlog.HashSize, size)
	h.file.SectionReader = io.NewSectionReader(h.file.SectionReader, from, size-from)
	return h, nil
}

// Gone returns the journals that the ledger-wide journal lists and that are not there.
func (l *Ledger) Gone() (ids []tracker.ID, err error) {
	seen := make(map[tracker.ID]bool)
	for r, err := range l.lineRecords(LedgerWide, tracker.ID{}, Position{}) {
		if err != nil {
			return ids, err
		}
		e, err := tracker.DecodeEntry(r.Line)
		if err != nil {
			return ids, fmt.Errorf("read the ledger-wide journal: %w", err)
		}
		if listed, ok := e.(*tracker.CheckpointEntry); ok && !seen[listed.Journal] {
			seen[listed.Journal] = true
			if !l.exists(l.lines(listed.Journal.String())) {
				ids = append(ids, listed.Journal)
			}
		}
	}
	return ids, nil
}

// Unlisted returns the journals that are there and that the ledger-wide journal does not list: an import of them was killed.
func (l *Ledger) Unlisted() (unlisted map[tracker.ID]bool, err error) {
	ids, err := l.Journals()
	if err != nil {
		return nil, err
	}
	all, err := l.readStates()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the ledger-wide journal: %w", err)
	}
	unlisted = make(map[tracker.ID]bool)
	for _, id := range ids {
		if len(all.of(id).states) == 0 {
			unlisted[id] = true
		}
	}
	return unlisted, nil
}
