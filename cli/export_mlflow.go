package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/mlruns"
)

func (a *app) exportMLflowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "mlflow DIR",
		Short: "Write everything of runs and models as a file store of MLflow",
		Long: `mlflow writes all experiments, runs and registered models as a file store of MLflow: a new folder such as mlruns, which MLflow reads with
MLFLOW_TRACKING_URI=file:mlruns. It exits with 1 when something has no place there, which it names.`,
		Example: `  gemba export mlflow mlruns`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error { return a.exportMLflow(ctx, x, args[0]) })
		},
	}
}

func (a *app) exportMLflow(ctx context.Context, x *index.Index, dir string) error {
	ledger, err := journal.Open(a.ledgerToRead())
	if err != nil {
		return ledgerHint(err)
	}
	defer a.fetchOnDemand(ctx, ledger)()
	bar := a.newBar("export to " + dir)
	defer bar.clear()
	var p snapshot.Progress
	left := 0
	sum, err := mlruns.Export(ctx, dir, mlruns.Options{Index: x, Open: ledger.Blobs().Open,
		Left: func(what string) {
			left++
			bar.clear()
			a.warn("not exported: %s", what)
		},
		Look: func(runs, bytes int64) {
			p.Files, p.Bytes = p.Files+runs, p.Bytes+bytes
			bar.show(p)
		}})
	if errors.Is(err, mlruns.ErrExists) {
		return withHint(err, "name a folder that is not there yet")
	}
	if err != nil {
		return err
	}
	bar.clear()
	fmt.Fprintf(a.stdout, "%s: %s in %s, %s, %s, %s\n", oneLine(dir), count(sum.Runs, "run", "runs"), count(sum.Experiments, "experiment", "experiments"),
		count(sum.Points, "point", "points"), count(sum.Artifacts, "artifact", "artifacts"), count(sum.Models, "model or version", "models and versions"))
	if left > 0 {
		return errFailed
	}
	return nil
}
