package index

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
)

// defaultLimit is how many runs a page has when the search says nothing.
const defaultLimit = 1000

// SearchRuns returns a page of the runs that q chooses, active ones when it names no stages. Without an order they come newest first; runs that are equal in the order come
// newest first, then by id. Its error is ErrPage when After does not belong to the search.
func (x *Index) SearchRuns(ctx context.Context, q RunSearch) (RunPage, error) {
	var page RunPage
	err := x.look(ctx, q.fields(), func(c *cache) error {
		chosen, next, err := c.page(q)
		if err != nil {
			return err
		}
		page.Next = next
		page.Runs, err = x.showRuns(ctx, c, chosen, q.Columns)
		c.showMore(page.Runs, chosen, q.Columns.More)
		return err
	})
	if err != nil {
		return RunPage{}, fmt.Errorf("search runs: %w", err)
	}
	return page, nil
}

// fields returns the stored fields that the search looks at.
func (q RunSearch) fields() (all []filter.Field) {
	add := func(f filter.Field) {
		if stored(f) && !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	var walk func(filter.Expr)
	walk = func(e filter.Expr) {
		switch e := e.(type) {
		case filter.And:
			for _, e := range e {
				walk(e)
			}
		case filter.Or:
			for _, e := range e {
				walk(e)
			}
		case filter.Not:
			walk(e.Of)
		case filter.Compare:
			add(e.Field)
		}
	}
	walk(q.Filter)
	for _, o := range q.Order {
		add(o.Field)
	}
	for _, f := range q.Columns.More {
		add(f)
	}
	return all
}

// maxMore is how many values of a field are shown of a run.
const maxMore = 10

// showMore gives runs the values of fields that have several.
func (c *cache) showMore(runs []Run, chosen []int32, fields []filter.Field) {
	for _, f := range fields {
		if _, many := sourceOf(f); !many {
			continue
		}
		column := c.columns[f]
		for i := range runs {
			if values := column.many[chosen[i]]; len(values) > 0 {
				if runs[i].More == nil {
					runs[i].More = map[filter.Field][]string{}
				}
				runs[i].More[f] = slices.Clone(values[:min(len(values), maxMore)])
			}
		}
	}
}

// page returns the runs of a page, in order, and the mark of the next one, empty when there is none.
func (c *cache) page(q RunSearch) (runs []int32, next string, err error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	s := &sorter{c, q.Order, c.keys(q.Order)}
	behind, err := s.behind(q.After)
	if err != nil {
		return nil, "", err
	}
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	fits := c.choose(q.Filter, q.Now)
	where := c.within(q)
	for _, run := range c.order {
		if !where(run) || !behind(run) || !fits(run) {
			continue
		}
		if runs = append(runs, run); len(runs) > limit && len(q.Order) == 0 {
			break
		}
	}
	if len(q.Order) > 0 {
		runs = s.first(runs, limit+1)
	}
	if len(runs) > limit {
		runs = runs[:limit]
		next = s.next(runs[limit-1])
	}
	return runs, next, nil
}

// within tells which runs are in the search's experiments and stages.
func (c *cache) within(q RunSearch) choice {
	stages := q.Stages
	if stages == nil {
		stages = []tracker.Stage{tracker.Active}
	}
	if q.Experiments == nil {
		return func(run int32) bool { return slices.Contains(stages, c.runs[run].Stage) }
	}
	experiments := make(map[tracker.ID]bool, len(q.Experiments))
	for _, id := range q.Experiments {
		experiments[id] = true
	}
	return func(run int32) bool {
		r := &c.runs[run]
		return slices.Contains(stages, r.Stage) && experiments[r.Experiment]
	}
}

// maxShown bounds how much is remembered of runs that were shown, in bytes.
const maxShown = 64 << 20

// showRuns returns runs with the columns that were asked for.
func (x *Index) showRuns(ctx context.Context, c *cache, chosen []int32, columns Columns) ([]Run, error) {
	runs := make([]Run, len(chosen))
	for i, run := range chosen {
		runs[i] = c.runs[run]
	}
	if !columns.Params && !columns.Tags && !columns.Metrics && !columns.Inputs {
		return runs, nil
	}
	known := make([]*details, len(chosen))
	var unknown []tracker.ID
	c.more.Lock()
	for i, run := range chosen {
		if known[i] = c.shown[run]; known[i] == nil {
			unknown = append(unknown, runs[i].ID)
		}
	}
	c.more.Unlock()
	read, err := x.details(ctx, unknown)
	if err != nil {
		return nil, err
	}
	for i := range runs {
		if known[i] == nil {
			known[i] = read[runs[i].ID]
		}
		known[i].show(&runs[i], columns)
	}
	c.remember(chosen, known)
	return runs, nil
}

// remember keeps what was shown for the next time.
func (c *cache) remember(runs []int32, shown []*details) {
	c.more.Lock()
	defer c.more.Unlock()
	for i, run := range runs {
		if c.shown[run] != nil {
			continue
		}
		size := shown[i].size()
		if size > maxShown/100 {
			continue
		}
		if c.bytes += size; c.bytes > maxShown {
			clear(c.shown)
			c.bytes = size
		}
		c.shown[run] = shown[i]
	}
}
