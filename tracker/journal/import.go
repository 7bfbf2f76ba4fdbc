package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
)

// Import takes one journal from another ledger into the one at dir; see Imports. It reports whether the ledger gained entries.
func Import(dir string, c Copy, key *Key, now time.Time) (gained bool, err error) {
	l := &Ledger{layout: newLayout(dir)}
	if err := l.create(); err != nil {
		return false, err
	}
	all, err := l.BeginImports(key)
	if err != nil {
		return false, err
	}
	defer all.Close()
	s, err := all.Stage(c)
	if err != nil {
		return false, err
	}
	defer s.Discard()
	if err := all.Admit([]*Staged{s}, now); err != nil {
		return false, err
	}
	return s.Gained, s.Err
}

// Staged is a journal from another ledger that was verified and waits in a file of ours to be admitted: its lines have
// the root that its checkpoint tells, and the key that the journal itself names has signed it.
type Staged struct {
	Journal tracker.ID
	Entries int64
	Gained  bool  // Admit gained entries by it
	Err     error // why Admit left it out: ErrConflict or ErrCorrupt

	file       string // its lines; empty: they are where they belong, or gone
	checkpoint []byte
	said       checkpoint
	opened     tracker.JournalOpenedEntry
	leaves     []tlog.Hash
	closed     bool
}

// Stage verifies a journal. Its error is ErrCorrupt when it is not what was signed. The caller discards what it staged.
func (im *Imports) Stage(c Copy) (s *Staged, err error) {
	tmp, err := os.CreateTemp(im.journals(), importPrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("import journal: %w", err)
	}
	s = &Staged{Journal: c.Journal, file: tmp.Name(), checkpoint: c.Checkpoint, said: checkpoint{size: math.MaxInt64}}
	err = s.read(tmp, c.Lines)
	if err == nil {
		err = errors.Join(tmp.Chmod(0o644), tmp.Sync())
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		s.Discard()
		return nil, fmt.Errorf("import journal %s: %w", c.Journal, err)
	}
	s.Entries = s.said.size
	return s, nil
}

// Discard removes what is staged and was not admitted.
func (s *Staged) Discard() {
	if s.file != "" {
		_ = os.Remove(s.file)
		s.file = ""
	}
}

// Each calls visit for the lines behind the first so many, as Signed's does.
func (s *Staged) Each(from int64, visit func(line []byte) error) error {
	file, err := os.Open(s.file)
	if err != nil {
		return fmt.Errorf("read journal %s: %w", s.Journal, err)
	}
	defer func() { _ = file.Close() }()
	return eachOf(file, s.Journal.String(), from, s.Entries, visit)
}

// read copies the lines into a file of ours and verifies them.
func (s *Staged) read(tmp *os.File, from io.Reader) error {
	out := bufio.NewWriterSize(tmp, 64<<10)
	lines := newLineReader(io.TeeReader(from, out), Position{})
	var last []byte
	for {
		text, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		if lines.n == 1 {
			if err := s.open(text); err != nil {
				return err
			}
		}
		if lines.n > s.said.size {
			return fmt.Errorf("%w: it has more lines than were signed", ErrCorrupt)
		}
		s.leaves = append(s.leaves, tlog.RecordHash(text))
		last = append(last[:0], text...)
	}
	if lines.torn > 0 || lines.n != s.said.size || lines.n == 0 || rootOf(s.leaves) != s.said.root {
		return fmt.Errorf("%w: its lines are not those that were signed", ErrCorrupt)
	}
	e, err := tracker.DecodeEntry(last)
	s.closed = err == nil && e.Head().Kind == tracker.KindJournalClosed
	return out.Flush()
}

// open reads the first line, which names the journal and its key, and checks the checkpoint's signature.
func (s *Staged) open(line []byte) error {
	e, err := tracker.DecodeEntry(line)
	opened, ok := e.(*tracker.JournalOpenedEntry)
	if err != nil || !ok || opened.Journal != s.Journal {
		return fmt.Errorf("%w: it does not begin as this journal", ErrCorrupt)
	}
	s.opened = *opened
	if s.said, err = openCheckpoint(s.checkpoint, verifierOf(opened.Key)...); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if s.said.origin != origin(s.Journal) {
		return fmt.Errorf("%w: its checkpoint is that of %s", ErrCorrupt, s.said.origin)
	}
	return nil
}

// entry lists the journal.
func (s *Staged) entry(now time.Time) *tracker.CheckpointEntry {
	state := stateCopied
	if s.closed {
		state = stateClosed
	}
	return &tracker.CheckpointEntry{Header: tracker.Header{Time: now}, Journal: s.Journal, State: state,
		Key: s.opened.Key, Checkpoint: string(s.checkpoint)}
}
