package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/gemba-ml/gemba/tracker/export"
	"github.com/gemba-ml/gemba/tracker/index"
)

// exportOptions are the flags of export.
type exportOptions struct {
	runs   runQuery
	points bool
	keys   []string
	out    string
}

func exportCommand(a *app) *cobra.Command {
	var o exportOptions
	c := &cobra.Command{
		Use:   "export " + strings.Join(export.Formats(), "|"),
		Short: "Write runs, or the points of their metrics, as a table for other programs",
		Long: `export writes a row for each run: what all runs have, their params (params.NAME), the last values of their metrics (metrics.NAME) and
their tags (tags.NAME). With --metrics it writes a row for each point instead: run_id, metric, step, time, value. Parquet keeps values bit
by bit; in CSV and JSON lines each is written so that reading it gives the same, with NaN, Infinity and -Infinity.`,
		Example: `  gemba export parquet -o runs.parquet
  gemba export csv --filter "metrics.loss < 0.5"
  gemba export parquet --metrics --metric loss --experiment iris -o loss.parquet`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: export.Formats(),
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(export.Formats(), args[0]) {
				return wrongUse("there is no format %q; there are %s", args[0], strings.Join(export.Formats(), ", "))
			}
			if len(o.keys) > 0 {
				o.points = true
			}
			if f, isFile := a.stdout.(*os.File); args[0] == "parquet" && o.out == "" && isFile && term.IsTerminal(int(f.Fd())) {
				return withHint(wrongUse("parquet is no text for a terminal"), "gemba export parquet -o runs.parquet")
			}
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error { return a.export(ctx, x, args[0], o) })
		},
	}
	f := c.Flags()
	f.BoolVar(&o.points, "metrics", false, "write the points of metrics, a row each")
	f.StringArrayVar(&o.keys, "metric", nil, "write the points of this metric, by its `name`; several times for several")
	f.StringVarP(&o.out, "out", "o", "", "write into a `file` (default: the standard output)")
	o.runs.flags(a, c)
	f.StringVar(&o.runs.Order, "order", "", "runs sorted by `fields`: \"metrics.loss, start_time DESC\"")
	a.completeFlag(c, "metric", metricNames)
	c.AddCommand(a.exportMLflowCommand())
	return c
}

func (a *app) export(ctx context.Context, x *index.Index, format string, o exportOptions) error {
	s, err := o.runs.search(ctx, a, x)
	if err != nil {
		return err
	}
	n := 0
	write := func(w io.Writer) (err error) {
		open := func(columns []export.Column) (export.Writer, error) { return export.NewWriter(w, format, columns) }
		if o.points {
			n, err = export.Points(ctx, x, s, o.keys, open)
		} else {
			n, err = export.Runs(ctx, x, s, open)
		}
		return err
	}
	if o.out == "" {
		err = buffered(a.stdout, write)
	} else {
		err = writeWhole(o.out, write)
	}
	if errors.Is(err, export.ErrWide) {
		return withHint(err, "--filter for fewer runs, or --metrics for a row for each point")
	}
	if err == nil && o.out != "" {
		what := count(n, "run", "runs")
		if o.points {
			what = count(n, "point", "points")
		}
		fmt.Fprintf(a.stderr, "%s written to %s\n", what, o.out)
	}
	return err
}
