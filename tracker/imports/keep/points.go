package keep

import (
	"math"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// point is a metric without its key, comparable bit by bit.
type point struct {
	step, time int64
	bits       uint64
}

func pointOf(m tracker.Metric) point { return point{m.Step, m.Time, math.Float64bits(m.Value)} }

// had is what the ledger has of a series. A source mostly grows at its end, so the points are compared one by one; only when
// they differ, the rest is looked up.
type had struct {
	rest  []point
	other map[point]int // how many of each are in rest; nil: they are still compared one by one
}

// had returns what the ledger has of a series.
func (t *telling) had(all map[string]*had, key string) (*had, error) {
	if h := all[key]; h != nil {
		return h, nil
	}
	x, err := t.ledger()
	if err != nil {
		return nil, err
	}
	points, err := x.Series(t.ctx, index.SeriesSearch{Run: t.run.ID, Key: key})
	if err != nil {
		return nil, own(err)
	}
	h := &had{rest: make([]point, len(points))}
	for i, m := range points {
		h.rest[i] = pointOf(m)
	}
	all[key] = h
	return h, nil
}

// take reports whether the ledger has a point, each once.
func (h *had) take(m tracker.Metric) bool {
	p := pointOf(m)
	if h.other == nil {
		if len(h.rest) == 0 {
			return false
		}
		if h.rest[0] == p {
			h.rest = h.rest[1:]
			return true
		}
		h.other = make(map[point]int, len(h.rest))
		for _, q := range h.rest {
			h.other[q]++
		}
		h.rest = nil
	}
	if h.other[p] == 0 {
		return false
	}
	h.other[p]--
	return true
}
