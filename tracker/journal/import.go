package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
)

// Import takes a journal from another ledger into the one at dir, once it is verified: its lines have the root that
// its checkpoint tells, and the key that the journal itself names has signed it. A journal that is here
// already must begin or go on as this one does, else ErrConflict is returned; the longer one stays. The copy is
// listed in the ledger-wide journal, signed by key. Import reports whether the ledger gained entries.
func Import(dir string, c Copy, key *Key, now time.Time) (gained bool, err error) {
	l := newLayout(dir)
	if err := l.create(); err != nil {
		return false, err
	}
	tmp, err := os.CreateTemp(l.journals(), ".import.*")
	if err != nil {
		return false, fmt.Errorf("import journal: %w", err)
	}
	defer func() { _, _ = tmp.Close(), os.Remove(tmp.Name()) }()
	in := &importing{layout: l, Copy: c, said: checkpoint{size: math.MaxInt64}}
	if err := in.read(tmp); err != nil {
		return false, fmt.Errorf("import journal %s: %w", c.Journal, err)
	}
	if gained, err = in.settle(tmp, key, now); err != nil {
		return false, fmt.Errorf("import journal %s: %w", c.Journal, err)
	}
	return gained, nil
}

// importing is a journal that is being verified.
type importing struct {
	layout
	Copy
	opened tracker.JournalOpenedEntry
	said   checkpoint
	leaves []tlog.Hash
	closed bool
}

// read copies the lines into a file of ours and verifies them.
func (in *importing) read(tmp *os.File) error {
	out := bufio.NewWriterSize(tmp, 256<<10)
	lines := newLineReader(io.TeeReader(in.Lines, out), Position{})
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
			if err := in.open(text); err != nil {
				return err
			}
		}
		if lines.n > in.said.size {
			return fmt.Errorf("%w: it has more lines than were signed", ErrCorrupt)
		}
		in.leaves = append(in.leaves, tlog.RecordHash(text))
		last = append(last[:0], text...)
	}
	if lines.torn > 0 || lines.n != in.said.size || lines.n == 0 || rootOf(in.leaves) != in.said.root {
		return fmt.Errorf("%w: its lines are not those that were signed", ErrCorrupt)
	}
	e, err := tracker.DecodeEntry(last)
	in.closed = err == nil && e.Head().Kind == tracker.KindJournalClosed
	if err := out.Flush(); err != nil {
		return err
	}
	return tmp.Sync()
}

// open reads the first line, which names the journal and its key, and checks the checkpoint's signature.
func (in *importing) open(line []byte) error {
	e, err := tracker.DecodeEntry(line)
	opened, ok := e.(*tracker.JournalOpenedEntry)
	if err != nil || !ok || opened.Journal != in.Journal {
		return fmt.Errorf("%w: it does not begin as this journal", ErrCorrupt)
	}
	in.opened = *opened
	if in.said, err = openCheckpoint(in.Checkpoint, verifierOf(opened.Key)...); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if in.said.origin != origin(in.Journal) {
		return fmt.Errorf("%w: its checkpoint is that of %s", ErrCorrupt, in.said.origin)
	}
	return nil
}

// compare tells whether the journal is news, and refuses one that contradicts what is here.
func (in *importing) compare() (news bool, err error) {
	ledger := &Ledger{layout: in.layout}
	have, err := ledger.Signed(in.Journal)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrNotSigned) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	file, err := have.Open()
	if err != nil {
		return false, err
	}
	defer func() { _ = file.Close() }()
	lines := newLineReader(io.LimitReader(file, have.Bytes), Position{})
	for _, leaf := range in.leaves {
		text, err := lines.next()
		if err == io.EOF {
			return true, nil
		}
		if err != nil || tlog.RecordHash(text) != leaf {
			return false, fmt.Errorf("%w: entry %d here is not the one that comes", ErrConflict, lines.n)
		}
	}
	return false, nil
}

// settle puts the journal where it belongs, when it is news, and lists it. The ledger-wide journal stays locked meanwhile: two
// imports of one journal would mix its files.
func (in *importing) settle(tmp *os.File, key *Key, now time.Time) (gained bool, err error) {
	r, err := in.openRegister(key, now)
	if err != nil {
		return false, err
	}
	defer func() { _ = r.file.Close() }() // everything is synced; this lets the lock go
	if gained, err = in.compare(); err != nil {
		return false, err
	}
	if !gained {
		return false, in.listAgain(r, now)
	}
	err = inOrder(
		func() error { return r.append(in.entry(now)) },
		func() error { return in.place(tmp, key) },
		r.flush, // at once: a journal that is there and not listed is a fault
		func() error { return syncDir(in.journals()) },
		r.commit,
	)
	return err == nil, err
}

// listAgain lists a journal that is there already, unless it is listed: an import was killed before it.
func (in *importing) listAgain(r *register, now time.Time) error {
	all, err := in.readStates()
	if err != nil || len(all.of(in.Journal).states) > 0 {
		return err
	}
	if err := r.append(in.entry(now)); err != nil {
		return err
	}
	return r.commit()
}

// entry lists the journal.
func (in *importing) entry(now time.Time) *tracker.CheckpointEntry {
	state := stateCopied
	if in.closed {
		state = stateClosed
	}
	return &tracker.CheckpointEntry{Header: tracker.Header{Time: now}, Journal: in.Journal, State: state,
		Key: in.opened.Key, Checkpoint: string(bytes.Clone(in.Checkpoint))}
}

// place puts the files where they belong, in an order that leaves a ledger in order at each moment. As long as a
// journal has no lines here, the rest of it counts for nothing, so they come last; later they come first, as a writer's do.
func (in *importing) place(tmp *os.File, key *Key) error {
	name := in.Journal.String()
	if err := in.keepKeys(key); err != nil {
		return err
	}
	if err := errors.Join(tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	lines := func() error { return os.Rename(tmp.Name(), in.lines(name)) }
	signed := []func() error{
		func() error { return writeHashes(in.hashes(name), 0, in.leaves) },
		func() error { return writeAtomic(in.checkpoint(name), in.Checkpoint) },
	}
	if in.exists(in.lines(name)) {
		synced := func() error { return syncDir(in.journals()) }
		return inOrder(append([]func() error{lines, synced}, signed...)...)
	}
	_ = os.Remove(in.hashes(name)) // a longer journal may have left them
	return inOrder(append(signed, lines)...)
}

func inOrder(steps ...func() error) (err error) {
	for _, step := range steps {
		if err = step(); err != nil {
			return err
		}
	}
	return nil
}

// keepKeys puts the public keys that the journal and its listing need into the ledger.
func (in *importing) keepKeys(key *Key) error {
	if public := publicOf(in.opened.Key); public != nil {
		line, err := note.NewEd25519VerifierKey("gemba", public)
		if err != nil {
			return err
		}
		if err := writeOnce(in.key(keyID(public)), []byte(line+"\n"), 0o644); err != nil {
			return err
		}
	}
	return in.keepKey(key)
}
