package index

import (
	"context"
	"database/sql"

	"github.com/gemba-ml/gemba/tracker"
)

// repeatedCell is what is asked of a cell execution to find the one that it repeats.
type repeatedCell struct {
	Again    tracker.ID     `json:"again"`
	Session  tracker.ID     `json:"session"`
	Notebook string         `json:"notebook"`
	CellID   string         `json:"cell_id"`
	Count    int            `json:"count"`
	Source   tracker.Digest `json:"source"`
	Started  string         `json:"started"`
	Journal  string         `json:"journal"`
	Entry    int64          `json:"entry"`
}

// Repeated returns, by the ids of cell executions, the ones that these repeat: each the newest before it, that came to an end of its own, of
// the same cell of the notebook with the same source. One of another session comes before those of its own. Where it is not known which cell
// it was, it is the one with the same count. Where the source had secrets nobody knows whether it was the same. For each it takes at most as
// long as looking at lookedAt others.
func (x *Index) Repeated(ctx context.Context, cells []Cell) (map[tracker.ID]Cell, error) {
	asked := []repeatedCell{}
	for _, c := range cells {
		if !c.Source.IsZero() && c.Redactions == 0 {
			m := MarkOf(c)
			asked = append(asked, repeatedCell{c.ID, c.Session, c.Notebook, c.CellID, c.Count, c.Source, m.Started, m.Journal, m.Entry})
		}
	}
	of := map[tracker.ID]Mark{}
	scan := func(rows *sql.Rows) (m Mark, err error) {
		var again tracker.ID
		err = rows.Scan(into(&again), &m.Started, &m.Journal, &m.Entry)
		of[again] = m
		return m, err
	}
	marks, err := collect(ctx, x, scan, `SELECT value ->> 'again', started, cells.journal, entry FROM json_each(?1) CROSS JOIN cells ON (cells.journal, entry) =
		(SELECT journal, entry FROM (`+beforeOf+`) WHERE source = value ->> 'source' AND status IN ('ok', 'error') AND redactions = 0
		AND (value ->> 'cell_id' > '' OR count = value ->> 'count') ORDER BY session = value ->> 'session', started DESC, journal DESC, entry DESC LIMIT 1)`, jsonText(asked), lookedAt)
	if err != nil {
		return nil, err
	}
	at, err := x.CellsAt(ctx, marks)
	found := make(map[tracker.ID]Cell, len(of))
	for again, m := range of {
		if c, there := at[m]; there {
			found[again] = c
		}
	}
	return found, err
}

// lookedAt is among how many executions of a cell the repeated one is looked for: the last before the one that repeats it.
const lookedAt = 100

// beforeOf are the executions of the cell before one of json_each, newest first.
const beforeOf = `SELECT started, journal, entry, session, source, status, redactions, count FROM cells AS one
	WHERE notebook = value ->> 'notebook' AND cell_id = value ->> 'cell_id' AND (started, journal, entry) < (value ->> 'started', value ->> 'journal', value ->> 'entry')
	ORDER BY started DESC, journal DESC, entry DESC LIMIT ?2`
