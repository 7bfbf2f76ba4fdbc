package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
)

// Copy is the signed part of a journal, on its way to another ledger.
type Copy struct {
	Journal    tracker.ID
	Checkpoint []byte    // of exactly these lines
	Lines      io.Reader // from the first one on
}

// ErrConflict says that two ledgers have different journals under one id, or one that was altered.
var ErrConflict = errors.New("the journals differ")

// Signed returns the signed part of a journal: how many entries it has, and its checkpoint. It reads no line yet. Nothing is signed, and ErrNotSigned returned, before its writer has synced for the first time.
func (l *Ledger) Signed(id tracker.ID) (Signed, error) { return l.signed(id.String()) }

// SignedRegister is Signed for the ledger-wide journal.
func (l *Ledger) SignedRegister() (Signed, error) { return l.signed(LedgerWide) }

// Signed describes the signed part of a journal.
type Signed struct {
	Origin     tracker.ID // of the journal, that of the ledger for the ledger-wide one
	Entries    int64
	Checkpoint []byte
	root       tlog.Hash
	layout     layout
	name       string
}

// ErrNotSigned says that a journal has no checkpoint yet.
var ErrNotSigned = errors.New("no checkpoint yet")

func (l *Ledger) signed(name string) (Signed, error) {
	b, err := l.readSmall(l.checkpoint(name))
	if errors.Is(err, fs.ErrNotExist) {
		return Signed{}, fmt.Errorf("read journal %s: %w", name, ErrNotSigned)
	}
	if err != nil {
		return Signed{}, fmt.Errorf("read journal %s: %w", name, err)
	}
	c, err := parseCheckpoint(string(b))
	if err != nil {
		return Signed{}, fmt.Errorf("read journal %s: %w: %w", name, ErrCorrupt, err)
	}
	id, err := tracker.ParseID(strings.TrimPrefix(c.origin, originPrefix))
	if err != nil {
		return Signed{}, fmt.Errorf("read journal %s: %w: its checkpoint is that of %q", name, ErrCorrupt, c.origin)
	}
	s := Signed{Origin: id, Entries: c.size, Checkpoint: b, root: c.root, layout: l.layout, name: name}
	lines, err := s.Open()
	if err != nil {
		return s, fmt.Errorf("read journal %s: %w", name, err)
	}
	return s, lines.Close()
}

// Open returns the journal's lines; those behind the first Entries are not signed.
func (s Signed) Open() (io.ReadCloser, error) { return s.layout.open(s.layout.lines(s.name)) }

// Each calls visit for the signed lines behind the first so many, without their line ends; a line is valid until visit
// returns. Its error is ErrCorrupt where lines are missing that were signed.
func (s Signed) Each(from int64, visit func(line []byte) error) error {
	file, err := s.Open()
	if err != nil {
		return fmt.Errorf("read journal %s: %w", s.name, err)
	}
	defer func() { _ = file.Close() }()
	return eachOf(file, s.name, from, s.Entries, visit)
}

// eachOf calls visit for the lines behind the first so many, up to so many.
func eachOf(file io.Reader, name string, from, to int64, visit func(line []byte) error) error {
	lines := newLineReader(file, Position{})
	for lines.n < to {
		line, err := lines.next()
		if err == io.EOF {
			return fmt.Errorf("read journal %s: %w: it has fewer entries than were signed", name, ErrCorrupt)
		}
		if err != nil {
			return fmt.Errorf("read journal %s: %w", name, err)
		}
		if lines.n > from {
			if err := visit(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// Agrees returns nil when a checkpoint of another copy of this journal speaks of lines that are these, an error
// that is ErrConflict when it does not. Of lines beyond these it says nothing, and it does not ask who signed it.
func (s Signed) Agrees(file []byte) error {
	c, err := parseCheckpoint(string(file))
	if err != nil {
		return err
	}
	root := s.root
	if c.size < s.Entries {
		if root, err = s.rootAt(c.size); err != nil {
			return err
		}
	}
	if c.origin != origin(s.Origin) || c.size <= s.Entries && root != c.root {
		return fmt.Errorf("%w: the first %d entries here are not those that were signed there", ErrConflict, c.size)
	}
	return nil
}

// rootAt returns the root of the first entries: by the stored leaf hashes, where these are the ones that were signed, else
// by the lines.
func (s Signed) rootAt(size int64) (root tlog.Hash, err error) {
	hashes, err := s.layout.openHashes(s.layout.hashes(s.name))
	if err != nil {
		return root, err
	}
	defer hashes.close()
	var t tree
	root = t.root()
	add := func(leaf tlog.Hash) {
		if t.add(leaf); t.n == size {
			root = t.root()
		}
	}
	for leaf, ok := hashes.next(); ok && t.n < s.Entries; leaf, ok = hashes.next() {
		add(leaf)
	}
	if t.n == s.Entries && t.root() == s.root {
		return root, nil
	}
	t = tree{}
	root = t.root()
	return root, s.Each(0, func(line []byte) error { add(tlog.RecordHash(line)); return nil })
}
