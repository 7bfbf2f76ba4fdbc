package web

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// RunQuery is how runs are chosen: what a view keeps.
type RunQuery struct {
	Filter  string   `json:"filter,omitempty"`
	Order   string   `json:"order,omitempty"`
	Columns []string `json:"columns,omitempty"`
	Limit   int      `json:"limit,omitempty"`
}

// stages are the words of the parameter of that name.
var stages = map[string][]tracker.Stage{"active": {tracker.Active}, "deleted": {tracker.Deleted}, "all": everyStage}

// chosenRuns is the search that a request's parameters mean, and the columns that it names.
func (s *Server) chosenRuns(c *call) (q index.RunSearch, columns []string, err error) {
	q = index.RunSearch{Stages: stages[c.get("stage")], Now: s.Now()}
	if q.Filter, err = filter.Parse(c.get("filter")); err != nil {
		return q, nil, err
	}
	order, columns := c.get("order"), c.words("columns")
	if name := c.get("view"); name != "" {
		v, err := s.view(c, name)
		if err != nil {
			return q, nil, err
		}
		saved, err := filter.Parse(v.Filter)
		if err != nil {
			return q, nil, fmt.Errorf("read the filter of view %q: %w", name, err)
		}
		q.Filter = filter.And{saved, q.Filter}
		if order == "" {
			order = v.Order
		}
		if columns == nil {
			columns = v.Columns
		}
	}
	if name := c.get("experiment"); name != "" {
		e, err := s.Index.ExperimentNamed(c.ctx, name)
		if err != nil {
			return q, nil, err
		}
		q.Experiments = []tracker.ID{e.ID}
	}
	q.Order, err = filter.ParseOrder(order)
	return q, columns, err
}

// view returns a saved search.
func (s *Server) view(c *call, name string) (q RunQuery, err error) {
	v, err := s.Index.View(c.ctx, name)
	if err != nil {
		return q, err
	}
	if err := json.Unmarshal(v.Query, &q); err != nil {
		return q, fmt.Errorf("read view %q: %w", name, err)
	}
	return q, nil
}

// shownColumns tells the index which params, metrics and tags are to be read.
func shownColumns(names []string) (c index.Columns, err error) {
	if names == nil {
		return index.Columns{Params: true, Metrics: true, Tags: true}, nil
	}
	c.Keys = []string{}
	if len(names) == 1 && names[0] == "none" {
		return c, nil
	}
	orders, err := filter.ParseOrder(strings.Join(names, ","))
	for _, o := range orders {
		if o.Descending {
			return c, kind(errWrong, "%s DESC is no column", o.Field)
		}
		c.Params = c.Params || o.Field.Space == filter.Params
		c.Metrics = c.Metrics || o.Field.Space == filter.Metrics
		c.Tags = c.Tags || o.Field.Space == filter.Tags
		switch o.Field.Space {
		case filter.Params, filter.Metrics, filter.Tags:
			c.Keys = append(c.Keys, o.Field.Name)
		default:
			if o.Field.Space != filter.Attributes || o.Field.Name == "notebook" { // the others are in every row
				c.More = append(c.More, o.Field)
			}
		}
	}
	return c, err
}

func (s *Server) runs(c *call) (p Page[account.RunRow], err error) {
	q, columns, err := s.chosenRuns(c)
	if err != nil {
		return p, err
	}
	if q.Columns, err = shownColumns(columns); err != nil {
		return p, err
	}
	if q.After, err = s.mark(c); err != nil {
		return p, err
	}
	q.Limit = c.number("limit")
	page, err := s.Index.SearchRuns(c.ctx, q)
	if err != nil {
		return p, err
	}
	names, err := s.experimentNames(c, page.Runs)
	p.Items, p.Next = make([]account.RunRow, len(page.Runs)), s.cursor(c, page.Next)
	for i, r := range page.Runs {
		p.Items[i] = names.Row(r)
	}
	if c.flag("total") && err == nil {
		var total int
		_, total, _, err = s.Index.Groups(c.ctx, q, filter.Field{Space: filter.Attributes, Name: "lifecycle_stage"}, 0)
		p.Total = &total
	}
	return p, err
}

// experimentNames returns the names of experiments, among them those of runs. Asking for them counts all runs, so it is not done each time.
func (s *Server) experimentNames(c *call, runs []index.Run) (account.Experiments, error) {
	stand, err := s.Index.Stand(c.ctx)
	if err != nil {
		return nil, err
	}
	ask := func() (account.Experiments, error) { return s.account.Experiments(c.ctx) }
	names, err := s.names.get(stand.String(), s.Now, ask)
	for _, r := range runs {
		if _, known := names[r.Experiment]; !known && err == nil {
			return ask()
		}
	}
	return names, err
}

