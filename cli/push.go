package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/remote"
)

// remoteHelp says what a remote may be.
const remoteHelp = `REMOTE is a folder, s3://bucket?region=… (other servers: &endpoint=http://…&use_path_style=true), gs://bucket,
azblob://container, or oci://host/repository. Passwords never are a part of it: S3, GCS and Azure take them from
the environment and the files of their own tools, registries from docker login.`

// ownRemoteHelp says which remote it is where none is named.
const ownRemoteHelp = `Without REMOTE it is that of gemba.json, else the one used last. What gemba.json names must be agreed to, once for each ledger:
on a terminal gemba asks, else --yes does. A remote that was used last and has vanished is not made anew.`

func pushCommand(a *app) *cobra.Command {
	var asJSON, yes bool
	c := &cobra.Command{
		Use:   "push [REMOTE]",
		Short: "Bring what a remote lacks of the ledger there",
		Long: `push brings the signed part of all journals, and the blobs that they need, to a remote; the files of the commits that
cells ran on, too, so that the code can be restored without its repository. A push that was stopped goes on where it
was; two at once do not disturb each other. What was purged is not brought; what was brought before it was
purged stays on the remote, and push says so.

` + remoteHelp + "\n\n" + ownRemoteHelp,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.push(c.Context(), args, yes, asJSON) },
	}
	yesFlag(c, &yes)
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) push(ctx context.Context, named []string, yes, asJSON bool) error {
	ledger := a.ledgerToRead()
	to, err := a.remoteToUse(ledger, named, yes)
	if err != nil {
		return err
	}
	err = a.withIndex(ctx, func(ctx context.Context, x *index.Index) error {
		_, err := a.keepCommits(ctx, x, nil)
		return err
	})
	if err != nil {
		return err
	}
	return a.withRemote(ctx, to, func(ctx context.Context, b remote.Bucket) error {
		tell, end := a.told("pushing")
		report, err := remote.Push(ctx, ledger, b, remote.Options{Tell: tell, Existing: !to.fresh})
		end()
		if err != nil {
			return ledgerHint(err)
		}
		a.remember(ledger, to.address)
		return a.moved("pushed", "to", to.address, report, asJSON)
	})
}
