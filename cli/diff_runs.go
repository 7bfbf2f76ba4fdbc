package cli

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/lineage/environ"
	"github.com/gemba-ml/gemba/lineage/gitstate"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// difference is what `diff --json` tells.
type difference struct {
	Kind        string               `json:"kind"`
	A           named                `json:"a"`
	B           named                `json:"b"`
	Identical   bool                 `json:"identical"`
	Facts       []changed            `json:"facts,omitempty"`
	Params      []changed            `json:"params,omitempty"`
	Metrics     []changedMetric      `json:"metrics,omitempty"`
	Tags        []changed            `json:"tags,omitempty"`
	Artifacts   []changed            `json:"artifacts,omitempty"`
	Datasets    []changed            `json:"datasets,omitempty"`
	Code        []changed            `json:"code,omitempty"` // commit, and paths that differ from it
	Cells       []changedCell        `json:"cells,omitempty"`
	Files       []changed            `json:"files,omitempty"` // that cells read or wrote: SHA-256
	Environment []environ.Difference `json:"environment,omitempty"`
	NotCompared []string             `json:"not_compared,omitempty"`

	all bool // metrics and tags that are no user's are compared too
}

// nothing reports whether there is no difference.
func (d *difference) nothing() bool {
	return len(d.Facts)+len(d.Params)+len(d.Metrics)+len(d.Tags)+len(d.Artifacts)+len(d.Datasets)+len(d.Code)+len(d.Cells)+len(d.Files)+len(d.Environment) == 0
}

// changed is a named text that differs; nil is not there.
type changed struct {
	Key string  `json:"key"`
	A   *string `json:"a"`
	B   *string `json:"b"`
}

// texts is what one side has under names, in some order.
type texts struct {
	keys   []string
	values map[string]string
}

func (t *texts) add(key, value string) {
	if t.values == nil {
		t.values = map[string]string{}
	}
	if _, known := t.values[key]; !known {
		t.keys = append(t.keys, key)
	}
	t.values[key] = value
}

// changes returns the texts that differ: those of a in their order, then those that only b has.
func changes(a, b texts) (all []changed) {
	for _, key := range a.keys {
		was, is := a.values[key], (*string)(nil)
		if text, ok := b.values[key]; ok {
			if text == was {
				continue
			}
			is = &text
		}
		all = append(all, changed{key, &was, is})
	}
	for _, key := range b.keys {
		if _, ok := a.values[key]; !ok {
			is := b.values[key]
			all = append(all, changed{key, nil, &is})
		}
	}
	return all
}

// both makes the texts of both sides.
func both(sides [2]side, of func(side, *texts)) []changed {
	var t [2]texts
	for i, s := range sides {
		of(s, &t[i])
	}
	return changes(t[0], t[1])
}

// runs compares what runs logged.
func (d *difference) runs(ctx context.Context, x *index.Index, sides [2]side) error {
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
		for _, g := range s.run.run.Tags {
			if d.all || !ownTag(g.Key) {
				t.add(g.Key, g.Value)
			}
		}
	})
	d.Artifacts = both(sides, func(s side, t *texts) {
		for _, f := range s.run.Artifacts {
			t.add(f.Path, fmt.Sprintf("%s  %s", humanBytes(f.Bytes), f.digest()))
		}
	})
	d.Datasets = both(sides, func(s side, t *texts) {
		for _, in := range s.run.Inputs {
			t.add(in.Name, in.Digest)
		}
	})
	return d.metrics(ctx, x, sides)
}

// changedMetric is a series that differs. What is nil is not there; Delta is B - A where both are finite.
type changedMetric struct {
	Key     string  `json:"key"`
	A       *number `json:"a"`
	B       *number `json:"b"`
	Delta   *number `json:"delta,omitempty"`
	APoints int64   `json:"a_points"`
	BPoints int64   `json:"b_points"`
}

// metrics compares series: their last values, and where these are equal point by point, but for the times.
func (d *difference) metrics(ctx context.Context, x *index.Index, sides [2]side) error {
	of := [2]map[string]shownSeries{{}, {}}
	var keys []string
	for i, s := range sides {
		for _, m := range s.run.Series {
			if d.all || !ownMetric(m.Key) {
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
			same, err := sameSeries(ctx, x, sides, a, b)
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

func metricChange(key string, a, b shownSeries, inA, inB bool) changedMetric {
	c := changedMetric{Key: key, APoints: a.Points, BPoints: b.Points}
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

func sameSeries(ctx context.Context, x *index.Index, sides [2]side, a, b shownSeries) (bool, error) {
	if a.Points != b.Points || !sameNumber(float64(a.Last), float64(b.Last)) {
		return false, nil
	}
	was, err := x.Series(ctx, index.SeriesSearch{Run: sides[0].ID, Key: a.Key})
	if err != nil {
		return false, err
	}
	is, err := x.Series(ctx, index.SeriesSearch{Run: sides[1].ID, Key: b.Key})
	return slices.EqualFunc(was, is, func(a, b tracker.Metric) bool { return a.Step == b.Step && sameNumber(a.Value, b.Value) }), err
}

// sameNumber reports whether two values are equal bit by bit, or both are no number.
func sameNumber(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

// code compares the commits that cells ran on, the paths that differed from those, and the cells.
func (d *difference) code(x *index.Index, sides [2]side) error {
	var wrong error
	d.Code = both(sides, func(s side, t *texts) {
		if len(s.provenance.code) == 0 {
			return
		}
		last := s.provenance.code[len(s.provenance.code)-1]
		t.add("commit", last.Commit)
		t.add("branch", last.Branch)
		t.add("missing", last.Missing)
		if last.Changes.IsZero() {
			return
		}
		document, err := x.Blob(last.Changes)
		if err != nil {
			d.NotCompared = append(d.NotCompared, "changed paths of "+s.Name)
			return
		}
		list, err := gitstate.ParseChanges(document)
		if err != nil {
			wrong = err
		}
		for _, c := range list {
			t.add(strings.ToValidUTF8(c.Path, "�"), strings.TrimSpace(string(c.Status)+" "+c.Digest.String()+c.Commit))
		}
	})
	d.Cells = cellChanges(x, sides, d.Kind != "run")
	return wrong
}

// files compares the files that cells touched.
func (d *difference) files(sides [2]side) {
	d.Files = both(sides, func(s side, t *texts) {
		for _, f := range s.provenance.files {
			text := verbOf(f)
			for _, part := range []struct{ name, hash string }{{"", f.Before}, {"→ ", f.After}} {
				if part.hash != "" && (part.name == "" || part.hash != f.Before) {
					text += " " + part.name + part.hash
				}
			}
			t.add(f.Path, text)
		}
		d.NotCompared = append(d.NotCompared, s.missing...)
	})
}

func (d *difference) environment(ctx context.Context, a *app, x *index.Index, sides [2]side) error {
	var facts [2]environ.Environment
	all := true
	for i, s := range sides {
		var known bool
		var err error
		if facts[i], known, err = s.environment(ctx, a, x); err != nil {
			return err
		}
		if !known {
			all = false
			d.NotCompared = append(d.NotCompared, "environment of "+orDash(s.Name)+" ("+s.ID.Short()+"), which is not recorded")
		}
	}
	if all {
		d.Environment = environ.Diff(facts[0], facts[1])
	}
	return nil
}
