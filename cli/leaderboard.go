package cli

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// leaderboardOptions are the flags of leaderboard.
type leaderboardOptions struct {
	runs     runQuery
	metric   string
	by       string
	min, max bool
	limit    int
	asJSON   bool
}

func leaderboardCommand(a *app) *cobra.Command {
	var o leaderboardOptions
	c := &cobra.Command{
		Use:   "leaderboard",
		Short: "Rank runs by a metric",
		Long: `leaderboard ranks runs by a value of a metric, with the params that differ between them: by its last value, or with --by min or --by max by
the least or the greatest that it ever had, infinite ones aside. Whether the least or the greatest value is best is guessed from the
metric's name, and said, unless --min or --max tells. Runs whose value is no number come last; those without the metric are left out.`,
		Example: `  gemba leaderboard --metric loss
  gemba leaderboard --metric loss --by min
  gemba leaderboard --metric acc --max --filter "tags.team = 'red'" -n 5`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.min && o.max {
				return wrongUse("--min and --max are both given")
			}
			if _, known := rankings[o.by]; !known {
				return wrongUse("read --by: %q is none of last, min, max", o.by)
			}
			if o.limit < 0 {
				return wrongUse("read --limit: %d is negative", o.limit)
			}
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error { return a.leaderboard(ctx, x, o) })
		},
	}
	f := c.Flags()
	f.StringVar(&o.metric, "metric", "", "the metric's `name`; it may be left out when there is only one")
	f.StringVar(&o.by, "by", "last", "which value of a run counts: `last|min|max`")
	f.BoolVar(&o.min, "min", false, "the least value is best")
	f.BoolVar(&o.max, "max", false, "the greatest value is best")
	f.IntVarP(&o.limit, "limit", "n", 10, "at most `N` runs, 0 for all")
	o.runs.flags(a, c)
	a.completeFlag(c, "metric", metricNames)
	_ = c.RegisterFlagCompletionFunc("by", cobra.FixedCompletions([]cobra.Completion{"last", "min", "max"}, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	jsonFlag(c, &o.asJSON)
	return c
}

// rankedRun is a row of `leaderboard --json`.
type rankedRun struct {
	Rank   int    `json:"rank"`
	Metric string `json:"metric"`
	By     string `json:"by"` // which of the metric's values it is
	Value  number `json:"value"`
	loggedRun
}

func (a *app) leaderboard(ctx context.Context, x *index.Index, o leaderboardOptions) error {
	s, err := o.runs.search(ctx, a, x)
	if err != nil {
		return err
	}
	if o.metric == "" {
		if o.metric, err = onlyMetric(ctx, x, s); err != nil {
			return err
		}
	}
	field := filter.Field{Space: filter.Metrics, Name: o.metric}
	greatest := o.max || !o.min && !lessIsBetter(o.metric)
	s.Filter = filter.And{s.Filter, filter.Compare{Field: field, Op: filter.Present}}
	s.Order = []filter.Order{{Field: field, Descending: greatest}}
	s.Columns = index.Columns{Params: true, Metrics: true, Tags: o.asJSON}
	ranked, err := rank(ctx, x, s, o, greatest)
	if err != nil {
		return err
	}
	t, err := a.runTable(ctx, x)
	if err != nil {
		return err
	}
	if o.asJSON {
		rows := make([]rankedRun, len(ranked))
		for i, c := range ranked {
			rows[i] = rankedRun{i + 1, o.metric, o.by, number(c.value), t.logged(c.Run)}
		}
		return printJSON(a.stdout, rows)
	}
	return a.printRanks(t, ranked, field, greatest, o)
}

// contender is a run with the value that it is ranked by.
type contender struct {
	index.Run
	value float64
}

// rankings tell which of a series' values counts, by the words of --by. What is nil is none: there is no finite value.
var rankings = map[string]func(shownSeries) *number{
	"last": func(s shownSeries) *number { return &s.Last },
	"min":  func(s shownSeries) *number { return s.Least },
	"max":  func(s shownSeries) *number { return s.Greatest },
}

// rank returns the runs that s chooses, the best ones first. The index sorts by the last value; who ranks by another reads all series.
func rank(ctx context.Context, x *index.Index, s index.RunSearch, o leaderboardOptions, greatest bool) ([]contender, error) {
	limit := o.limit
	if o.by != "last" {
		limit = 0
	}
	runs, _, err := allRuns(ctx, x, s, limit)
	if err != nil {
		return nil, err
	}
	all := make([]contender, len(runs))
	for i, r := range runs {
		last, _ := findKey(r.Metrics, o.metric, func(m tracker.Metric) string { return m.Key })
		series := shownSeries{Key: o.metric, Last: number(last.Value)}
		if o.by != "last" {
			if err := told(x).ReadPoints(ctx, r.ID, &series); err != nil {
				return nil, err
			}
		}
		all[i] = contender{r, math.NaN()}
		if v := rankings[o.by](series); v != nil {
			all[i].value = float64(*v)
		}
	}
	if o.by == "last" {
		return all, nil
	}
	slices.SortStableFunc(all, func(a, b contender) int { return compareValues(a.value, b.value, greatest) })
	if o.limit > 0 {
		all = all[:min(o.limit, len(all))]
	}
	return all, nil
}

// compareValues puts the better value first, and what is no number last.
func compareValues(a, b float64, greatest bool) int {
	switch noA, noB := math.IsNaN(a), math.IsNaN(b); {
	case noA && noB:
		return 0
	case noA:
		return 1
	case noB:
		return -1
	case greatest:
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

func (a *app) printRanks(t runTable, ranked []contender, field filter.Field, greatest bool, o leaderboardOptions) error {
	runs := make([]index.Run, len(ranked))
	for i, c := range ranked {
		runs[i] = c.Run
	}
	if len(runs) == 0 {
		fmt.Fprintf(a.stderr, "no runs with the metric %s\n", oneLine(o.metric))
		return nil
	}
	fields := append([]filter.Field{field}, attributeFields("run_id", "start_time", "status", "run_name")...)
	fields = append(fields, differingParams(runs, usualCount)...)
	made := t.table(runs, fields)
	made.columns = append([]column{{"RANK", true}}, made.columns...)
	for i := range made.rows {
		made.rows[i] = append([]cell{{text: fmt.Sprint(i + 1)}}, made.rows[i]...)
		made.rows[i][1] = cell{short(ranked[i].value), bold}
	}
	if o.by != "last" {
		made.columns[1].title += " (" + o.by + ")"
	}
	made.fit(width(a.stdout))
	if err := made.print(a.stdout); err != nil {
		return err
	}
	if !o.min && !o.max {
		fmt.Fprintf(a.stderr, "the %s %s is taken for the best; --%s turns it round\n", map[bool]string{true: "greatest", false: "least"}[greatest],
			oneLine(o.metric), map[bool]string{true: "min", false: "max"}[greatest])
	}
	return nil
}

// lessNames are words in the names of metrics of which less is better.
var lessNames = []string{"loss", "err", "error", "mse", "mae", "rmse", "mape", "perplexity", "ppl", "nll", "cost", "wer", "cer", "divergence", "kl", "fid", "time", "latency"}

// lessIsBetter guesses whether less is better from a metric's name.
func lessIsBetter(metric string) bool {
	words := strings.FieldsFunc(strings.ToLower(metric), func(r rune) bool { return r < 'a' || r > 'z' })
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.Contains(lessNames, w) || strings.HasSuffix(w, "loss") || strings.HasSuffix(w, "error")
	})
}

// onlyMetric returns the one metric that runs have; where there are several, the error names them.
func onlyMetric(ctx context.Context, x *index.Index, s index.RunSearch) (string, error) {
	s.Columns, s.Order = index.Columns{Metrics: true}, nil
	runs, _, err := allRuns(ctx, x, s, 1000)
	if err != nil {
		return "", err
	}
	return oneMetric(runs)
}

// oneMetric returns the one metric that runs have, beside what is measured of each run.
func oneMetric(runs []index.Run) (string, error) {
	counts := metricCounts(runs)
	names := mostUsed(filter.Metrics, counts, 10)
	switch {
	case len(names) == 1:
		return names[0].Name, nil
	case len(names) == 0:
		return "", &kindError{index.ErrNotFound, "the runs have no metrics"}
	}
	var list []string
	for _, n := range names {
		list = append(list, oneLine(n.Name))
	}
	return "", withHint(wrongUse("which metric is meant? There are %s%s", strings.Join(list, ", "), map[bool]string{true: ", …"}[len(counts) > len(list)]),
		"--metric %s", cmp.Or(list[0], "NAME"))
}
