package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

func (a *app) snapshotListCommand() *cobra.Command {
	var asJSON bool
	var name string
	c := &cobra.Command{
		Use:   "list",
		Short: "List snapshots, newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error {
				all, err := x.Snapshots(ctx, name)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(a.stdout, append([]index.Snapshot{}, all...))
				}
				return a.snapshotTable(all)
			})
		},
	}
	c.Flags().StringVar(&name, "name", "", "only those with this `name`")
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) snapshotTable(all []index.Snapshot) error {
	if len(all) == 0 {
		fmt.Fprintln(a.stderr, "no snapshots")
		return nil
	}
	t := &table{columns: []column{{title: "ID"}, {title: "TAKEN"}, {title: "NAME"}, {"FILES", true}, {"SIZE", true}, {title: "TREE"}, {title: "PATH"}}}
	now := a.now()
	for _, s := range all {
		note := ""
		if s.Missing != "" {
			note = " (incomplete)"
		}
		t.add(cell{s.ID.Short(), yellow}, cell{text: humanTime(s.Started, now)}, cell{text: cutTo(orDash(s.Name), notebookLength)},
			cell{text: thousands(int(s.Files))}, cell{text: humanBytes(s.Bytes)}, cell{shortDigest(s.Tree), faint}, cell{text: s.Path + note})
	}
	return t.print(a.stdout)
}

// shortDigest is enough of a digest for a person to see that two are equal.
func shortDigest(d tracker.Digest) string { return fmt.Sprintf("%x", d[:6]) }
