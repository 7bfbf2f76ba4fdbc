package export

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Source is what is exported from: an index.
type Source interface {
	SearchRuns(ctx context.Context, q index.RunSearch) (index.RunPage, error)
	SeriesKeys(ctx context.Context, run tracker.ID) ([]index.SeriesKey, error)
	EachPoint(ctx context.Context, run tracker.ID, key string) iter.Seq2[[]tracker.Metric, error]
	Experiments(ctx context.Context, stages []tracker.Stage) ([]index.Experiment, error)
}

// MaxColumns is how many columns a table of runs may have.
const MaxColumns = 20_000

// ErrWide says that runs have more params, metrics and tags than a table has room for.
var ErrWide = errors.New("too many columns")

// attributes are the columns that every run has.
var attributes = []struct {
	Column
	of func(r *index.Run, experiments map[tracker.ID]string) any
}{
	{Column{"run_id", Text}, func(r *index.Run, _ map[tracker.ID]string) any { return r.ID.String() }},
	{Column{"name", Text}, func(r *index.Run, _ map[tracker.ID]string) any { return filled(r.Name) }},
	{Column{"experiment", Text}, func(r *index.Run, e map[tracker.ID]string) any { return filled(e[r.Experiment]) }},
	{Column{"experiment_id", Text}, func(r *index.Run, _ map[tracker.ID]string) any { return filled(r.Experiment.String()) }},
	{Column{"parent", Text}, func(r *index.Run, _ map[tracker.ID]string) any { return filled(r.Parent.String()) }},
	{Column{"session", Text}, func(r *index.Run, _ map[tracker.ID]string) any { return filled(r.Session.String()) }},
	{Column{"status", Text}, func(r *index.Run, _ map[tracker.ID]string) any { return filled(string(r.Status)) }},
	{Column{"stage", Text}, func(r *index.Run, _ map[tracker.ID]string) any { return filled(string(r.Stage)) }},
	{Column{"user", Text}, func(r *index.Run, _ map[tracker.ID]string) any { return filled(r.User) }},
	{Column{"source", Text}, func(r *index.Run, _ map[tracker.ID]string) any { return filled(r.Source) }},
	{Column{"started", Time}, func(r *index.Run, _ map[tracker.ID]string) any { return moment(r.Started) }},
	{Column{"ended", Time}, func(r *index.Run, _ map[tracker.ID]string) any { return moment(r.Ended) }},
}

func filled(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// each calls take for all runs that q chooses, page by page.
func each(ctx context.Context, s Source, q index.RunSearch, take func(*index.Run) error) error {
	for q.Limit = 1000; ; {
		page, err := s.SearchRuns(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Runs {
			if err := take(&page.Runs[i]); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

// logged is the columns of what runs logged, by key.
type logged struct{ params, metrics, tags map[string]int }

// Runs writes a row for each run that q chooses: what every run has, its params (params.KEY), the last value of its metrics
// (metrics.KEY) and its tags (tags.KEY). Its error is ErrWide when these are more than MaxColumns. It returns how many runs there were.
func Runs(ctx context.Context, s Source, q index.RunSearch, open func([]Column) (Writer, error)) (n int, err error) {
	q.Columns = index.Columns{Params: true, Metrics: true, Tags: true}
	columns, l, err := runColumns(ctx, s, q)
	if err != nil {
		return 0, err
	}
	experiments, err := experimentNames(ctx, s)
	if err != nil {
		return 0, err
	}
	w, err := open(columns)
	if err != nil {
		return 0, err
	}
	row := make([]any, len(columns))
	err = each(ctx, s, q, func(r *index.Run) error {
		n++
		clear(row)
		for i, a := range attributes {
			row[i] = a.of(r, experiments)
		}
		l.fill(row, r)
		return w.Write(row)
	})
	return n, errors.Join(err, w.Close())
}

func experimentNames(ctx context.Context, s Source) (map[tracker.ID]string, error) {
	all, err := s.Experiments(ctx, nil)
	names := make(map[tracker.ID]string, len(all))
	for _, e := range all {
		names[e.ID] = e.Name
	}
	return names, err
}

// runColumns goes through all runs once for the columns that they need.
func runColumns(ctx context.Context, s Source, q index.RunSearch) (columns []Column, l logged, err error) {
	l = logged{map[string]int{}, map[string]int{}, map[string]int{}}
	err = each(ctx, s, q, func(r *index.Run) error {
		for _, p := range r.Params {
			l.params[p.Key] = 0
		}
		for _, m := range r.Metrics {
			l.metrics[m.Key] = 0
		}
		for _, t := range r.Tags {
			l.tags[t.Key] = 0
		}
		if n := len(l.params) + len(l.metrics) + len(l.tags); n > MaxColumns {
			return fmt.Errorf("export runs: %w: more than %d", ErrWide, MaxColumns)
		}
		return nil
	})
	for _, a := range attributes {
		columns = append(columns, a.Column)
	}
	for _, group := range []struct {
		prefix string
		keys   map[string]int
		kind   Type
	}{{"params.", l.params, Text}, {"metrics.", l.metrics, Float}, {"tags.", l.tags, Text}} {
		keys := make([]string, 0, len(group.keys))
		for key := range group.keys {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			group.keys[key] = len(columns)
			columns = append(columns, Column{group.prefix + key, group.kind})
		}
	}
	return columns, l, err
}

// fill sets what a run logged. What it logged since the columns were gathered is left out.
func (l logged) fill(row []any, r *index.Run) {
	for _, p := range r.Params {
		if at, ok := l.params[p.Key]; ok {
			row[at] = p.Value
		}
	}
	for _, m := range r.Metrics {
		if at, ok := l.metrics[m.Key]; ok {
			row[at] = m.Value
		}
	}
	for _, t := range r.Tags {
		if at, ok := l.tags[t.Key]; ok {
			row[at] = t.Value
		}
	}
}

// pointColumns are those of the long form.
var pointColumns = []Column{{"run_id", Text}, {"metric", Text}, {"step", Int}, {"time", Time}, {"value", Float}}

// Points writes a row for each point of the runs that q chooses, those of a series behind each other in the order in which they
// were logged: run, metric, step, time and value. Of keys that are not nil only those. It returns how many points there were.
func Points(ctx context.Context, s Source, q index.RunSearch, keys []string, open func([]Column) (Writer, error)) (n int, err error) {
	w, err := open(pointColumns)
	if err != nil {
		return 0, err
	}
	row := make([]any, len(pointColumns))
	err = each(ctx, s, q, func(r *index.Run) error {
		series, err := s.SeriesKeys(ctx, r.ID)
		row[0] = r.ID.String()
		for _, k := range series {
			if keys != nil && !slices.Contains(keys, k.Key) {
				continue
			}
			row[1] = k.Key
			for points, err := range s.EachPoint(ctx, r.ID, k.Key) {
				if err != nil {
					return err
				}
				for _, p := range points {
					n++
					row[2], row[3], row[4] = p.Step, time.Unix(0, p.Time), p.Value
					if err := w.Write(row); err != nil {
						return err
					}
				}
			}
		}
		return err
	})
	return n, errors.Join(err, w.Close())
}
