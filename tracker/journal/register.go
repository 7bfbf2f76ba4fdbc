package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
)

// ErrDamaged says that the ledger-wide journal is not what was signed, so nothing may be signed on top of it.
var ErrDamaged = errors.New("the ledger-wide journal was altered")

// register is the ledger-wide journal, locked: what one process appends, the next one builds on.
type register struct {
	chain
	opened tracker.LedgerOpenedEntry
}

// lockPatience is how long a process waits for another one to finish its line.
const lockPatience = 5 * time.Second

// record appends the state of a journal to the ledger-wide journal.
func (l layout) record(e *tracker.CheckpointEntry, key *Key) error {
	r, err := l.openRegister(key, e.Time)
	if err != nil {
		return fmt.Errorf("record journal ledger-wide: %w", err)
	}
	defer func() { _ = r.file.Close() }() // everything is synced; this lets the lock go
	if err := r.append(e); err != nil {
		return err
	}
	if err := r.commit(); err != nil {
		return fmt.Errorf("record journal ledger-wide: %w", err)
	}
	return nil
}

// commit flushes and syncs. Without a key a checkpoint that someone signed is left as it is.
func (r *register) commit() error {
	if err := r.flush(); err != nil {
		return err
	}
	if r.key == nil && r.signed > 0 && r.opened.Key != "" {
		return r.syncLines(r.durable, r.flushed, r.leaves)
	}
	return r.sync(nil)
}

// openRegister locks and reads the ledger-wide journal, begins it when it is new, and makes sure
// that it still is what its checkpoint says.
func (l layout) openRegister(key *Key, now time.Time) (*register, error) {
	if err := checkRegular(l.lines(LedgerWide)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	file, err := os.OpenFile(l.lines(LedgerWide), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	r := &register{chain: chain{layout: l, name: LedgerWide, key: key, file: file}}
	err = waitLock(file)
	if err == nil {
		err = r.load(file)
	}
	if err == nil && r.tree.n == 0 {
		err = r.begin(now)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return r, nil
}

func waitLock(file *os.File) error {
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		ok, err := tryLock(file, false)
		if ok || err != nil {
			return err
		}
		if wait >= 50*time.Millisecond {
			return waitLong(file)
		}
		time.Sleep(wait)
	}
}

func waitLong(file *os.File) error {
	for range lockPatience / (50 * time.Millisecond) {
		time.Sleep(50 * time.Millisecond)
		if ok, err := tryLock(file, false); ok || err != nil {
			return err
		}
	}
	return fmt.Errorf("%s is locked by another process: is one of yours stopped?", file.Name())
}

// begin writes the first entry.
func (r *register) begin(now time.Time) error {
	r.id = tracker.NewID()
	r.opened = tracker.LedgerOpenedEntry{
		Header: tracker.Header{Time: now}, Format: Format, Ledger: r.id, Key: r.key.verifierKey(origin(r.id)),
	}
	if err := r.append(&r.opened); err != nil {
		return err
	}
	return r.commit()
}

// load reads the lines, cuts off one that a killed process left torn, and checks them against the checkpoint.
func (r *register) load(file *os.File) error {
	lines := newLineReader(file, Position{})
	var ends []int64
	for {
		text, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: entry %d: %w", ErrDamaged, lines.n, err)
		}
		if lines.n == 1 {
			r.opened = openingOf(text)
		}
		leaf := tlog.RecordHash(text)
		r.tree.add(leaf)
		r.leaves, ends = append(r.leaves, leaf), append(ends, lines.offset)
	}
	r.id, r.size, r.flushed = r.opened.Ledger, lines.offset, lines.offset
	if r.tree.n > 0 && r.id.IsZero() {
		return fmt.Errorf("%w: it does not begin as it must: gemba verify tells more", ErrDamaged)
	}
	if err := r.checkSigned(); err != nil {
		return err
	}
	if err := r.skipStored(); err != nil {
		return err
	}
	if r.stored > 0 {
		r.durable = ends[r.stored-1]
	}
	r.doubt = len(r.leaves) > 0 // who wrote them did not get as far as a good sync
	return r.file.Truncate(r.size)
}

// openingOf returns the ledger-wide journal's first entry, zero when the line is none.
func openingOf(line []byte) tracker.LedgerOpenedEntry {
	e, err := tracker.DecodeEntry(line)
	opened, ok := e.(*tracker.LedgerOpenedEntry)
	if err != nil || !ok {
		return tracker.LedgerOpenedEntry{}
	}
	return *opened
}

// skipStored forgets the leaf hashes that the hashes file has already.
func (r *register) skipStored() error {
	hashes, err := r.openHashes(r.hashes(r.name))
	if err != nil {
		return err
	}
	defer hashes.close()
	for len(r.leaves) > 0 {
		if leaf, ok := hashes.next(); !ok || leaf != r.leaves[0] {
			break
		}
		r.leaves = r.leaves[1:]
		r.stored++
	}
	return nil
}

// checkSigned makes sure that the lines are those that the checkpoint speaks of. Only the very first
// entry may lack a checkpoint: its writer was killed before it signed.
func (r *register) checkSigned() error {
	file, err := r.readSmall(r.checkpoint(LedgerWide))
	if errors.Is(err, fs.ErrNotExist) {
		if r.tree.n <= 1 {
			return nil
		}
		return fmt.Errorf("%w: its checkpoint was removed: gemba verify tells more", ErrDamaged)
	}
	if err != nil {
		return err
	}
	c, err := openCheckpoint(file, r.verifiers(r.id, r.opened.Key)...)
	if err != nil {
		return fmt.Errorf("%w: %w: gemba verify tells more", ErrDamaged, err)
	}
	if c.size > r.tree.n || rootOf(r.leaves[:c.size]) != c.root {
		return fmt.Errorf("%w: its lines are not those that were signed: gemba verify tells more", ErrDamaged)
	}
	r.signed = c.size
	return nil
}
