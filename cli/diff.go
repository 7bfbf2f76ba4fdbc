package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/index"
)

// diffOptions are the flags of diff.
type diffOptions struct {
	asJSON   bool
	exitCode bool
	all      bool
}

func diffCommand(a *app) *cobra.Command {
	var o diffOptions
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "Tell what differs between two runs, sessions, cell executions or snapshots",
		Long: `diff compares params, metrics, tags, artifacts and datasets of two runs, and of runs, sessions and cell executions the code cell by
cell, the commit, the files that were read and written, and the environment. Only what differs is shown; when that is nothing it says
identical. Ids, times and how long something took are not compared, and unless --all asks for them neither is what was measured of the
machine (system/…), nor tags that gemba keeps for itself (gemba.mlflow.…). Runs may be named by their names.

gemba env diff, gemba snapshot diff and gemba profile diff compare one of these alone.`,
		Example: `  gemba diff 3f2a 90bc
  gemba diff baseline tuned --exit-code
  gemba diff 3f2a 90bc --json`,
		Args: cobra.ExactArgs(2),

		ValidArgsFunction: a.completeRuns,
		RunE: func(c *cobra.Command, args []string) error {
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error { return a.diff(ctx, x, args, o) })
		},
	}
	c.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit with status 1 when something differs")
	c.Flags().BoolVar(&o.all, "all", false, "compare what was measured of the machine, and gemba's own tags, too")
	jsonFlag(c, &o.asJSON)
	return c
}

func (a *app) diff(ctx context.Context, x *index.Index, args []string, o diffOptions) error {
	var both [2]index.Match
	for i, text := range args {
		m, err := a.findRun(ctx, x, "diff", text)
		if err != nil {
			return err
		}
		both[i] = m
	}
	if both[0].Kind != both[1].Kind {
		return withHint(wrongUse("%s is %s, and %s is %s: want two of one kind", args[0], a.describe(ctx, x, both[0]), args[1], a.describe(ctx, x, both[1])), "gemba log")
	}
	switch both[0].Kind {
	case "snapshot":
		return withHint(wrongUse("%s and %s are snapshots", args[0], args[1]), "gemba snapshot diff %s %s", args[0], args[1])
	case "experiment":
		return withHint(wrongUse("%s and %s are experiments", args[0], args[1]), "gemba log --experiment NAME lists the runs of one")
	}
	d, err := told(x).Compare(ctx, both, o.all)
	if err != nil {
		return err
	}
	if err := a.printDiff(d, o.asJSON); err != nil {
		return err
	}
	if o.exitCode && !d.Identical {
		return errFailed
	}
	return nil
}
