package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// tableRows is how many rows log shows to a person who does not say.
const tableRows = 30

// logOptions are the flags of log.
type logOptions struct {
	filter index.Filter
	since  string
	status string
	asJSON bool
}

func logCommand(a *app) *cobra.Command {
	var o logOptions
	c := &cobra.Command{
		Use:   "log",
		Short: "List what was executed, newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.parse(a.now()); err != nil {
				return err
			}
			if !c.Flags().Changed("limit") && !o.asJSON {
				o.filter.Limit = tableRows
			}
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error { return a.log(ctx, x, o) })
		},
	}
	f := c.Flags()
	f.IntVarP(&o.filter.Limit, "limit", "n", 0, fmt.Sprintf("at most `N` cells, 0 for all (default: %d in a table, all as JSON)", tableRows))
	f.StringVar(&o.filter.Session, "session", "", "cells of the session with this `ID`")
	f.StringVar(&o.filter.Notebook, "notebook", "", "cells of notebooks with this in their `path`")
	f.StringVar(&o.status, "status", "", "cells that are `"+strings.Join(statuses, "|")+"`")
	f.StringVar(&o.since, "since", "", "cells since a `time`: 2h, 3d, 2006-01-02, 2006-01-02T15:04:05")
	jsonFlag(c, &o.asJSON)
	return c
}

// statuses are the words that --status takes.
var statuses = []string{"running", "ok", "error", "aborted", "interrupted", "cut"}

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
	o.filter.Status = tracker.Status(o.status)
	o.filter.Session = strings.ToLower(o.filter.Session)
	return nil
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

// loggedCell is a row of `log --json`.
type loggedCell struct {
	ID   tracker.ID `json:"id"`
	Kind string     `json:"kind"`
	Name string     `json:"name"`
	index.Cell
}

func (a *app) log(ctx context.Context, x *index.Index, o logOptions) error {
	cells, err := x.Cells(ctx, o.filter)
	if err != nil {
		return err
	}
	if o.asJSON {
		rows := make([]loggedCell, len(cells))
		for i, c := range cells {
			rows[i] = loggedCell{c.ID, "cell", cellName(x, c), c}
		}
		return printJSON(a.stdout, rows)
	}
	if err := a.logTable(x, cells).print(a.stdout); err != nil {
		return err
	}
	return a.sayRest(ctx, x, o.filter, len(cells))
}

func (a *app) logTable(x *index.Index, cells []index.Cell) *table {
	t := &table{columns: []column{{title: "ID"}, {title: "STARTED"}, {title: "NOTEBOOK"}, {"IN", true},
		{title: "STATUS"}, {"BUILD", true}, {"RUN", true}, {title: "CELL"}}}
	now := a.now()
	for _, c := range cells {
		t.add(cell{c.ID.Short(), yellow}, cell{text: humanTime(c.Started, now)}, cell{text: cutTo(notebookName(c.Notebook), notebookLength)},
			cell{text: fmt.Sprintf("[%d]", c.Count)}, cell{string(c.Status), statusStyles[c.Status]},
			cell{text: humanDuration(c.Build)}, cell{text: humanDuration(runTime(c))}, cell{text: cellName(x, c)})
	}
	return t
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

// sayRest says what a limit left out.
func (a *app) sayRest(ctx context.Context, x *index.Index, f index.Filter, shown int) error {
	if f.Limit == 0 || shown < f.Limit {
		if shown == 0 {
			fmt.Fprintln(a.stderr, "no cell executions")
		}
		return nil
	}
	all, err := x.Count(ctx, f)
	if err == nil && all > shown {
		fmt.Fprintf(a.stderr, "… and %s more; -n 0 lists all\n", thousands(all-shown))
	}
	return err
}
