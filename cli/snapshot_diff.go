package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/profile/rowdiff"
	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// shownChange is a row of `snapshot diff --json`.
type shownChange struct {
	Kind      string         `json:"kind"`
	Path      string         `json:"path"`
	Path64    []byte         `json:"path64,omitempty"` // its bytes, when they are no text
	Was       string         `json:"was,omitempty"`
	Type      snapshot.Type  `json:"type"`
	OldSize   int64          `json:"old_size,omitzero"`
	NewSize   int64          `json:"new_size,omitzero"`
	OldDigest tracker.Digest `json:"old_digest,omitzero"`
	NewDigest tracker.Digest `json:"new_digest,omitzero"`
	OldMode   string         `json:"old_mode,omitempty"`
	NewMode   string         `json:"new_mode,omitempty"`
}

func (a *app) snapshotDiffCommand() *cobra.Command {
	var asJSON, rows bool
	var o rowdiff.Options
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "Tell what differs between two snapshots",
		Long: `diff tells which files were added, removed, changed or renamed between two snapshots, named by id or, for the newest
with a name, by that. With --rows it tells which rows of the tables among them differ (see gemba profile diff).`,
		Example: `  gemba snapshot diff 3f2a train
  gemba snapshot diff 3f2a 90bc --json
  gemba snapshot diff 3f2a train --rows --key id`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error {
				from, err := a.findSnapshot(ctx, x, args[0])
				if err != nil {
					return err
				}
				to, err := a.findSnapshot(ctx, x, args[1])
				if err != nil {
					return err
				}
				changes, err := snapshot.Diff(x.Blobs(), from.Tree, to.Tree)
				if err != nil {
					return err
				}
				if rows || len(o.Key) > 0 {
					return a.rowChanges(ctx, changes, o, asJSON)
				}
				return a.printChanges(changes, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&rows, "rows", false, "compare the rows of tables that changed")
	c.Flags().StringArrayVar(&o.Key, "key", nil, "a key `column` of the tables; several times for a key of several columns")
	c.Flags().IntVar(&o.Examples, "examples", 10, "show so many `rows` of each table")
	jsonFlag(c, &asJSON)
	return c
}

func showChange(c snapshot.Change) shownChange {
	s := shownChange{Kind: c.Kind, Path: c.Path, Path64: noText(c.Path), Was: c.Was}
	if c.From != nil {
		s.Type, s.OldSize, s.OldDigest, s.OldMode = c.From.Type, c.From.Size, c.From.Digest, c.From.ModeText()
	}
	if c.To != nil {
		s.Type, s.NewSize, s.NewDigest, s.NewMode = c.To.Type, c.To.Size, c.To.Digest, c.To.ModeText()
	}
	return s
}

var changeStyles = map[string]style{snapshot.Added: green, snapshot.Removed: red, snapshot.Changed: yellow, snapshot.Renamed: plain}

func (a *app) printChanges(changes []snapshot.Change, asJSON bool) error {
	rows := make([]shownChange, len(changes))
	counts := map[string]int{}
	for i, c := range changes {
		rows[i] = showChange(c)
		counts[c.Kind]++
	}
	if asJSON {
		return printJSON(a.stdout, rows)
	}
	if len(rows) == 0 {
		fmt.Fprintln(a.stderr, "no difference")
		return nil
	}
	t := &table{columns: []column{{title: "CHANGE"}, {"WAS", true}, {"IS", true}, {title: "PATH"}}}
	for _, r := range rows {
		was, is, at := "–", "–", r.Path
		if r.OldMode != "" && r.Type == snapshot.File {
			was = humanBytes(r.OldSize)
		}
		if r.NewMode != "" && r.Type == snapshot.File {
			is = humanBytes(r.NewSize)
		}
		if r.Was != "" {
			at = r.Was + " → " + r.Path
		}
		if r.OldMode != "" && r.NewMode != "" && r.OldMode != r.NewMode {
			at += fmt.Sprintf("  (mode %s → %s)", r.OldMode, r.NewMode)
		}
		t.add(cell{r.Kind, changeStyles[r.Kind]}, cell{text: was}, cell{text: is}, cell{text: at})
	}
	if err := t.print(a.stdout); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "%d added, %d removed, %d changed, %d renamed\n",
		counts[snapshot.Added], counts[snapshot.Removed], counts[snapshot.Changed], counts[snapshot.Renamed])
	return nil
}
