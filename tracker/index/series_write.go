package index

import (
	"database/sql"
	"math"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
)

// series names a run's metric.
type series struct {
	run tracker.ID
	key string
}

// piece is what one journal has of a series. It is projected in its order, so its chunks are the same however often that
// was interrupted; the pieces of a series come one behind the other, by what was first told in each.
type piece struct {
	series
	journal tracker.ID
}

// charting says what becomes of points.
type charting int

const (
	counted charting = 1 << iota // in the table metrics
	charted                      // in the table series
)

// last is the point of a series that counts as the metric's value, and how many points are told of in all.
type last struct {
	tracker.Metric
	points int64
}

// take makes p the last point where it is: MLflow's rule is the highest step, then time, then value, where what is not a number
// counts as 0. Bits come last, so that the rule leaves nothing open.
func (l *last) take(p *tracker.Metric) {
	if l.points++; l.points == 1 || later(p, &l.Metric) {
		l.Metric = *p
	}
}

func later(a, b *tracker.Metric) bool {
	switch {
	case a.Step != b.Step:
		return a.Step > b.Step
	case a.Time != b.Time:
		return a.Time > b.Time
	case rank(a.Value) != rank(b.Value):
		return rank(a.Value) > rank(b.Value)
	}
	return int64(math.Float64bits(a.Value)) > int64(math.Float64bits(b.Value))
}

func rank(v float64) float64 {
	if v != v {
		return 0
	}
	return v
}

// tail is the last chunk of a piece, while a batch appends to it.
type tail struct {
	chunk
	n       int64 // of chunks before it
	at      []byte
	changed bool
}

// maxGathered is how many series a batch holds in memory before it writes them.
const maxGathered = 4096

// pointsPerEntry is how many points are as much work as an entry.
const pointsPerEntry = 64

// points projects points that a run logged. What is no such blob is passed over.
func (b *batch) points(run tracker.ID, at stamp, blob []byte, how charting) error {
	all, err := tracker.DecodePoints(blob)
	if err != nil {
		return nil
	}
	for _, points := range all {
		if len(points) == 0 {
			continue
		}
		b.left -= len(points) / pointsPerEntry
		of := series{run, points[0].Key}
		if how&counted != 0 {
			b.count(of, points)
		}
		if how&charted != 0 {
			if err := b.chart(piece{of, at.journal()}, at, points); err != nil {
				return err
			}
		}
	}
	if len(b.tails)+len(b.metrics) > maxGathered {
		return b.flushSeries()
	}
	return nil
}

func (b *batch) count(of series, points []tracker.Metric) {
	l := b.metrics[of]
	if l == nil {
		l = new(last)
		b.metrics[of] = l
	}
	for i := range points {
		l.take(&points[i])
	}
}

