package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// restoredSnapshot is what `snapshot restore --json` tells.
type restoredSnapshot struct {
	ID      tracker.ID `json:"id"`
	Dir     string     `json:"dir"`
	Files   int64      `json:"files"`
	Bytes   int64      `json:"bytes"`
	Missing string     `json:"missing,omitempty"`
}

func (a *app) snapshotRestoreCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "restore ID|NAME DIR",
		Short: "Bring a snapshot's files back, into a new or empty folder",
		Long: `restore writes the files of a snapshot with their modes and links into a folder that is new or empty, and checks each
byte. It never overwrites anything, and when it fails no half of it stays. Files that the snapshot does not hold, or that
were purged, are named, and the exit status is 1.`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error {
				s, err := a.findSnapshot(ctx, x, args[0])
				if err != nil {
					return err
				}
				r, err := snapshot.Restore(ctx, a.restorable(ctx, x), s.Tree, args[1])
				if errors.Is(err, snapshot.ErrNotEmpty) {
					return withHint(err, "a folder that does not exist yet")
				}
				if err != nil {
					return err
				}
				return a.printRestored(restoredSnapshot{s.ID, args[1], r.Files, r.Bytes, r.Missing.String()}, r.Missing.Unread > 0, asJSON)
			})
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

// printRestored tells what came back; lacking says that files did not, which is a failure.
func (a *app) printRestored(r restoredSnapshot, lacking, asJSON bool) error {
	if r.Missing != "" {
		a.warn("the snapshot lacks something: %s", r.Missing)
	}
	var err error
	if asJSON {
		err = printJSON(a.stdout, r)
	} else {
		_, err = fmt.Fprintf(a.stdout, "%s, %s in %s\n", count(int(r.Files), "file", "files"), humanBytes(r.Bytes), oneLine(r.Dir))
	}
	if err == nil && lacking {
		return errFailed
	}
	return err
}
