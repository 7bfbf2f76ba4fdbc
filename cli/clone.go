package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/remote"
)

func cloneCommand(a *app) *cobra.Command {
	var asJSON, noBlobs bool
	c := &cobra.Command{
		Use:   "clone REMOTE [DIR]",
		Short: "Make a ledger here from one on a remote",
		Long: `clone makes the folder DIR (default: this one) with a ledger in it and pulls everything into that. With --no-blobs only the journals
come at once, and blobs when somebody reads them. What was purged does not come.

` + remoteHelp,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error { return a.clone(c.Context(), args, noBlobs, asJSON) },
	}
	c.Flags().BoolVar(&noBlobs, "no-blobs", false, "take the journals now and blobs when they are read")
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) clone(ctx context.Context, args []string, noBlobs, asJSON bool) error {
	ledger, err := a.ledgerToClone(args[1:])
	if err != nil {
		return err
	}
	from := whereabouts{address: absolute(args[0], ".")}
	return a.withRemote(ctx, from, func(ctx context.Context, b remote.Bucket) error {
		err := a.pullAndTell(ctx, ledger, from.address, b, noBlobs, asJSON)
		if err == nil && noBlobs {
			err = a.leaveBlobs(ctx, ledger, from.address, b)
		}
		return err
	})
}

// ledgerToClone returns where the new ledger goes: there must be none yet.
func (a *app) ledgerToClone(dir []string) (string, error) {
	ledger := a.ledger
	if len(dir) > 0 {
		if err := os.MkdirAll(dir[0], 0o755); err != nil {
			return "", fmt.Errorf("clone: %w", err)
		}
		ledger = filepath.Join(dir[0], ".gemba")
	} else if ledger == "" {
		ledger = a.ledgerFor(".")
	}
	if _, err := journal.Open(ledger); !errors.Is(err, journal.ErrNoLedger) {
		return "", withHint(wrongUse("clone: there is a ledger already: %s", ledger), "gemba pull REMOTE takes what it lacks")
	}
	return ledger, nil
}
