package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/remote"
)

func pullCommand(a *app) *cobra.Command {
	var asJSON, yes bool
	c := &cobra.Command{
		Use:   "pull [REMOTE]",
		Short: "Take what a remote has more than the ledger",
		Long: `pull takes journals and blobs of which a remote has more, each once it is verified. The exit status is 4 when
the remote holds what is not what was signed, or lacks what a ledger on it lists; what is good is taken all the same.
What was purged, here or by somebody who pushed there, does not come.

` + remoteHelp + "\n\n" + ownRemoteHelp,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.pullFrom(c.Context(), args, yes, asJSON) },
	}
	yesFlag(c, &yes)
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) pullFrom(ctx context.Context, named []string, yes, asJSON bool) error {
	ledger := a.ledgerToRead()
	from, err := a.remoteToUse(ledger, named, yes)
	if err != nil {
		return err
	}
	from.fresh = false // what is taken from must be there
	return a.withRemote(ctx, from, func(ctx context.Context, b remote.Bucket) error {
		return a.pullAndTell(ctx, ledger, from.address, b, false, asJSON)
	})
}

func (a *app) pullAndTell(ctx context.Context, ledger, address string, b remote.Bucket, noBlobs, asJSON bool) error {
	tell, end := a.told("pulling")
	report, err := a.pull(ctx, ledger, b, remote.PullOptions{Options: remote.Options{Tell: tell}, NoBlobs: noBlobs})
	end()
	if err != nil {
		return err
	}
	a.remember(ledger, address)
	return a.moved("pulled", "from", address, report, asJSON)
}
