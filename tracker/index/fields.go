package index

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"time"

	"github.com/gemba-ml/gemba/tracker/filter"
)

// FieldUse is a param, metric or tag that runs have. Type is "number" or "string".
type FieldUse struct {
	Field filter.Field
	Type  string
	Runs  int // that have it, in whatever stage
}

// Fields returns the metrics, params and tags that runs have, in this order and then by name.
func (x *Index) Fields(ctx context.Context) ([]FieldUse, error) {
	return collect(ctx, x, func(rows *sql.Rows) (f FieldUse, err error) {
		var texts int
		err = rows.Scan(&f.Field.Space, &f.Field.Name, &f.Runs, &texts)
		if f.Type = "string"; texts == 0 {
			f.Type = "number"
		}
		return f, err
	}, "SELECT space, key, runs, texts FROM fields ORDER BY space, key")
}

// Group is a value of a field, and how many runs have it. Missing says that it is none: they lack the field.
type Group struct {
	Value   string
	Missing bool
	Runs    int
}

// Groups returns the values that a field has among the runs that q chooses, those of most runs first, at most limit of them, and how many
// runs and values there are in all. Of a field with several values for a run the least counts, as in an order.
func (x *Index) Groups(ctx context.Context, q RunSearch, f filter.Field, limit int) (groups []Group, runs, values int, err error) {
	q.Order = []filter.Order{{Field: f}} // so that the field's column is there
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	err = x.look(ctx, q.fields(), func(c *cache) error {
		counts := map[Group]int{}
		where, fits, label := c.within(q), c.choose(q.Filter, q.Now), c.label(f)
		for _, run := range c.order {
			if where(run) && fits(run) {
				text, has := label(run)
				counts[Group{Value: text, Missing: !has}]++
				runs++
			}
		}
		for g, n := range counts {
			groups = append(groups, Group{g.Value, g.Missing, n})
		}
		return nil
	})
	values = len(groups)
	slices.SortFunc(groups, func(a, b Group) int { return cmp.Or(b.Runs-a.Runs, cmp.Compare(a.Value, b.Value)) })
	return groups[:min(limit, values)], runs, values, err
}

// label returns what gives a run's value of a field as a text.
func (c *cache) label(f filter.Field) func(int32) (string, bool) {
	if !stored(f) {
		value := attributes[f.Name]
		return func(run int32) (string, bool) {
			d, has := value(&c.runs[run])
			return d.label(), has
		}
	}
	column := c.columns[f]
	return func(run int32) (string, bool) {
		switch {
		case !column.have[run]:
			return "", false
		case column.many != nil:
			return slices.Min(column.many[run]), true
		case column.text != nil:
			return column.text[run], true
		}
		return datum{"", column.number[run]}.label(), true
	}
}

// label writes a value: its text, or the number where it has none.
func (d datum) label() string {
	if d.text != "" {
		return d.text
	}
	return strconv.FormatFloat(d.number, 'g', -1, 64)
}