// Column is a field that runs can have.
type Column struct {
	Name  string       `json:"name"` // as filters and orders write it
	Space filter.Space `json:"space"`
	Key   string       `json:"key"`
	Type  string       `json:"type"`           // "number", "string", "date-time" or "duration" (seconds)
	Runs  int          `json:"runs,omitempty"` // that have it, of params, metrics and tags
	Own   bool         `json:"own,omitempty"`  // measured or kept by gemba itself: tables leave it out unless asked
}

// attributeColumns are the fields that are no params, metrics or tags.
var attributeColumns = []Column{
	{Name: "run_id", Type: "string"}, {Name: "run_name", Type: "string"}, {Name: "experiment", Type: "string"}, {Name: "status", Type: "string"},
	{Name: "start_time", Type: "date-time"}, {Name: "end_time", Type: "date-time"}, {Name: "duration", Type: "duration"}, {Name: "user_id", Type: "string"},
	{Name: "lifecycle_stage", Type: "string"}, {Name: "parent", Type: "string"}, {Name: "session", Type: "string"}, {Name: "notebook", Type: "string"},
	{Name: "source", Type: "string"},
	{Space: filter.Datasets, Name: "name", Type: "string"}, {Space: filter.Datasets, Name: "digest", Type: "string"}, {Space: filter.Datasets, Name: "context", Type: "string"},
	{Space: filter.Git, Name: "commit", Type: "string"}, {Space: filter.Git, Name: "branch", Type: "string"}, {Space: filter.Git, Name: "dirty", Type: "string"},
	{Space: filter.Data, Name: "digest", Type: "string"}, {Space: filter.Data, Name: "path", Type: "string"},
	{Space: filter.Cell, Name: "source", Type: "string"}, {Space: filter.Cell, Name: "id", Type: "string"}, {Space: filter.Cell, Name: "notebook", Type: "string"},
}

// Prepare reads in the background what the first page of runs needs: in a ledger with 100,000 runs that takes most of a second, once.
func (s *Server) Prepare() {
	s.looking.Go(func() {
		q := index.RunSearch{Stages: stages["active"], Now: s.Now()}
		_, _, _, _ = s.Index.Groups(s.ending, q, filter.Field{Space: filter.Attributes, Name: "lifecycle_stage"}, 0) // who asks is told what is wrong
	})
}

func (s *Server) columns(c *call) (p Page[Column], err error) {
	stand, err := s.Index.Stand(c.ctx)
	if err != nil {
		return p, err
	}
	fields, err := s.fields.get(stand.String(), s.Now, func() ([]index.FieldUse, error) { return s.Index.Fields(c.ctx) })
	if err != nil {
		return p, err
	}
	list, part := []Column{}, strings.ToLower(c.get("prefix"))
	add := func(col Column) {
		if strings.Contains(strings.ToLower(col.Name), part) {
			list = append(list, col)
		}
	}
	for _, a := range attributeColumns {
		a.Key = a.Name
		if a.Space == "" {
			a.Space = filter.Attributes
		} else {
			a.Name = string(a.Space) + "." + a.Key
		}
		add(a)
	}
	for _, f := range fields {
		own := f.Field.Space == filter.Metrics && account.OwnMetric(f.Field.Name) || f.Field.Space == filter.Tags && account.OwnTag(f.Field.Name)
		add(Column{f.Field.String(), f.Field.Space, f.Field.Name, f.Type, f.Runs, own})
	}
	return paged(s, c, list)
}

// Groups are the values that a field has among runs.
type Groups struct {
	By     string  `json:"by"`
	Runs   int     `json:"runs"`   // in all
	Values int     `json:"values"` // different ones in all, with that of the runs that have none
	Groups []Group `json:"groups"`
}

// Group is a value, null for the runs that have none, and how many runs have it.
type Group struct {
	Value *string `json:"value"`
	Runs  int     `json:"runs"`
}

func (s *Server) groups(c *call) (g Groups, err error) {
	q, _, err := s.chosenRuns(c)
	if err != nil {
		return g, err
	}
	by, err := filter.ParseOrder(c.get("by"))
	if err != nil {
		return g, err
	}
	if len(by) != 1 || by[0].Descending {
		return g, kind(errWrong, "by=%.80q is not one field", c.get("by"))
	}
	found, runs, values, err := s.Index.Groups(c.ctx, q, by[0].Field, c.number("limit"))
	g = Groups{by[0].Field.String(), runs, values, make([]Group, len(found))}
	for i, f := range found {
		if g.Groups[i].Runs = f.Runs; !f.Missing {
			g.Groups[i].Value = &found[i].Value
		}
	}
	return g, err
}

func (s *Server) run(c *call) (*account.Run, error) {
	m, err := s.one(c.ctx, c.get("id"), "run")
	if err != nil {
		return nil, err
	}
	return s.account.Run(c.ctx, m.ID, 0)
}
