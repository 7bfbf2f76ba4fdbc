package index

import (
	"context"
	"database/sql"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
)

// Series returns points of a series, in the order in which they were logged; those of several journals one journal behind the
// other. Of at most q.Points points the first and the last are always among them, and of equally long parts between them the least
// and the greatest value, and one that is not a number.
func (x *Index) Series(ctx context.Context, q SeriesSearch) ([]tracker.Metric, error) {
	pieces, total, err := x.pieces(ctx, q)
	if err != nil {
		return nil, err
	}
	level, left := 0, total
	for q.Points > 0 && 2*left/factor >= int64(q.Points) { // a part of a level has two points or more
		level, left = level+1, left/factor
	}
	if q.Points == 0 {
		points, err := x.readPieces(ctx, q, pieces, 0, make([]tracker.Metric, 0, total))
		return q.within(points), err
	}
	room := x.cache.room.Get().(*[]tracker.Metric) // for what is thrown away when a thousand series are drawn
	defer x.cache.room.Put(room)
	if *room, err = x.readPieces(ctx, q, pieces, level, (*room)[:0]); err != nil {
		return nil, err
	}
	points := q.within(*room)
	if len(points) > q.Points {
		return thin(points, q.Points), nil
	}
	return slices.Clone(points), nil
}

func (x *Index) readPieces(ctx context.Context, q SeriesSearch, pieces []stretch, level int, points []tracker.Metric) (_ []tracker.Metric, err error) {
	for _, p := range pieces {
		if points, err = x.piecePoints(ctx, q, p, level, points); err != nil {
			return points, err
		}
	}
	return points, nil
}

// stretch is what a series has in one journal.
type stretch struct {
	journal string
	chunks  int64 // that have all their points
	rest    int64 // points in the one behind them
}

// pieces returns what journals have of a series, in their order, and how many points may be in the search's steps.
func (x *Index) pieces(ctx context.Context, q SeriesSearch) (all []stretch, total int64, err error) {
	scan := func(rows *sql.Rows) (struct{}, error) {
		var journal string
		var points int64
		var low, high int64
		err := rows.Scan(&journal, &points, &low, &high)
		if len(all) == 0 || all[len(all)-1].journal != journal {
			all = append(all, stretch{journal: journal})
		}
		if s := &all[len(all)-1]; points == chunkPoints {
			s.chunks++
		} else {
			s.rest = points
		}
		if q.overlaps(low, high) {
			total += points
		}
		return struct{}{}, err
	}
	_, err = collect(ctx, x, scan, "SELECT journal, points, low_step, high_step FROM series WHERE run = ? AND key = ? AND level = 0 ORDER BY at, journal, n",
		q.Run.String(), q.Key)
	return all, total, err
}

// all reports whether the search asks for all steps.
func (q SeriesSearch) all() bool { return q.From == 0 && q.To == 0 }

// overlaps reports whether steps from low to high may be among those that are asked for.
func (q SeriesSearch) overlaps(low, high int64) bool { return q.all() || low <= q.To && high >= q.From }

// within keeps the points at the steps that are asked for.
func (q SeriesSearch) within(points []tracker.Metric) []tracker.Metric {
	if q.all() {
		return points
	}
	kept := points[:0]
	for _, p := range points {
		if p.Step >= q.From && p.Step <= q.To {
			kept = append(kept, p)
		}
	}
	return kept
}

// piecePoints appends a piece's points, thinned out to a level as far as there are rows of it: what is behind them comes from
// the levels below.
func (x *Index) piecePoints(ctx context.Context, q SeriesSearch, p stretch, level int, points []tracker.Metric) (_ []tracker.Metric, err error) {
	from := int64(0) // chunks that are read
	for ; level > 0; level-- {
		span := int64(1)
		for range level - 1 {
			span *= factor
		}
		to := p.chunks / span * span
		if to > from {
			if points, err = x.chunks(ctx, q, p.journal, level, from/span, to/span, points); err != nil {
				return points, err
			}
		}
		from = max(from, to)
	}
	if from < p.chunks || p.rest > 0 {
		return x.chunks(ctx, q, p.journal, 0, from, p.chunks+1, points)
	}
	return points, nil
}

// chunks appends the points of rows of a level.
func (x *Index) chunks(ctx context.Context, q SeriesSearch, journal string, level int, from, to int64, points []tracker.Metric) ([]tracker.Metric, error) {
	scan := func(rows *sql.Rows) (struct{}, error) {
		var c chunk
		var low, high int64
		var data sql.RawBytes
		if err := rows.Scan(&low, &high, &data); err != nil || !q.overlaps(low, high) {
			return struct{}{}, err
		}
		err := c.split(data)
		if err == nil {
			points, err = c.appendTo(points, q.Key)
		}
		return struct{}{}, err
	}
	_, err := collect(ctx, x, scan, `SELECT low_step, high_step, data FROM series WHERE run = ? AND key = ? AND level = ? AND journal = ? AND n >= ? AND n < ? ORDER BY n`,
		q.Run.String(), q.Key, level, journal, from, to)
	return points, err
}
