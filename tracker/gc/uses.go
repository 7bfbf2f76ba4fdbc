package gc

import (
	"context"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/reach"
)

// Use is the first entry that was found to need a blob.
type Use struct {
	Journal   tracker.ID
	Entry     int64
	Kind      tracker.Kind
	Session   tracker.ID
	Execution tracker.ID
}

// Uses tells which entries need blobs, and gives every line of the ledger to look on the way. What cannot be read is
// skipped: a blob without a use may be needed by that.
func Uses(ctx context.Context, l *journal.Ledger, blobs []tracker.Digest, look func(journal.Record)) (map[tracker.Digest]Use, error) {
	wanted, walked, uses := make(digests), make(digests), make(map[tracker.Digest]Use)
	for _, d := range blobs {
		wanted[d] = struct{}{}
	}
	ids, err := l.Journals()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for r, err := range l.Lines(id, journal.Position{}) {
			if err != nil {
				continue
			}
			look(r)
			visit := func(d tracker.Digest, document bool) bool {
				if _, known := uses[d]; !known && wanted.has(d) {
					uses[d] = use(r)
				}
				fresh := document && !walked.has(d)
				walked[d] = struct{}{}
				return fresh
			}
			_ = reach.Walk(r.Line, l.Blobs(), visit, func(tracker.Digest, error) {}) // what is no entry names nothing
		}
	}
	return uses, nil
}

func use(r journal.Record) Use {
	u := Use{Journal: r.Journal, Entry: r.N}
	if e, err := tracker.DecodeEntry(r.Line); err == nil {
		h := e.Head()
		u.Kind, u.Session, u.Execution = h.Kind, h.Session, h.Execution
	}
	return u
}
