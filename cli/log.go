package cli

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// tableRows is how many rows log shows to a person who does not say.
const tableRows = 30

// logOptions are the flags of log.
type logOptions struct {
	filter    index.Filter
	runs      runQuery
	since     string
	status    string
	after     string
	onlyCells bool
	onlyRuns  bool
	asJSON    bool
}

func logCommand(a *app) *cobra.Command {
	var o logOptions
	c := &cobra.Command{
		Use:   "log",
		Short: "List what was executed and the runs that were tracked, newest first",
		Long: `log lists cell executions and runs, newest first. What only runs have (--runs, --filter, --order, --columns, --experiment, --view)
lists runs alone: with the params that differ between them and their metrics, or the columns that are named.

A filter compares metrics.NAME, params.NAME, tags.NAME, status, run_name, start_time, duration, user_id, experiment, git.commit,
git.branch, data.digest, data.path, cell.source, env.NAME and dataset.name with =, !=, <, <=, >, >=, LIKE, ILIKE, =~ (a regular expression),
IN (…), IS NULL; AND, OR, NOT and parentheses join. A name that is no plain word is in backquotes.`,
		Example: `  gemba log
  gemba log --runs --order "metrics.loss"
  gemba log --filter "metrics.loss < 0.5 AND params.lr = 0.01 AND start_time > -7d"
  gemba log --runs --columns run_id,params.lr,metrics.loss --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.parse(a.now()); err != nil {
				return err
			}
			if !c.Flags().Changed("limit") && !o.asJSON && o.runs.view == "" {
				o.filter.Limit = tableRows
			}
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error { return a.log(ctx, x, o) })
		},
	}
	f := c.Flags()
	f.IntVarP(&o.filter.Limit, "limit", "n", 0, fmt.Sprintf("at most `N` rows, 0 for all (default: %d in a table, all as JSON)", tableRows))
	f.BoolVar(&o.onlyRuns, "runs", false, "runs alone")
	f.BoolVar(&o.onlyCells, "cells", false, "cell executions alone")
	f.StringVar(&o.filter.Session, "session", "", "what belongs to the session with this `ID`")
	f.StringVar(&o.filter.Notebook, "notebook", "", "what notebooks with this in their `path` did")
	f.StringVar(&o.status, "status", "", "what is `"+strings.Join(statuses, "|")+"`")
	f.StringVar(&o.since, "since", "", "since a `time`: 2h, 3d, 2006-01-02, 2006-01-02T15:04:05")
	o.runs.flags(a, c)
	f.StringVar(&o.runs.Order, "order", "", "runs sorted by `fields`: \"metrics.loss, start_time DESC\"")
	f.StringSliceVar(&o.runs.Columns, "columns", nil, "these `fields` of runs: run_name,params.lr,metrics.loss")
	f.StringVar(&o.after, "after", "", "the runs behind the `mark` that the page before told")
	jsonFlag(c, &o.asJSON)
	return c
}

// statuses are the words that --status takes: of both, of cell executions, and of runs.
var statuses = []string{"running", "ok", "error", "aborted", "interrupted", "cut", "scheduled", "finished", "failed", "killed"}

func (o *logOptions) parse(now time.Time) (err error) {
	if o.filter.Since, err = parseSince(o.since, now); err != nil {
		return err
	}
	if o.status != "" && !slices.Contains(statuses, o.status) {
		return wrongUse("read --status: %q is none of %s", o.status, strings.Join(statuses, ", "))
	}
	if o.filter.Limit < 0 {
		return wrongUse("read --limit: %d is negative", o.filter.Limit)
	}
	o.onlyRuns = o.onlyRuns || o.after != "" || o.runs.chosen()
	if o.onlyCells && o.onlyRuns {
		return wrongUse("--cells leaves runs out, and another option asks for runs")
	}
	o.filter.Status = tracker.Status(o.status)
	o.filter.Session = strings.ToLower(o.filter.Session)
	return o.runs.check()
}

// search is what log asks of runs: the query and the conditions that cells have too.
func (o *logOptions) search(ctx context.Context, a *app, x *index.Index) (index.RunSearch, error) {
	s, err := o.runs.search(ctx, a, x)
	all := filter.And{}
	add := func(name string, op filter.Op, v filter.Value) {
		all = append(all, filter.Compare{Field: filter.Field{Space: filter.Attributes, Name: name}, Op: op, Values: []filter.Value{v}})
	}
	if o.filter.Session != "" {
		add("session", filter.Match, filter.Value{Text: "^" + regexp.QuoteMeta(o.filter.Session)})
	}
	if o.filter.Notebook != "" {
		add("source", filter.Match, filter.Value{Text: regexp.QuoteMeta(o.filter.Notebook)})
	}
	if o.status != "" {
		add("status", filter.ILike, filter.Value{Text: o.status})
	}
	if !o.filter.Since.IsZero() {
		add("start_time", filter.AtLeast, filter.Value{Kind: filter.Moment, Time: o.filter.Since})
	}
	s.Filter, s.After = append(all, s.Filter), o.after
	return s, err
}

// sinceLayouts are the ways to write a moment, in local time.
var sinceLayouts = []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateTime, time.RFC3339Nano}

// parseSince reads a moment, or how long ago it was: Go's durations, and days.
func parseSince(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range sinceLayouts {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	var days int
	if n, err := fmt.Sscanf(text, "%dd", &days); n == 1 && err == nil && text == fmt.Sprintf("%dd", days) {
		return now.AddDate(0, 0, -days), nil
	}
	ago, err := time.ParseDuration(text)
	if err != nil {
		return time.Time{}, withHint(wrongUse("read --since: %q is no time", text), "2h, 3d, 2006-01-02 or 2006-01-02T15:04:05")
	}
	return now.Add(-ago), nil
}

func (a *app) log(ctx context.Context, x *index.Index, o logOptions) error {
	if o.onlyRuns {
		return a.logRuns(ctx, x, o)
	}
	l, err := a.logged(ctx, x, o)
	if err != nil {
		return err
	}
	if o.asJSON {
		return printJSON(a.stdout, l.objects(x))
	}
	if err := l.table(a, x).print(a.stdout); err != nil {
		return err
	}
	return a.sayRest(ctx, x, o, len(l.rows))
}

func (a *app) logTable(x *index.Index, cells []index.Cell) *table {
	t := &table{columns: []column{{title: "ID"}, {title: "STARTED"}, {title: "NOTEBOOK"}, {"IN", true},
		{title: "STATUS"}, {"BUILD", true}, {"RUN", true}, {title: "CELL"}}}
	now := a.now()
	for _, c := range cells {
		t.add(cellRow(x, c, now)...)
	}
	return t
}

func cellRow(x *index.Index, c index.Cell, now time.Time) []cell {
	return []cell{{c.ID.Short(), yellow}, {text: humanTime(c.Started, now)}, {text: cutTo(notebookName(c.Notebook), notebookLength)},
		{text: fmt.Sprintf("[%d]", c.Count)}, {string(c.Status), statusStyles[c.Status]},
		{text: humanDuration(c.Build)}, {text: humanDuration(runTime(c))}, {text: cellName(x, c)}}
}

var statusStyles = map[tracker.Status]style{
	tracker.OK: green, tracker.Failed: red, tracker.Running: bold,
	tracker.Interrupt: yellow, tracker.Cut: red, tracker.Aborted: faint,
}

// runTime is how long a cell ran: its process where there was one, else from start to finish.
func runTime(c index.Cell) time.Duration {
	if c.Run > 0 {
		return c.Run
	}
	return c.Wall - c.Build
}
