package gc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/reach"
)

// digests is a set of blobs.
type digests map[tracker.Digest]struct{}

func (s digests) has(d tracker.Digest) bool { _, ok := s[d]; return ok }

// marker finds the blobs that entries need. It can be advanced again, by what was written since.
type marker struct {
	ledger  *journal.Ledger
	at      map[tracker.ID]journal.Position
	need    digests // without chunks
	walked  digests // documents whose contents are in need
	late    digests // what the last advance added to need; nil for the first one, which adds all
	begun   bool
	without digests // what is to be removed: what the first advance finds of it does not count

	expires func(line []byte) bool // reports whether an entry's blobs may go
	expired digests                // what expired entries need; some of it may be in need too
	looked  digests                // documents whose contents are in expired

	missing map[tracker.Digest]error // documents that could not be read
	doubts  []error                  // why more may be needed than is known
}

func newMarker(l *journal.Ledger) *marker {
	return &marker{
		ledger: l, at: make(map[tracker.ID]journal.Position),
		need: make(digests), walked: make(digests), expired: make(digests), looked: make(digests),
		missing: make(map[tracker.Digest]error),
		expires: func([]byte) bool { return false },
	}
}

// advance takes in what was written since the last time. Its error is that of ctx; what cannot be read becomes a doubt.
func (m *marker) advance(ctx context.Context) error {
	if m.begun {
		m.late = make(digests)
	}
	m.begun = true
	gone, err := m.ledger.Gone()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.doubt(err)
	}
	for _, id := range gone {
		m.doubt(fmt.Errorf("journal %s is listed and not there", id))
	}
	ids, err := m.ledger.Journals()
	if err != nil {
		return err
	}
	if err != nil && len(ids) > 0 {
		m.doubt(fmt.Errorf("the ledger-wide journal is not there"))
	}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.journal(id)
	}
	return m.judgeMissing(ctx)
}

// doubt notes why more may be needed than is known, each reason once.
func (m *marker) doubt(err error) {
	for _, known := range m.doubts {
		if known.Error() == err.Error() {
			return
		}
	}
	m.doubts = append(m.doubts, err)
}

func (m *marker) journal(id tracker.ID) {
	for r, err := range m.ledger.Lines(id, m.at[id]) {
		if err == nil {
			err = m.entry(r.Line)
		}
		if err != nil {
			m.doubt(fmt.Errorf("journal %s, entry %d: %w", id.Short(), r.N, err))
			if r.Line == nil {
				return
			}
		}
		m.at[id] = journal.Position{N: r.N, Offset: r.End}
	}
}

// entry marks what an entry needs.
func (m *marker) entry(line []byte) error {
	visit := m.visit
	if m.expires(line) {
		visit = m.visitExpired
	}
	return reach.Walk(line, m.ledger.Blobs(), visit, m.problem)
}

func (m *marker) problem(d tracker.Digest, err error) {
	if errors.Is(err, blob.ErrNotFound) && m.without.has(d) {
		return
	}
	m.missing[d] = err
}

// visit marks a blob as needed and returns whether to go on into it.
func (m *marker) visit(d tracker.Digest, document bool) bool {
	if m.without.has(d) {
		return false
	}
	if !m.need.has(d) {
		m.need[d] = struct{}{}
		if m.late != nil {
			m.late[d] = struct{}{}
		}
	}
	if !document || m.walked.has(d) {
		return false
	}
	m.walked[d] = struct{}{}
	return true
}

// visitExpired marks the blobs of an expired entry. Its documents stay: they are small, and tell what the rest was.
func (m *marker) visitExpired(d tracker.Digest, document bool) bool {
	if !document {
		m.expired[d] = struct{}{}
		return false
	}
	m.need[d] = struct{}{}
	if m.looked.has(d) {
		return false
	}
	m.looked[d] = struct{}{}
	return true
}

// judgeMissing doubts documents that could not be read, unless they were removed for good: then what only they
// led to is not needed.
func (m *marker) judgeMissing(ctx context.Context) error {
	if len(m.missing) == 0 {
		return nil
	}
	removed, err := m.ledger.Tombstones(ctx, m.doubt)
	if err != nil {
		return err
	}
	for d, err := range m.missing {
		if t, ok := removed[d]; ok && t.Reason != Evicted && errors.Is(err, blob.ErrNotFound) {
			continue
		}
		m.doubt(fmt.Errorf("a document cannot be read: %w", err))
	}
	clear(m.missing)
	return nil
}
