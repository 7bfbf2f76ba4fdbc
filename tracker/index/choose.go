package index

import (
	"math"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
)

// choice tells whether a run is among those that a search asks for.
type choice func(run int32) bool

// choose compiles a filter for the runs of a cache.
func (c *cache) choose(e filter.Expr, now time.Time) choice {
	switch e := e.(type) {
	case filter.And:
		return c.all(e, now)
	case filter.Or:
		some := c.each(e, now)
		return func(run int32) bool {
			for _, fits := range some {
				if fits(run) {
					return true
				}
			}
			return false
		}
	case filter.Not:
		of := c.choose(e.Of, now)
		return func(run int32) bool { return !of(run) }
	case filter.Compare:
		return c.compare(e, now)
	}
	return func(int32) bool { return true }
}

func (c *cache) each(list []filter.Expr, now time.Time) (all []choice) {
	for _, e := range list {
		all = append(all, c.choose(e, now))
	}
	return all
}

func (c *cache) all(list []filter.Expr, now time.Time) choice {
	all := c.each(list, now)
	return func(run int32) bool {
		for _, fits := range all {
			if !fits(run) {
				return false
			}
		}
		return true
	}
}

// compare compiles a comparison. A run without the field fits only where it is asked to lack it; of several values of a run one has to fit.
func (c *cache) compare(e filter.Compare, now time.Time) choice {
	e = normal(e)
	t := newTest(e, now)
	if e.Op == filter.Missing {
		t = func(datum) bool { return true }
	}
	fits := c.fitting(e.Field, t)
	if e.Op == filter.Missing {
		return func(run int32) bool { return !fits(run) }
	}
	return fits
}

// fitting returns the runs that have a value of a field for which a test holds.
func (c *cache) fitting(f filter.Field, t test) choice {
	if !stored(f) {
		value := attributes[f.Name]
		return func(run int32) bool {
			d, has := value(&c.runs[run])
			return has && t(d)
		}
	}
	column := c.columns[f]
	switch {
	case column.many != nil:
		return func(run int32) bool {
			for _, text := range column.many[run] {
				if t(datum{text, parsed(text)}) {
					return true
				}
			}
			return false
		}
	case column.text != nil:
		return func(run int32) bool { return column.have[run] && t(datum{column.text[run], column.number[run]}) }
	}
	return func(run int32) bool { return column.have[run] && t(metricDatum(column.number[run])) }
}

func metricDatum(v float64) datum {
	if v != v {
		return datum{notANumber, v}
	}
	return datum{"", v}
}

// attributes are the fields that a run's own row has. What is empty is missing.
var attributes = map[string]func(*Run) (datum, bool){
	"run_id":          func(r *Run) (datum, bool) { return textDatum(r.ID.String()) },
	"run_name":        func(r *Run) (datum, bool) { return textDatum(r.Name) },
	"experiment_id":   func(r *Run) (datum, bool) { return textDatum(experimentText(r.Experiment)) },
	"status":          func(r *Run) (datum, bool) { return textDatum(strings.ToUpper(string(r.Status))) },
	"start_time":      func(r *Run) (datum, bool) { return momentDatum(r.Started) },
	"end_time":        func(r *Run) (datum, bool) { return momentDatum(r.Ended) },
	"duration":        func(r *Run) (datum, bool) { return durationDatum(r) },
	"user_id":         func(r *Run) (datum, bool) { return textDatum(r.User) },
	"artifact_uri":    func(r *Run) (datum, bool) { return datum{}, false },
	"lifecycle_stage": func(r *Run) (datum, bool) { return textDatum(string(r.Stage)) },
	"parent":          func(r *Run) (datum, bool) { return textDatum(r.Parent.String()) },
	"session":         func(r *Run) (datum, bool) { return textDatum(r.Session.String()) },
	"source":          func(r *Run) (datum, bool) { return textDatum(r.Source) },
}

func textDatum(text string) (datum, bool) { return datum{text, math.NaN()}, text != "" }

