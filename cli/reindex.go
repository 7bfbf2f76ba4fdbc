package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/index"
)

// reindexed is what `reindex --json` tells.
type reindexed struct {
	Entries   int     `json:"entries"`
	Journals  int     `json:"journals"`
	Seconds   float64 `json:"seconds"`
	Path      string  `json:"path"`
	Temporary bool    `json:"temporary"` // the ledger cannot be written: the index is not kept
}

func reindexCommand(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "reindex",
		Short: "Make the index anew from the journals",
		Long:  "reindex makes the index anew. It answers as before: the index only repeats what the journals say.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error {
				began := a.now()
				if err := x.Rebuild(ctx); err != nil {
					return err
				}
				r := reindexed{Seconds: a.now().Sub(began).Seconds(), Path: x.Path(), Temporary: x.Temporary()}
				var err error
				if r.Entries, r.Journals, err = x.Entries(ctx); err != nil {
					return err
				}
				return a.printReindexed(r, asJSON)
			})
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) printReindexed(r reindexed, asJSON bool) error {
	if asJSON {
		return printJSON(a.stdout, r)
	}
	if r.Temporary {
		a.warn("the ledger cannot be written, so the index is not kept")
	}
	_, err := fmt.Fprintf(a.stdout, "%s of %s in %s\n", count(r.Entries, "entry", "entries"),
		count(r.Journals, "journal", "journals"), humanDuration(time.Duration(r.Seconds*float64(time.Second))))
	return err
}