func (b *batch) chart(of piece, at stamp, points []tracker.Metric) error {
	t, err := b.tail(of, at)
	if err != nil {
		return err
	}
	t.changed = true
	for i := range points {
		t.add(&points[i])
		if t.points == chunkPoints {
			if err := b.full(of, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// tail returns the chunk that a piece's next point goes into.
func (b *batch) tail(of piece, at stamp) (*tail, error) {
	if t := b.tails[of]; t != nil {
		return t, nil
	}
	t := &tail{at: at.in(0)}
	if b.tails[of] = t; b.fresh[of.run] {
		return t, nil
	}
	err := b.each(func(rows *sql.Rows) error {
		var data []byte
		if err := rows.Scan(&t.n, &t.at, &t.points, &t.lowStep, &t.highStep, &t.lastStep, &t.lastTime, &data); err != nil {
			return err
		}
		return t.split(data)
	}, `SELECT n, at, points, low_step, high_step, last_step, last_time, data FROM series WHERE run = ? AND key = ? AND level = 0 AND journal = ?
		ORDER BY n DESC LIMIT 1`, of.run.String(), of.key, of.journal.String())
	if t.points == chunkPoints {
		t.chunk, t.n = chunk{}, t.n+1
	}
	return t, err
}

// full writes a chunk that has all its points, with the levels above it that it completes, and begins the next one.
func (b *batch) full(of piece, t *tail) error {
	if err := b.writeChunk(of, 0, t.n, t.at, &t.chunk, t.encode()); err != nil {
		return err
	}
	points, err := t.appendTo(make([]tracker.Metric, 0, chunkPoints), of.key)
	if err != nil {
		return err
	}
	n := t.n
	for level := 1; ; level++ {
		if err := b.writeThin(of, level, n, t.at, &t.chunk, extremes(points, chunkPoints/factor)); err != nil {
			return err
		}
		if n%factor != factor-1 {
			break
		}
		if points, err = b.thinned(of, level, n-n%factor, t); err != nil {
			return err
		}
		n /= factor
	}
	t.chunk, t.n = chunk{}, t.n+1
	return nil
}

// thinned returns the points of the last rows of a level, from one number on, and has the chunk span what they span.
func (b *batch) thinned(of piece, level int, from int64, t *tail) (points []tracker.Metric, err error) {
	err = b.each(func(rows *sql.Rows) error {
		var c chunk
		var data []byte
		err := rows.Scan(&c.points, &c.lowStep, &c.highStep, &data)
		if err == nil {
			err = c.split(data)
		}
		t.lowStep, t.highStep = min(t.lowStep, c.lowStep), max(t.highStep, c.highStep)
		if err == nil {
			points, err = c.appendTo(points, of.key)
		}
		return err
	}, "SELECT points, low_step, high_step, data FROM series WHERE run = ? AND key = ? AND level = ? AND journal = ? AND n >= ? ORDER BY n",
		of.run.String(), of.key, level, of.journal.String(), from)
	return points, err
}

// writeThin writes points that stand for those of a level below; it tells of the steps that these have.
func (b *batch) writeThin(of piece, level int, n int64, at []byte, full *chunk, points []tracker.Metric) error {
	var c chunk
	for i := range points {
		c.add(&points[i])
	}
	c.lowStep, c.highStep = full.lowStep, full.highStep
	return b.writeChunk(of, level, n, at, &c, c.encode())
}

func (b *batch) writeChunk(of piece, level int, n int64, at []byte, c *chunk, data []byte) error {
	return b.exec(`INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET points = excluded.points, low_step = excluded.low_step,
		high_step = excluded.high_step, last_step = excluded.last_step, last_time = excluded.last_time, data = excluded.data`,
		of.run.String(), of.key, level, of.journal.String(), n, at, c.points, c.lowStep, c.highStep, c.lastStep, c.lastTime, data)
}

// flushSeries writes what the batch has gathered of series.
func (b *batch) flushSeries() error {
	for of, t := range b.tails {
		if !t.changed || t.points == 0 {
			continue
		}
		if err := b.writeChunk(of, 0, t.n, t.at, &t.chunk, t.encode()); err != nil {
			return err
		}
	}
	for of, l := range b.metrics {
		if err := b.writeLast(of, l); err != nil {
			return err
		}
	}
	clear(b.tails)
	clear(b.fresh)
	clear(b.metrics)
	return nil
}

// tellOn adds points to a metric: the last of them is its value where it comes behind the one that was the last.
const tellOn = `UPDATE metrics SET points = points + ?7, (value, step, time, bits) = (SELECT ?3, ?4, ?5, ?6
		WHERE (?4, ?5, coalesce(?3, 0.0), ?6) > (step, time, coalesce(value, 0.0), bits)
		UNION ALL SELECT value, step, time, bits LIMIT 1) WHERE key = ?1 AND run = ?2`

func (b *batch) writeLast(of series, l *last) error {
	var value any
	if l.Value == l.Value {
		value = l.Value
	}
	args := []any{of.key, of.run.String(), value, l.Step, l.Time, int64(math.Float64bits(l.Value)), l.points}
	if !b.fresh[of.run] { // most likely it is told on
		if n, err := b.change(tellOn, args...); err != nil || n > 0 {
			return err
		}
	}
	return b.keep(filter.Field{Space: filter.Metrics, Name: of.key}, fieldCount{runs: 1}, of.run.String(),
		"SELECT 1, 0 FROM metrics WHERE key = ? AND run = ?",
		"INSERT INTO metrics VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING", tellOn, args...)
}
