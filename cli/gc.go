package cli

import (
	"context"
	"errors"
	"os/user"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/gc"
)

// gcOptions are the flags of gc.
type gcOptions struct {
	dryRun    bool
	keepLast  int
	olderThan string
	asJSON    bool
}

func gcCommand(a *app) *cobra.Command {
	var o gcOptions
	c := &cobra.Command{
		Use:   "gc",
		Short: "Give back disk space that nothing recorded needs",
		Long: `gc removes bytes that no entry needs, which killed recordings leave, and merges the files of many short sessions.
It may run beside kernels, and be ended at any time. Where something that tells what is needed cannot be read, nothing
is taken for garbage.

With --keep-last or --older-than it also lets old outputs, and the contents of files that cells read or wrote, go. The
entries stay, and so do sources, programs, code states, environments and snapshots, with all that these need. A signed
tombstone says what was removed and why. Where both are given, both must hold.`,
		Example: `  gemba gc --dry-run
  gemba gc --older-than 90d --keep-last 20`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			rules, err := o.retention()
			if err != nil {
				return err
			}
			ctx, done := untilSignal(c.Context())
			defer done()
			err = a.gc(ctx, o, rules)
			if s := (stopped{}); errors.As(context.Cause(ctx), &s) {
				return s
			}
			return err
		},
	}
	f := c.Flags()
	f.BoolVar(&o.dryRun, "dry-run", false, "only tell what would be freed")
	f.IntVar(&o.keepLast, "keep-last", 0, "let outputs and data go of all but the newest `N` sessions")
	f.StringVar(&o.olderThan, "older-than", "", "let outputs and data go of sessions opened longer than a `time` ago: 90d, 12h")
	jsonFlag(c, &o.asJSON)
	return c
}

func (o gcOptions) retention() (r gc.Retention, err error) {
	if r.KeepLast = o.keepLast; r.KeepLast < 0 {
		return r, wrongUse("read --keep-last: %d is negative", o.keepLast)
	}
	if o.olderThan == "" {
		return r, nil
	}
	r.OlderThan, err = parseAge(o.olderThan)
	if err != nil || r.OlderThan <= 0 {
		return r, withHint(wrongUse("read --older-than: %q is no length of time", o.olderThan), "90d or 12h")
	}
	return r, nil
}

// parseAge reads a length of time: Go's durations, and days.
func parseAge(text string) (time.Duration, error) {
	if digits, ok := strings.CutSuffix(text, "d"); ok {
		days, err := strconv.ParseUint(digits, 10, 16)
		return time.Duration(days) * 24 * time.Hour, err
	}
	return time.ParseDuration(text)
}

func (a *app) gc(ctx context.Context, o gcOptions, rules gc.Retention) error {
	dir := a.ledgerToRead()
	var recorder *tracker.Recorder
	r, err := gc.Collect(ctx, dir, gc.Options{
		DryRun: o.dryRun, Retention: rules, Now: a.now, By: userName() + ": gemba gc",
		Recorder: func() gc.Recorder {
			recorder = a.openStrictRecorder(dir, "gc")
			return recorder
		},
	})
	if recorder != nil {
		err = errors.Join(err, recorder.Close())
	}
	if r == nil {
		return ledgerHint(err)
	}
	if err := a.printCollected(r, o.asJSON); err != nil {
		return err
	}
	if err == nil && len(r.Problems)+len(r.Doubts) > 0 {
		return errCorrupt
	}
	return err
}

func (a *app) printCollected(r *gc.Report, asJSON bool) error {
	if asJSON {
		return printJSON(a.stdout, r)
	}
	would := map[bool]string{true: "would be "}[r.DryRun]
	g := a.newPage()
	g.fact("freed", "%s%s", humanBytes(r.Freed), map[bool]string{true: ", by estimate"}[r.DryRun])
	if r.Removed+r.Rewritten > 0 {
		g.fact("packs", "%s%s removed, %s rewritten", would, thousands(r.Removed), thousands(r.Rewritten))
	}
	if r.Archived > 0 {
		g.fact("journals", "%s archived", thousands(r.Archived))
	}
	if r.Expired > 0 {
		g.fact("expired", "%s, each behind a tombstone", count(int(r.Expired), "blob", "blobs"))
	}
	if r.Busy > 0 {
		g.fact("busy", "%s that nothing needs is in packs that are being written: try again when these sessions have ended", humanBytes(r.Busy))
	}
	for _, p := range r.Problems {
		a.warn("%s", p)
	}
	for _, d := range r.Doubts {
		a.warn("%s", d)
	}
	if len(r.Doubts) > 0 {
		a.warn("so nothing was taken for garbage: what cannot be read may need it. gemba verify tells more")
	}
	return g.flush()
}

// userName says who runs this, for the record.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "somebody"
}
