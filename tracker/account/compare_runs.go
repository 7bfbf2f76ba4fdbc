package account

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// runs compares what runs logged.
func (d *Difference) runs(ctx context.Context, r Reader, sides [2]side) error {
	if sides[0].run == nil {
		d.Facts = both(sides, func(s side, t *texts) { t.add("status", s.Status) })
		return nil
	}
	d.Facts = both(sides, func(s side, t *texts) {
		for _, f := range [][2]string{{"experiment", s.run.Experiment}, {"status", s.Status}, {"stage", string(s.run.Stage)}, {"user", s.run.User}, {"source", s.run.Source}} {
			t.add(f[0], f[1])
		}
	})
	d.Params = both(sides, func(s side, t *texts) {
		for _, p := range s.run.ParamList {
			t.add(p.Key, p.Value)
		}
	})
	d.Tags = both(sides, func(s side, t *texts) {
		for _, g := range s.run.Indexed.Tags {
			if d.all || !OwnTag(g.Key) {
				t.add(g.Key, g.Value)
			}
		}
	})
	d.Artifacts = both(sides, func(s side, t *texts) {
		for _, f := range s.run.Artifacts {
			t.add(f.Path, fmt.Sprintf("%s  %s", HumanBytes(f.Bytes), f.Content()))
		}
	})
	d.Datasets = both(sides, func(s side, t *texts) {
		for _, in := range s.run.Inputs {
			t.add(in.Name, in.Digest)
		}
	})
	return d.metrics(ctx, r, sides)
}

// ChangedMetric is a series that differs. What is nil is not there; Delta is B - A where both are finite.
type ChangedMetric struct {
	Key     string  `json:"key"`
	A       *Number `json:"a"`
	B       *Number `json:"b"`
	Delta   *Number `json:"delta,omitempty"`
	APoints int64   `json:"a_points"`
	BPoints int64   `json:"b_points"`
}

// metrics compares series: their last values, and where these are equal point by point, but for the times.
func (d *Difference) metrics(ctx context.Context, r Reader, sides [2]side) error {
	of := [2]map[string]Series{{}, {}}
	var keys []string
	for i, s := range sides {
		for _, m := range s.run.Series {
			if d.all || !OwnMetric(m.Key) {
				of[i][m.Key] = m
				keys = append(keys, m.Key)
			}
		}
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		a, inA := of[0][key]
		b, inB := of[1][key]
		if inA && inB {
			same, err := r.sameSeries(ctx, sides, a, b)
			if err != nil {
				return err
			}
			if same {
				continue
			}
		}
		d.Metrics = append(d.Metrics, metricChange(key, a, b, inA, inB))
	}
	return nil
}

func metricChange(key string, a, b Series, inA, inB bool) ChangedMetric {
	c := ChangedMetric{Key: key, APoints: a.Points, BPoints: b.Points}
	if inA {
		c.A = &a.Last
	}
	if inB {
		c.B = &b.Last
	}
	if delta := b.Last - a.Last; inA && inB && !math.IsNaN(float64(delta)) && !math.IsInf(float64(delta), 0) {
		c.Delta = &delta
	}
	return c
}

func (r Reader) sameSeries(ctx context.Context, sides [2]side, a, b Series) (bool, error) {
	if a.Points != b.Points || !SameNumber(float64(a.Last), float64(b.Last)) {
		return false, nil
	}
	was, err := r.Index.Series(ctx, index.SeriesSearch{Run: sides[0].ID, Key: a.Key})
	if err != nil {
		return false, err
	}
	is, err := r.Index.Series(ctx, index.SeriesSearch{Run: sides[1].ID, Key: b.Key})
	return slices.EqualFunc(was, is, func(a, b tracker.Metric) bool { return a.Step == b.Step && SameNumber(a.Value, b.Value) }), err
}

// SameNumber reports whether two values are equal bit by bit, or both are no number.
func SameNumber(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}
