package cli

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/plot"
)

// plotOptions are the flags of plot.
type plotOptions struct {
	runs       runQuery
	metrics    []string
	out        string
	x          string
	logX, logY bool
	title      string
	size       plot.Size
	points     int
	limit      int
}

func plotCommand(a *app) *cobra.Command {
	var o plotOptions
	c := &cobra.Command{
		Use:   "plot RUN...",
		Short: "Draw the metrics of runs, in the terminal or as SVG or PNG",
		Long: `plot draws metrics of runs over each other. Runs are named by ids or names, or chosen by --filter, --experiment or --view. Without -o
it draws in the terminal. Where a value is no number (×), infinite (▲▼) or, on a logarithmic axis, not above zero (▼), the line
has a gap, which is marked at the edge. Long series are drawn by their extremes.`,
		Example: `  gemba plot baseline tuned --metric loss
  gemba plot 3f2a --metric loss --metric val_loss --log -o loss.svg
  gemba plot --filter "params.lr = 0.01" --metric acc --x relative -o acc.png`,
		ValidArgsFunction: a.completeRuns,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.check(args); err != nil {
				return err
			}
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error { return a.plot(ctx, x, args, o) })
		},
	}
	f := c.Flags()
	f.StringArrayVar(&o.metrics, "metric", nil, "the metric's `name`, several times for several; it may be left out when there is only one")
	f.StringVarP(&o.out, "out", "o", "", "draw into a `file` that ends in .svg or .png")
	f.StringVar(&o.x, "x", "step", "what goes to the right: `step|time|relative` (time since the run's start)")
	f.BoolVar(&o.logY, "log", false, "a logarithmic axis for the values")
	f.BoolVar(&o.logX, "log-x", false, "a logarithmic axis for what goes to the right")
	f.StringVar(&o.title, "title", "", "a `text` above it")
	f.IntVar(&o.size.Width, "width", 800, "a file's width, in `pixels`")
	f.IntVar(&o.size.Height, "height", 480, "a file's height, in `pixels`")
	f.IntVar(&o.points, "points", 1000, "draw at most so many `points` of a series, extremes among them")
	f.IntVarP(&o.limit, "limit", "n", 20, "at most `N` of the runs that a filter chooses, 0 for all")
	o.runs.flags(a, c)
	a.completeFlag(c, "metric", metricNames)
	return c
}

// plotAxes are what may go to the right.
var plotAxes = map[string]plot.Axis{
	"step": {Label: "step"}, "time": {Label: "time (UTC)", Kind: plot.Moment}, "relative": {Label: "since the run's start", Kind: plot.Duration},
}

// pictures are the kinds of files, by their ending.
var pictures = map[string]func(plot.Chart, io.Writer, plot.Size) error{".svg": plot.Chart.SVG, ".png": plot.Chart.PNG}

func (o *plotOptions) check(args []string) error {
	if len(args) == 0 && !o.runs.chosen() {
		return withHint(wrongUse("say which runs to draw"), "gemba plot RUN --metric NAME, or gemba plot --filter \"…\"; gemba log --runs lists them")
	}
	if _, known := plotAxes[o.x]; !known {
		return wrongUse("read --x: %q is none of step, time, relative", o.x)
	}
	if _, known := pictures[strings.ToLower(filepath.Ext(o.out))]; o.out != "" && !known {
		return wrongUse("read --out: %s ends neither in .svg nor in .png", o.out)
	}
	if o.size.Width < 100 || o.size.Height < 100 || o.size.Width > 10_000 || o.size.Height > 10_000 {
		return wrongUse("read --width and --height: a picture has from 100 to 10000 pixels each way")
	}
	if o.points < 2 || o.limit < 0 {
		return wrongUse("read --points or --limit: the number is too small")
	}
	return nil
}