// experimentText is an experiment's id as MLflow has it: "0" is Default.
func experimentText(id tracker.ID) string {
	if id.IsZero() {
		return "0"
	}
	return id.String()
}

// momentDatum is a time as MLflow has it: milliseconds since 1970.
func momentDatum(t time.Time) (datum, bool) {
	return datum{number: float64(t.UnixMilli())}, !t.IsZero()
}

// durationDatum is how long an ended run took, in seconds.
func durationDatum(r *Run) (datum, bool) {
	return datum{number: r.Ended.Sub(r.Started).Seconds()}, !r.Ended.IsZero() && !r.Started.IsZero()
}

// moments are the attributes that are times.
var moments = map[string]bool{"start_time": true, "end_time": true}

// normal writes the values of a comparison as the field has them.
func normal(e filter.Compare) filter.Compare {
	change := func(v filter.Value) filter.Value { return v }
	switch f := e.Field; {
	case f == filter.Field{Space: filter.Attributes, Name: "status"}:
		change = func(v filter.Value) filter.Value { v.Text = strings.ToUpper(v.Text); return v }
	case f == filter.Field{Space: filter.Attributes, Name: "experiment_id"}:
		change = func(v filter.Value) filter.Value { return asText(v, experimentID) }
	case f.Space == filter.Attributes && moments[f.Name]:
		change = asMoment
	case f.Space == filter.Attributes && f.Name == "duration":
		change = asSeconds
	case f.Space == filter.Attributes:
		change = func(v filter.Value) filter.Value { return asText(v, strings.Clone) }
	case f == filter.Field{Space: filter.Git, Name: "dirty"}:
		return dirty(e)
	case f == filter.Field{Space: filter.Data, Name: "digest"} && exact[e.Op]:
		change = func(v filter.Value) filter.Value { return asText(v, digestText) }
	}
	values := make([]filter.Value, len(e.Values))
	for i, v := range e.Values {
		values[i] = change(v)
	}
	e.Values = values
	return e
}

// exact are the relations in which a value stands for itself.
var exact = map[filter.Op]bool{filter.Equal: true, filter.Unequal: true, filter.In: true, filter.NotIn: true}

func asText(v filter.Value, change func(string) string) filter.Value {
	v.Kind, v.Text = filter.Text, change(v.Text)
	return v
}

// experimentID writes the id of Default, all of whose digits are zero, as MLflow does.
func experimentID(text string) string {
	if text != "" && strings.Trim(text, "0") == "" {
		return "0"
	}
	return strings.ToLower(text)
}

func digestText(text string) string {
	if text = strings.ToLower(text); len(text) == 64 {
		return "sha256:" + text
	}
	return text
}

// asMoment reads a time that is in quotes: a date, or milliseconds.
func asMoment(v filter.Value) filter.Value {
	if v.Kind != filter.Text {
		return v
	}
	if t, ok := filter.ParseMoment(v.Text); ok {
		v.Kind, v.Time = filter.Moment, t
	} else if n := parsed(v.Text); n == n {
		v.Kind, v.Number = filter.Number, n
	}
	return v
}

// asSeconds reads a duration that is in quotes or written as an age.
func asSeconds(v filter.Value) filter.Value {
	if v.Kind == filter.Age {
		v.Kind, v.Number = filter.Number, v.Age.Seconds()
	} else if n := parsed(v.Text); n == n {
		v.Kind, v.Number = filter.Number, n
	}
	return v
}

// dirty has git.dirty be compared with true and false, beside the number of paths that it is.
func dirty(e filter.Compare) filter.Compare {
	if len(e.Values) != 1 || e.Values[0].Kind != filter.Bool || e.Op != filter.Equal && e.Op != filter.Unequal {
		return e
	}
	op := filter.Greater
	if (e.Values[0].Text == "true") != (e.Op == filter.Equal) {
		op = filter.Equal
	}
	return filter.Compare{Field: e.Field, Op: op, Values: []filter.Value{{Kind: filter.Number, Text: "0"}}, At: e.At}
}
