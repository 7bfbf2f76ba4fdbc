package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/remote"
)

func bundleCommand(a *app) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "bundle ID... -o FILE",
		Short: "Carry runs to another site in one signed file",
		Long: `bundle writes the sessions of the given ids, whole, with every byte that they need, into one signed file. The code of
the commit that they ran on goes with them when its repository is at hand. gemba unbundle takes it in
elsewhere, with no network.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.bundle(c.Context(), args, out) },

		ValidArgsFunction: a.completeID,
	}
	c.Flags().StringVarP(&out, "out", "o", "", "the `file` to write")
	_ = c.MarkFlagRequired("out") // fails only for a flag that is not defined
	return c
}

func (a *app) bundle(ctx context.Context, ids []string, out string) error {
	if _, err := os.Lstat(out); err == nil {
		return withHint(wrongUse("bundle: %s is there already", out), "name another file, or remove that one")
	}
	key, err := loadKey()
	if err != nil {
		return fmt.Errorf("a bundle must be signed: %w", err)
	}
	var journals []tracker.ID
	err = a.withIndex(ctx, func(ctx context.Context, x *index.Index) error {
		if journals, err = a.journalsOf(ctx, x, ids); err != nil {
			return err
		}
		code, err := a.keepCommits(ctx, x, journals)
		journals = append(journals, code...)
		return err
	})
	if err != nil {
		return err
	}
	if err := a.fetchAll(ctx, journals); err != nil {
		return err
	}
	report, err := a.writeBundle(ctx, journals, key, out)
	if err != nil {
		return err
	}
	return a.moved("bundled", "into", out, report, false)
}

// writeBundle writes a bundle under another name first, so that none is ever half there.
func (a *app) writeBundle(ctx context.Context, journals []tracker.ID, key *journal.Key, out string) (remote.Report, error) {
	ctx, done := untilSignal(ctx)
	defer done()
	tmp, err := os.CreateTemp(filepath.Dir(out), ".bundle-*")
	if err != nil {
		return remote.Report{}, fmt.Errorf("write bundle: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	w := bufio.NewWriterSize(tmp, 1<<20)
	report, err := remote.WriteBundle(ctx, a.ledgerToRead(), journals, key, w, a.now())
	if err == nil {
		err = errors.Join(w.Flush(), tmp.Chmod(0o644), tmp.Sync())
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), out)
	}
	if err != nil {
		return report, fmt.Errorf("write bundle: %w", err)
	}
	return report, nil
}

// journalsOf returns the journals that hold what the ids name.
func (a *app) journalsOf(ctx context.Context, x *index.Index, ids []string) (all []tracker.ID, err error) {
	found, err := a.findAll(ctx, x, "bundle", ids)
	if err != nil {
		return nil, err
	}
	for _, m := range found {
		id, err := journalOf(ctx, x, m)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all, nil
}

func journalOf(ctx context.Context, x *index.Index, m index.Match) (tracker.ID, error) {
	switch m.Kind {
	case "session":
		s, err := x.Session(ctx, m.ID)
		return s.Journal, err
	case "snapshot":
		s, err := x.Snapshot(ctx, m.ID)
		return s.Journal, err
	}
	c, err := x.Cell(ctx, m.ID)
	return c.Journal, err
}
