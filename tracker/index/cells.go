package index

import (
	"context"
	"database/sql"

	"github.com/gemba-ml/gemba/tracker"
)

// Mark is where a cell execution stands among all: by time, then journal, then entry. The zero Mark is before the first.
type Mark struct {
	Started string // as the tables have it: it sorts as text
	Journal string
	Entry   int64
}

// MarkOf returns where a cell execution stands.
func MarkOf(c Cell) Mark { return Mark{timeText(c.Started), c.Journal.String(), c.Entry} }

func (m Mark) values() []any { return []any{m.Started, m.Journal, m.Entry} }

// CellsBefore returns at most limit cell executions of those that f chooses, newest first: those that stand before a mark, which is the zero
// one for the newest. It takes as long for the last as for the first.
func (x *Index) CellsBefore(ctx context.Context, f Filter, mark Mark, limit int) ([]Cell, error) {
	where, args := f.where()
	if mark != (Mark{}) {
		where, args = and(where, "(started, journal, entry) < (?, ?, ?)"), append(args, mark.values()...)
	}
	query := "SELECT " + cellColumns + " FROM cells JOIN (SELECT journal, entry FROM cells" + where + newest + " LIMIT ?) USING (journal, entry)" + newest
	return collect(ctx, x, scanCell, query, append(args, limit)...)
}

func and(where, condition string) string {
	if where == "" {
		return " WHERE " + condition
	}
	return where + " AND " + condition
}

// Ordered is a cell execution as its session's order needs it.
type Ordered struct {
	Mark
	CellID string // empty: it is not known which cell of the notebook it was
}

// OrderOf returns the cell executions of a session that stand behind a mark, oldest first.
func (x *Index) OrderOf(ctx context.Context, session tracker.ID, mark Mark) ([]Ordered, error) {
	scan := func(rows *sql.Rows) (o Ordered, err error) {
		err = rows.Scan(&o.Started, &o.Journal, &o.Entry, &o.CellID)
		return o, err
	}
	return collect(ctx, x, scan, `SELECT started, journal, entry, cell_id FROM cells WHERE session = ? AND (started, journal, entry) > (?, ?, ?)
		ORDER BY started, journal, entry`, append([]any{session.String()}, mark.values()...)...)
}

// CellsAt returns the cell executions at marks, as far as they are there.
func (x *Index) CellsAt(ctx context.Context, marks []Mark) (map[Mark]Cell, error) {
	places := make([][2]any, len(marks))
	for i, m := range marks {
		places[i] = [2]any{m.Journal, m.Entry}
	}
	all, err := collect(ctx, x, scanCell, "SELECT "+cellColumns+` FROM
		(SELECT json_extract(value, '$[0]') AS in_journal, json_extract(value, '$[1]') AS number FROM json_each(?))
		CROSS JOIN cells ON journal = in_journal AND entry = number`, jsonText(places))
	found := make(map[Mark]Cell, len(all))
	for _, c := range all {
		found[MarkOf(c)] = c
	}
	return found, err
}

// LatestCells returns of each cell of a notebook, which is named as it was recorded, its latest execution. It takes as long as there are
// cells, however often they were executed.
func (x *Index) LatestCells(ctx context.Context, notebook string) ([]Cell, error) {
	return collect(ctx, x, scanCell, `WITH RECURSIVE named(name) AS (
			SELECT min(cell_id) FROM cells WHERE notebook = ?1 AND cell_id > ''
			UNION ALL SELECT (SELECT min(cell_id) FROM cells WHERE notebook = ?1 AND cell_id > name) FROM named WHERE name IS NOT NULL)
		SELECT `+cellColumns+` FROM named CROSS JOIN cells ON (journal, entry) = (SELECT journal, entry FROM cells
			WHERE notebook = ?1 AND cell_id = name ORDER BY started DESC, journal DESC, entry DESC LIMIT 1)
		WHERE name IS NOT NULL`, notebook)
}
