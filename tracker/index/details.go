package index

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// details is what a run logged, sorted as Run has it.
type details struct {
	params  []tracker.Param
	tags    []tracker.Tag
	metrics []tracker.Metric
	inputs  []tracker.Input
}

// show gives a run a copy of those that columns name.
func (d *details) show(r *Run, columns Columns) {
	if columns.Params {
		r.Params = chosenOf(d.params, columns.Keys, func(p tracker.Param) string { return p.Key })
	}
	if columns.Tags {
		r.Tags = chosenOf(d.tags, columns.Keys, func(t tracker.Tag) string { return t.Key })
	}
	if columns.Metrics {
		r.Metrics = chosenOf(d.metrics, columns.Keys, func(m tracker.Metric) string { return m.Key })
	}
	if columns.Inputs {
		r.Inputs = slices.Clone(d.inputs)
	}
}

func chosenOf[T any](list []T, keys []string, key func(T) string) []T {
	if keys == nil {
		return slices.Clone(list)
	}
	return slices.DeleteFunc(slices.Clone(list), func(v T) bool { return !slices.Contains(keys, key(v)) })
}

// among chooses the runs that a JSON array lists.
const among = " WHERE run IN (SELECT value FROM json_each(?))"

// details reads what runs logged; there is an answer for each.
func (x *Index) details(ctx context.Context, runs []tracker.ID) (map[tracker.ID]*details, error) {
	all := make(map[tracker.ID]*details, len(runs))
	if len(runs) == 0 {
		return all, nil
	}
	for _, id := range runs {
		all[id] = &details{}
	}
	list := jsonText(runs)
	for query, take := range detailQueries {
		if err := x.eachDetail(ctx, query, list, all, take); err != nil {
			return nil, err
		}
	}
	for _, d := range all {
		d.sort()
	}
	return all, nil
}

// eachDetail calls take for each row of an answer, with what scans its columns behind the run and tells whose they are.
func (x *Index) eachDetail(ctx context.Context, query, list string, all map[tracker.ID]*details, take func(scanDetail) error) error {
	rows, err := x.ask(ctx, query, list)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	scan := func(columns ...any) (*details, error) {
		var id tracker.ID
		err := rows.Scan(append([]any{into(&id)}, columns...)...)
		return all[id], err
	}
	for rows.Next() {
		if err := take(scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

type scanDetail func(columns ...any) (*details, error)

// detailQueries maps what is asked to how a row is read: the run first.
var detailQueries = map[string]func(scanDetail) error{
	"SELECT run, key, value, type FROM params" + among: func(scan scanDetail) error {
		var p tracker.Param
		d, err := scan(&p.Key, &p.Value, &p.Type)
		if err == nil {
			d.params = append(d.params, p)
		}
		return err
	},
	"SELECT run, key, value FROM tags" + among + " AND removed = 0": func(scan scanDetail) error {
		var t tracker.Tag
		d, err := scan(&t.Key, &t.Value)
		if err == nil {
			d.tags = append(d.tags, t)
		}
		return err
	},
	"SELECT run, key, bits, step, time FROM metrics" + among: func(scan scanDetail) error {
		var m tracker.Metric
		var bits int64
		d, err := scan(&m.Key, &bits, &m.Step, &m.Time)
		if err == nil {
			m.Value = math.Float64frombits(uint64(bits))
			d.metrics = append(d.metrics, m)
		}
		return err
	},
	"SELECT run, name, digest, source_type, source, schema, profile, tags FROM inputs" + among + " ORDER BY at": func(scan scanDetail) error {
		var in tracker.Input
		var tags []byte
		d, err := scan(&in.Name, &in.Digest, &in.SourceType, &in.Source, &in.Schema, &in.Profile, &tags)
		if err == nil {
			d.inputs = append(d.inputs, in)
			err = json.Unmarshal(tags, &d.inputs[len(d.inputs)-1].Tags)
		}
		return err
	},
}

// size is about how much memory it takes, in bytes.
func (d *details) size() int {
	n := 100 + 48*len(d.params) + 40*len(d.tags) + 40*len(d.metrics) + 150*len(d.inputs)
	for _, p := range d.params {
		n += len(p.Key) + len(p.Value)
	}
	for _, t := range d.tags {
		n += len(t.Key) + len(t.Value)
	}
	for _, m := range d.metrics {
		n += len(m.Key)
	}
	for _, in := range d.inputs {
		n += len(in.Schema) + len(in.Profile) + len(in.Source)
	}
	return n
}

func (d *details) sort() {
	slices.SortFunc(d.params, func(a, b tracker.Param) int { return strings.Compare(a.Key, b.Key) })
	slices.SortFunc(d.tags, func(a, b tracker.Tag) int { return strings.Compare(a.Key, b.Key) })
	slices.SortFunc(d.metrics, func(a, b tracker.Metric) int { return strings.Compare(a.Key, b.Key) })
}
