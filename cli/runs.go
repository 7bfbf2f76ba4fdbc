package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// runQuery is how a person chooses runs: what log, leaderboard, plot and export have in common, and what a view keeps.
type runQuery struct {
	Filter  string   `json:"filter,omitempty"`
	Order   string   `json:"order,omitempty"`
	Columns []string `json:"columns,omitempty"`
	Limit   int      `json:"limit,omitempty"`

	experiment string
	view       string
	deleted    bool
}

// flags adds the options that choose runs to a command.
func (q *runQuery) flags(a *app, c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&q.Filter, "filter", "", "runs for which an `expression` holds: \"metrics.loss < 0.5 AND params.lr = 0.01\"")
	f.StringVar(&q.experiment, "experiment", "", "runs of the experiment with this `name`")
	f.StringVar(&q.view, "view", "", "runs of a saved search, by its `name` (see gemba view)")
	f.BoolVar(&q.deleted, "deleted", false, "runs that were deleted, too")
	a.completeFlag(c, "view", a.viewNames)
	a.completeFlag(c, "experiment", experimentNames)
}

// chosen reports whether the query says anything.
func (q *runQuery) chosen() bool {
	return q.Filter != "" || q.Order != "" || len(q.Columns) > 0 || q.experiment != "" || q.view != "" || q.deleted
}

// search turns the query into a question to the index. What a view says holds where the query itself says nothing; both filters hold.
func (q *runQuery) search(ctx context.Context, a *app, x *index.Index) (s index.RunSearch, err error) {
	s.Now = a.now()
	if s.Filter, err = parsedFilter("--filter", q.Filter); err != nil {
		return s, err
	}
	if q.view != "" {
		v, err := readView(ctx, x, q.view)
		if err != nil {
			return s, err
		}
		saved, err := parsedFilter("the filter of view "+q.view, v.Filter)
		if err != nil {
			return s, err
		}
		s.Filter = filter.And{saved, s.Filter}
		if q.Order == "" {
			q.Order = v.Order
		}
		if len(q.Columns) == 0 {
			q.Columns = v.Columns
		}
		if q.Limit == 0 {
			q.Limit = v.Limit
		}
	}
	if s.Order, err = parsedOrder("--order", q.Order); err != nil {
		return s, err
	}
	if q.experiment != "" {
		e, err := x.ExperimentNamed(ctx, q.experiment)
		if err != nil {
			return s, withHint(err, "gemba sql \"SELECT name FROM experiments\" lists those there are")
		}
		s.Experiments = []tracker.ID{e.ID}
	}
	if q.deleted {
		s.Stages = []tracker.Stage{tracker.Active, tracker.Deleted}
	}
	return s, nil
}

// allRuns returns the runs that s chooses, at most limit when it is not zero, and the mark of those behind them.
func allRuns(ctx context.Context, x *index.Index, s index.RunSearch, limit int) (runs []index.Run, next string, err error) {
	return told(x).AllRuns(ctx, s, limit)
}

// countRuns returns how many runs s chooses.
func countRuns(ctx context.Context, x *index.Index, s index.RunSearch) (int, error) {
	s.After, s.Order, s.Limit, s.Columns = "", nil, math.MaxInt-1, index.Columns{}
	page, err := x.SearchRuns(ctx, s)
	return len(page.Runs), err
}

func parsedFilter(option, text string) (filter.Expr, error) {
	e, err := filter.Parse(text)
	return e, syntaxHint(option, err)
}

func parsedOrder(option, text string) ([]filter.Order, error) {
	o, err := filter.ParseOrder(text)
	return o, syntaxHint(option, err)
}

// syntaxHint shows where a text is wrong: the text with a mark below the place.
func syntaxHint(option string, err error) error {
	var wrong *filter.SyntaxError
	if !errors.As(err, &wrong) {
		return err
	}
	text, at := pointed(wrong.Text, wrong.At)
	return withHint(wrongUse("read %s: %s\n    %s\n    %s^", option, wrong.Why, text, strings.Repeat(" ", at)),
		"metrics.loss < 0.5 AND params.lr = 0.01 AND NOT tags.team IN ('red', 'blue')")
}

// pointedLength is how much of a wrong text is shown before and behind the place, in characters.
const pointedLength = 32

