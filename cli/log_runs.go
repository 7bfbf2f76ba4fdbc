package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// logged returns a run as JSON has it.
func (t runTable) logged(r index.Run) loggedRun { return account.Experiments(t.experiments).Row(r) }

// runTable returns what tables of runs need.
func (a *app) runTable(ctx context.Context, x *index.Index) (runTable, error) {
	t := runTable{a.now(), map[tracker.ID]string{}}
	all, err := x.Experiments(ctx, nil)
	for _, e := range all {
		t.experiments[e.ID] = e.Name
	}
	return t, err
}

// logRuns lists runs alone.
func (a *app) logRuns(ctx context.Context, x *index.Index, o logOptions) error {
	s, err := o.search(ctx, a, x)
	if err != nil {
		return err
	}
	fields, err := parsedColumns(o.runs.Columns)
	if err != nil {
		return err
	}
	s.Columns = index.Columns{Params: true, Metrics: true, Tags: o.asJSON}
	if fields != nil {
		s.Columns = columnsOf(fields)
	}
	limit := cmp.Or(o.filter.Limit, o.runs.Limit)
	runs, next, err := allRuns(ctx, x, s, limit)
	if errors.Is(err, index.ErrPage) {
		return wrongUse("read --after: %v", index.ErrPage)
	}
	if err != nil {
		return err
	}
	t, err := a.runTable(ctx, x)
	if err != nil {
		return err
	}
	if err := a.printRuns(t, runs, fields, o.asJSON); err != nil || next == "" {
		return err
	}
	all, err := countRuns(ctx, x, s)
	if err == nil {
		fmt.Fprintf(a.stderr, "… %s in all; -n 0 lists them, --after %s those behind\n", count(all, "run", "runs"), next)
	}
	return err
}

// printRuns prints runs with the fields that are named, or the usual ones.
func (a *app) printRuns(t runTable, runs []index.Run, fields []filter.Field, asJSON bool) error {
	if asJSON {
		rows := make([]loggedRun, len(runs))
		for i, r := range runs {
			rows[i] = t.logged(r)
		}
		return printJSON(a.stdout, rows)
	}
	if len(runs) == 0 {
		fmt.Fprintln(a.stderr, "no runs")
	}
	if fields != nil {
		return t.table(runs, fields).print(a.stdout)
	}
	made := t.table(runs, usualColumns(runs))
	made.fit(width(a.stdout))
	return made.print(a.stdout)
}

// logRow is a cell execution or a run.
type logRow struct {
	started time.Time
	cell    index.Cell
	run     *index.Run // nil: it is a cell
}

// logList is cell executions and runs, newest first.
type logList struct {
	rows []logRow
	runs runTable
}

// logged gathers cell executions and runs.
func (a *app) logged(ctx context.Context, x *index.Index, o logOptions) (l logList, err error) {
	cells, err := x.Cells(ctx, o.filter)
	if err != nil {
		return l, err
	}
	for _, c := range cells {
		l.rows = append(l.rows, logRow{started: c.Started, cell: c})
	}
	if o.onlyCells {
		return l, nil
	}
	s, err := o.search(ctx, a, x)
	if err != nil {
		return l, err
	}
	s.Columns = index.Columns{Metrics: true, Params: o.asJSON, Tags: o.asJSON}
	runs, _, err := allRuns(ctx, x, s, o.filter.Limit)
	if err != nil {
		return l, err
	}
	for i := range runs {
		l.rows = append(l.rows, logRow{started: runs[i].Started, run: &runs[i]})
	}
	slices.SortStableFunc(l.rows, func(a, b logRow) int { return b.started.Compare(a.started) })
	if o.filter.Limit > 0 {
		l.rows = l.rows[:min(o.filter.Limit, len(l.rows))]
	}
	l.runs, err = a.runTable(ctx, x)
	return l, err
}

// objects are the rows of `log --json`.
func (l logList) objects(x *index.Index) []any {
	all := make([]any, len(l.rows))
	for i, r := range l.rows {
		if r.run != nil {
			all[i] = l.runs.logged(*r.run)
		} else {
			all[i] = told(x).Row(r.cell)
		}
	}
	return all
}

// table shows the rows with the columns that cells have.
func (l logList) table(a *app, x *index.Index) *table {
	t := a.logTable(x, nil)
	for _, r := range l.rows {
		if r.run != nil {
			t.add(runRow(*r.run, a.now())...)
		} else {
			t.add(cellRow(x, r.cell, a.now())...)
		}
	}
	return t
}

// runRow is a run among cell executions.
func runRow(r index.Run, now time.Time) []cell {
	return []cell{{r.ID.Short(), yellow}, {text: humanTime(r.Started, now)}, {text: cutTo(notebookName(r.Source), notebookLength)}, {text: "run"},
		{string(r.Status), runStyles[r.Status]}, {text: "–"}, {text: humanDuration(tookOf(r))}, {text: runSummary(r)}}
}

// summaryMetrics is how many metrics of a run are told in a line.
const summaryMetrics = 4

// runSummary is a run's name with its metrics.
func runSummary(r index.Run) string {
	parts := []string{cutTo(runName(r), nameLength)}
	metrics := slices.DeleteFunc(slices.Clone(r.Metrics), func(m tracker.Metric) bool { return ownMetric(m.Key) })
	for i, m := range metrics {
		if i == summaryMetrics {
			parts = append(parts, fmt.Sprintf("… %s more", thousands(len(metrics)-i)))
			break
		}
		parts = append(parts, cutTo(m.Key, valueLength)+"="+short(m.Value))
	}
	return strings.Join(parts, "  ")
}

// sayRest says what a limit left out.
func (a *app) sayRest(ctx context.Context, x *index.Index, o logOptions, shown int) error {
	if o.filter.Limit == 0 || shown < o.filter.Limit {
		if shown == 0 {
			fmt.Fprintln(a.stderr, "no cell executions"+map[bool]string{false: " and no runs"}[o.onlyCells])
		}
		return nil
	}
	all, err := x.Count(ctx, o.filter)
	if err == nil && !o.onlyCells {
		var s index.RunSearch
		if s, err = o.search(ctx, a, x); err == nil {
			var runs int
			runs, err = countRuns(ctx, x, s)
			all += runs
		}
	}
	if err == nil && all > shown {
		fmt.Fprintf(a.stderr, "… and %s more; -n 0 lists all\n", thousands(all-shown))
	}
	return err
}
