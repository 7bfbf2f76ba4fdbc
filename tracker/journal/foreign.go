package journal

import (
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
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

// OpenOrCreate is Open for a ledger that is made, empty, where there is none.
func OpenOrCreate(dir string) (*Ledger, error) {
	if err := newLayout(dir).create(); err != nil {
		return nil, err
	}
	return Open(dir)
}
