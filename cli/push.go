package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/remote"
)

// remoteHelp says what a remote may be; push, pull and clone share it.
const remoteHelp = `REMOTE is a folder, s3://bucket?region=… (other servers: &endpoint=http://…&use_path_style=true), gs://bucket,
azblob://container, or oci://host/repository. Passwords never are a part of it: S3, GCS and Azure take them from
the environment and the files of their own tools, registries from docker login. Without REMOTE it is that of gemba.json,
else the one used last.`

func pushCommand(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "push [REMOTE]",
		Short: "Bring what a remote lacks of the ledger there",
		Long: `push brings the signed part of all journals, and the blobs that they need, to a remote; the files of the commits that
cells ran on, too, so that the code can be restored without its repository. A push that was stopped goes on where it
was; two at once do not disturb each other.

` + remoteHelp,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.push(c.Context(), args, asJSON) },
	}
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) push(ctx context.Context, named []string, asJSON bool) error {
	ledger := a.ledgerToRead()
	address, err := remoteOf(ledger, named)
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
	return a.withRemote(ctx, address, func(ctx context.Context, b remote.Bucket) error {
		tell, end := a.told("pushing")
		report, err := remote.Push(ctx, ledger, b, remote.Options{Tell: tell})
		end()
		if err != nil {
			return ledgerHint(err)
		}
		remember(ledger, address)
		return a.moved("pushed", "to", address, report, asJSON)
	})
}
