package index

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Stand names what the index tells at a moment: answers to the same question are equal while it is.
type Stand struct {
	Generation, Seq, Entries int64
	States                   string // how many journals are in which state
}

// String writes the stand as one word.
func (s Stand) String() string {
	return fmt.Sprintf("%d.%d.%d.%s", s.Generation, s.Seq, s.Entries, s.States)
}

// Stand returns the present one.
func (x *Index) Stand(ctx context.Context) (Stand, error) {
	s, err := x.state(ctx)
	if err != nil {
		return Stand{}, err
	}
	stand := Stand{Generation: s.generation, Seq: s.seq, Entries: s.entries}
	states, err := collect(ctx, x, func(rows *sql.Rows) (text string, err error) {
		var state string
		var n, problems int64
		err = rows.Scan(&state, &n, &problems)
		return fmt.Sprintf("%.1s%d-%d", state, n, problems), err
	}, "SELECT state, count(*), sum(problem <> '') FROM journals GROUP BY state ORDER BY state")
	for _, text := range states {
		stand.States += text
	}
	return stand, err
}

// Positions returns up to where each journal is projected.
func (x *Index) Positions(ctx context.Context) (map[tracker.ID]journal.Position, error) {
	type row struct {
		id tracker.ID
		at journal.Position
	}
	all, err := collect(ctx, x, func(rows *sql.Rows) (r row, err error) {
		err = rows.Scan(into(&r.id), &r.at.N, &r.at.Offset)
		return r, err
	}, "SELECT id, entries, offset FROM journals")
	at := make(map[tracker.ID]journal.Position, len(all))
	for _, r := range all {
		at[r.id] = r.at
	}
	return at, err
}
