package cli

import (
	"context"
	"errors"

	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// pastCells answers a front end's history requests from the ledger of a session.
type pastCells struct {
	ledger  string
	session tracker.ID
}

// History returns the lines asked for; a ledger that does not exist yet has none.
func (p *pastCells) History(ctx context.Context, r wire.History) ([]wire.HistoryEntry, error) {
	x, err := index.Open(ctx, p.ledger)
	if errors.Is(err, journal.ErrNoLedger) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer x.Close()
	lines, err := x.History(ctx, index.History{
		Access: r.Access, Current: p.session, Session: r.Session, Start: r.Start, Stop: r.Stop,
		N: r.N, Pattern: r.Pattern, Unique: r.Unique, Output: r.Output,
	})
	var entries []wire.HistoryEntry
	for _, l := range lines {
		entries = append(entries, wire.HistoryEntry{Session: l.Session, Line: l.Line, Input: l.Source, Output: l.Output})
	}
	return entries, err
}
