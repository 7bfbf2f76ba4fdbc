package gc

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Retention says what may go though entries name it: outputs of cells, and the contents of files that were kept since
// a cell touched them. Sources, programs, code states, environments and snapshots always stay, and so does what
// any of these needs too. Where both rules are given, a session expires only when both say so. The zero
// Retention keeps everything.
type Retention struct {
	KeepLast  int           // so many newest sessions keep everything; 0: the number does not matter
	OlderThan time.Duration // sessions opened later than so long ago keep everything; 0: age does not matter
}

func (r Retention) zero() bool { return r == Retention{} }

// expiring begins the lines of those entries whose blobs may go.
var expiring = [...][]byte{
	[]byte(`{"kind":"` + tracker.KindCellOutputs + `"`),
	[]byte(`{"kind":"` + tracker.KindFiles + `"`),
}

// expired returns what tells whether an entry belongs to a session that the rules let go. A session that runs
// keeps everything.
func (r Retention) expired(ctx context.Context, l *journal.Ledger, now time.Time) (func(line []byte) bool, error) {
	sessions, err := readSessions(ctx, l)
	if err != nil {
		return nil, err
	}
	gone := make(map[tracker.ID]bool)
	for i, s := range sessions {
		if !s.live && (r.KeepLast == 0 || i >= r.KeepLast) && now.Sub(s.opened) > r.OlderThan {
			gone[s.id] = true
		}
	}
	return func(line []byte) bool {
		if !slices.ContainsFunc(expiring[:], func(p []byte) bool { return bytes.HasPrefix(line, p) }) {
			return false
		}
		var head struct{ Session tracker.ID }
		return json.Unmarshal(line, &head) == nil && gone[head.Session]
	}, nil
}

// session is when a session was opened and whether it still runs.
type session struct {
	id     tracker.ID
	opened time.Time
	live   bool
}

var sessionPrefix = []byte(`{"kind":"` + tracker.KindSessionOpened + `"`)

// readSessions returns all sessions, newest first.
func readSessions(ctx context.Context, l *journal.Ledger) (all []session, err error) {
	ids, err := l.Journals()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		state, err := l.State(id)
		if err != nil {
			continue // marking tells
		}
		for r, err := range l.Lines(id, journal.Position{}) {
			if err != nil || !bytes.HasPrefix(r.Line, sessionPrefix) {
				continue
			}
			if e, err := tracker.DecodeEntry(r.Line); err == nil {
				all = append(all, session{e.Head().Session, e.Head().Time, state == journal.Live})
			}
		}
	}
	slices.SortFunc(all, func(a, b session) int { return cmp.Or(b.opened.Compare(a.opened), bytes.Compare(a.id[:], b.id[:])) })
	return all, nil
}
