package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/remote"
)

func unbundleCommand(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "unbundle FILE",
		Short: "Take the runs of a bundle into the ledger",
		Long: `unbundle verifies a bundle, all of it, and then takes its journals and blobs into the ledger. A bundle that was altered or cut
changes nothing here. Who signed it is said: whether to believe that key is for you to know.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.unbundle(c.Context(), args[0], asJSON) },
	}
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) unbundle(ctx context.Context, path string, asJSON bool) (err error) {
	b, err := remote.OpenBundle(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	fmt.Fprintf(a.stderr, "signed by key %s\n", b.Key)
	report, err := a.pull(ctx, a.ledgerFor("."), b, remote.PullOptions{})
	if err != nil {
		return err
	}
	return a.moved("took", "from", path, report, asJSON)
}
