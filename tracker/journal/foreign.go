package journal

import (
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Listing says how many entries journals had when their ledger last listed them.
type Listing []Listed

// Listed is a journal in a Listing.
type Listed struct {
	Journal tracker.ID
	Entries int64
}

// ReadListing verifies the ledger-wide journal of another ledger against its checkpoint, which any of the keys in the
// ledger at dir may have signed, and returns what it lists.
func ReadListing(dir string, ledger tracker.ID, said []byte, lines io.Reader) (Listing, error) {
	all, t := listing{journals: make(map[tracker.ID]*listed)}, tree{}
	for r, err := range Read(lines, tracker.ID{}, Position{}) {
		if err != nil {
			return nil, err
		}
		t.add(tlog.RecordHash(r.Line))
		all.add(r.Entry)
	}
	if all.opened.Ledger != ledger {
		return nil, fmt.Errorf("%w: it does not begin as this ledger's", ErrCorrupt)
	}
	c, err := openCheckpoint(said, newLayout(dir).verifiers(ledger, all.opened.Key)...)
	if unknown := (*note.UnverifiedNoteError)(nil); errors.As(err, &unknown) {
		return nil, fmt.Errorf("%w: no key that is known here signed it", ErrCorrupt)
	}
	if err != nil {
		return nil, err
	}
	if c.origin != origin(ledger) || c.size != t.n || c.root != t.root() {
		return nil, fmt.Errorf("%w: its lines are not those that were signed", ErrCorrupt)
	}
	var list Listing
	for _, id := range all.order {
		most := int64(0)
		for _, state := range all.journals[id].states {
			most = max(most, state.size)
		}
		list = append(list, Listed{id, most})
	}
	return list, nil
}

// OpenOrCreate is Open for a ledger that is made where there is none, with nothing but a ledger-wide journal, which
// key signs.
func OpenOrCreate(dir string, key *Key, now time.Time) (*Ledger, error) {
	l := newLayout(dir)
	if err := l.create(); err != nil {
		return nil, err
	}
	if err := l.keepKey(key); err != nil {
		return nil, err
	}
	r, err := l.openRegister(key, now)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	return &Ledger{layout: l, blobs: blob.OpenStore(l.packs())}, r.file.Close()
}
