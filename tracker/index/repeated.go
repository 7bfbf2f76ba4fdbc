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
// it was, it is the one with the same count. Where the source had secrets nobody knows whether it was the same.
func (x *Index) Repeated(ctx context.Context, cells []Cell) (map[tracker.ID]Cell, error) {
	of := map[tracker.ID]Mark{}
	for _, sessions := range []string{"<>", "="} {
		var left []repeatedCell
		for _, c := range cells {
			if _, known := of[c.ID]; !known && !c.Source.IsZero() && c.Redactions == 0 {
				m := MarkOf(c)
				left = append(left, repeatedCell{c.ID, c.Session, c.Notebook, c.CellID, c.Count, c.Source, m.Started, m.Journal, m.Entry})
			}
		}
		if err := x.repeatedIn(ctx, sessions, left, of); err != nil {
			return nil, err
		}
	}
	marks := make([]Mark, 0, len(of))
	for _, m := range of {
		marks = append(marks, m)
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

// beforeOf chooses the cell executions that one of json_each repeats, newest first.
const beforeOf = `SELECT journal, entry FROM cells AS one WHERE notebook = value ->> 'notebook' AND cell_id = value ->> 'cell_id' AND (cell_id > '' OR count = value ->> 'count')
	AND (started, journal, entry) < (value ->> 'started', value ->> 'journal', value ->> 'entry') AND source = value ->> 'source' AND status IN ('ok', 'error') AND redactions = 0`

// repeatedIn adds to of where those stand that are of sessions which are, or are not, the own one.
func (x *Index) repeatedIn(ctx context.Context, sessions string, all []repeatedCell, of map[tracker.ID]Mark) error {
	if len(all) == 0 {
		return nil
	}
	scan := func(rows *sql.Rows) (none struct{}, err error) {
		var again tracker.ID
		var m Mark
		err = rows.Scan(into(&again), &m.Started, &m.Journal, &m.Entry)
		of[again] = m
		return none, err
	}
	_, err := collect(ctx, x, scan, `SELECT value ->> 'again', started, cells.journal, entry FROM json_each(?) CROSS JOIN cells ON (cells.journal, entry) =
		(`+beforeOf+` AND session `+sessions+` value ->> 'session' ORDER BY started DESC, journal DESC, entry DESC LIMIT 1)`, jsonText(all))
	return err
}