// pointed cuts a text to a line around a place, in bytes, and returns which character the place is then.
func pointed(text string, at int) (string, int) {
	before := []rune(text[:min(at, len(text))])
	behind := []rune(text[min(at, len(text)):])
	if len(before) > pointedLength {
		before = append([]rune{'…'}, before[len(before)-pointedLength:]...)
	}
	if len(behind) > pointedLength {
		behind = append(behind[:pointedLength:pointedLength], '…')
	}
	blank := strings.NewReplacer("\n", " ", "\t", " ", "\r", " ")
	line := blank.Replace(string(before))
	return line + blank.Replace(string(behind)), utf8.RuneCountInString(line)
}

// findRun returns what an id, its leading digits or a run's name stands for; of several runs with a name it is the newest.
func (a *app) findRun(ctx context.Context, x *index.Index, command, text string) (index.Match, error) {
	m, err := x.Find(ctx, text)
	if err == nil || !errors.Is(err, index.ErrNotFound) {
		return m, a.idHint(ctx, x, command, err)
	}
	page, nameErr := x.SearchRuns(ctx, index.RunSearch{Limit: 1, Filter: runNamed(text), Stages: []tracker.Stage{tracker.Active, tracker.Deleted}})
	if nameErr != nil {
		return m, nameErr
	}
	if len(page.Runs) == 0 {
		return m, a.idHint(ctx, x, command, err)
	}
	return index.Match{ID: page.Runs[0].ID, Kind: "run"}, nil
}

// runNamed is the filter for runs of a name.
func runNamed(name string) filter.Expr {
	return filter.Compare{Field: filter.Field{Space: filter.Attributes, Name: "run_name"}, Op: filter.Equal, Values: []filter.Value{{Kind: filter.Text, Text: name}}}
}

// findRuns returns the runs that texts stand for.
func (a *app) findRuns(ctx context.Context, x *index.Index, command string, texts []string) (runs []index.Run, err error) {
	for _, text := range texts {
		m, err := a.findRun(ctx, x, command, text)
		if err != nil {
			return nil, err
		}
		if m.Kind != "run" {
			return nil, withHint(wrongUse("%s is %s: want a run", text, a.describe(ctx, x, m)), "gemba log --runs")
		}
		r, err := x.Run(ctx, m.ID)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}

// runName is what to call a run.
func runName(r index.Run) string {
	if r.Name == "" {
		return "(no name)"
	}
	return r.Name
}

// short writes a value for a table.
func short(v float64) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return account.Exact(v)
	}
	return strconv.FormatFloat(v, 'g', 5, 64)
}

// completeFlag offers a shell what names returns as values of a flag.
func (a *app) completeFlag(c *cobra.Command, flag string, names func(context.Context, *index.Index) []string) {
	_ = c.RegisterFlagCompletionFunc(flag, func(c *cobra.Command, _ []string, prefix string) (found []cobra.Completion, _ cobra.ShellCompDirective) {
		_ = a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error { // nothing to offer is no error here
			for _, name := range names(ctx, x) {
				if strings.HasPrefix(name, prefix) && oneLine(name) == name {
					found = append(found, name)
				}
			}
			return nil
		})
		return found, cobra.ShellCompDirectiveNoFileComp
	}) // the flag is there
}

func experimentNames(ctx context.Context, x *index.Index) (names []string) {
	all, _ := x.Experiments(ctx, []tracker.Stage{tracker.Active})
	for _, e := range all {
		names = append(names, e.Name)
	}
	return names
}

// metricNames are those of the newest runs.
func metricNames(ctx context.Context, x *index.Index) (names []string) {
	page, _ := x.SearchRuns(ctx, index.RunSearch{Limit: completedIDs, Columns: index.Columns{Metrics: true}})
	seen := map[string]bool{}
	for _, r := range page.Runs {
		for _, m := range r.Metrics {
			if !seen[m.Key] {
				seen[m.Key], names = true, append(names, m.Key)
			}
		}
	}
	return names
}

// completeRuns offers a shell the newest runs, by id and by name.
func (a *app) completeRuns(c *cobra.Command, args []string, prefix string) (found []cobra.Completion, _ cobra.ShellCompDirective) {
	_ = a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error { // nothing to offer is no error here
		page, err := x.SearchRuns(ctx, index.RunSearch{Limit: completedIDs})
		for _, r := range page.Runs {
			told := fmt.Sprintf("run %s, %s, %s", oneLine(runName(r)), r.Status, humanTime(r.Started, a.now()))
			if strings.HasPrefix(r.ID.String(), prefix) {
				found = append(found, cobra.CompletionWithDesc(r.ID.Short(), told))
			}
			if r.Name != "" && oneLine(r.Name) == r.Name && strings.HasPrefix(r.Name, prefix) {
				found = append(found, cobra.CompletionWithDesc(r.Name, told))
			}
		}
		return err
	})
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