func (a *app) plot(ctx context.Context, x *index.Index, args []string, o plotOptions) error {
	runs, err := a.runsToPlot(ctx, x, args, o)
	if err != nil {
		return err
	}
	if len(o.metrics) == 0 {
		metric, err := oneMetric(runs)
		if err != nil {
			return err
		}
		o.metrics = []string{metric}
	}
	c, err := a.chart(ctx, x, runs, o)
	if err != nil {
		return err
	}
	if o.out == "" {
		edge := width(a.stdout)
		if edge == 0 {
			edge = 80
		}
		_, err := io.WriteString(a.stdout, c.Text(plot.TextOptions{Width: edge - 1, Height: 20, Colour: bool(painterFor(a.stdout))}))
		return err
	}
	draw := pictures[strings.ToLower(filepath.Ext(o.out))]
	return writeWhole(o.out, func(w io.Writer) error { return draw(c, w, o.size) })
}

func (a *app) runsToPlot(ctx context.Context, x *index.Index, args []string, o plotOptions) ([]index.Run, error) {
	runs, err := a.findRuns(ctx, x, "plot", args)
	if err != nil || !o.runs.chosen() {
		return runs, err
	}
	s, err := o.runs.search(ctx, a, x)
	if err != nil {
		return nil, err
	}
	s.Columns = index.Columns{Metrics: true}
	found, next, err := allRuns(ctx, x, s, o.limit)
	if next != "" {
		a.warn("only the first %d runs are drawn; -n tells how many", o.limit)
	}
	runs = append(runs, found...)
	if len(runs) == 0 && err == nil {
		err = &kindError{index.ErrNotFound, "no run fits"}
	}
	return runs, err
}

// chart reads the series and puts them into a chart.
func (a *app) chart(ctx context.Context, x *index.Index, runs []index.Run, o plotOptions) (plot.Chart, error) {
	c := plot.Chart{Title: o.title, X: plotAxes[o.x], Y: plot.Axis{Log: o.logY}}
	c.X.Log = o.logX
	if len(o.metrics) == 1 {
		c.Y.Label = o.metrics[0]
	}
	names := seriesNames(runs)
	for i, r := range runs {
		for _, metric := range o.metrics {
			points, err := x.Series(ctx, index.SeriesSearch{Run: r.ID, Key: metric, Points: o.points})
			if err != nil {
				return c, err
			}
			if len(points) == 0 {
				a.warn("run %s has no metric %s", names[i], metric)
				continue
			}
			s := plot.Series{Name: names[i], Points: make([]plot.Point, len(points))}
			if len(o.metrics) > 1 {
				s.Name += " " + metric
			}
			begin := r.Started
			if begin.IsZero() {
				begin = time.Unix(0, points[0].Time)
			}
			for n, p := range points {
				s.Points[n] = plot.Point{X: rightOf(o.x, p, begin), Y: p.Value}
			}
			c.Series = append(c.Series, s)
		}
	}
	if len(c.Series) == 0 {
		return c, withHint(&kindError{index.ErrNotFound, "no metric " + strings.Join(o.metrics, " or ") + " in any of the runs"}, "gemba show RUN lists its metrics")
	}
	if c.Title == "" {
		c.Title = usualTitle(c, o.metrics)
	}
	return c, nil
}

// usualTitle names what a chart shows where its axes and legend do not.
func usualTitle(c plot.Chart, metrics []string) string {
	if len(c.Series) == 1 {
		return c.Series[0].Name + ": " + metrics[0]
	}
	return strings.Join(metrics, ", ")
}

// rightOf is where a point is on the axis to the right.
func rightOf(axis string, p tracker.Metric, begin time.Time) float64 {
	switch axis {
	case "time":
		return float64(p.Time) / 1e9
	case "relative":
		return time.Duration(p.Time - begin.UnixNano()).Seconds()
	}
	return float64(p.Step)
}

// seriesNames are the runs' names, with the id where several have one name or none.
func seriesNames(runs []index.Run) []string {
	names := make([]string, len(runs))
	for i, r := range runs {
		same := slices.IndexFunc(runs, func(other index.Run) bool { return other.ID != r.ID && other.Name == r.Name })
		names[i] = r.Name
		if r.Name == "" || same >= 0 {
			names[i] = strings.TrimSpace(r.Name + " " + r.ID.Short())
		}
	}
	return names
}
