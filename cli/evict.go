package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/reach"
	"github.com/gemba-ml/gemba/tracker/remote"
)

func evictCommand(a *app) *cobra.Command {
	var olderThan string
	var asJSON, yes bool
	c := &cobra.Command{
		Use:   "evict [ID...]",
		Short: "Leave to the remote the bytes that it provably holds",
		Long: `evict frees the disk of what cells, sessions or snapshots wrote, or of all that is older than --older-than, and that nothing else
needs. Before anything goes, the remote's bytes are read back and verified; what did not come back stays. Entries stay, and
so does what tells which files there were. Evicted bytes are fetched when somebody reads them.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error { return a.evict(c.Context(), args, olderThan, yes, asJSON) },

		ValidArgsFunction: a.completeID,
	}
	c.Flags().StringVar(&olderThan, "older-than", "", "what was recorded before a `time`: 30d, 2006-01-02")
	yesFlag(c, &yes)
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) evict(ctx context.Context, ids []string, olderThan string, yes, asJSON bool) error {
	if (olderThan == "") == (len(ids) == 0) {
		return wrongUse("evict wants ids or --older-than, one of both")
	}
	before, err := parseSince(olderThan, a.now())
	if err != nil {
		return err
	}
	chosen, err := a.chooser(ctx, ids, before)
	if err != nil {
		return err
	}
	ledger := a.ledgerToRead()
	to, err := a.remoteToUse(ledger, nil, yes)
	if err != nil {
		return err
	}
	to.fresh = false // it must hold what is evicted
	return a.withRemote(ctx, to, func(ctx context.Context, b remote.Bucket) error {
		return a.evictTo(ctx, ledger, to.address, b, chosen, asJSON)
	})
}

// chooser returns what tells the entries whose bytes may go.
func (a *app) chooser(ctx context.Context, ids []string, before time.Time) (func(tracker.Entry) bool, error) {
	if len(ids) == 0 {
		return func(e tracker.Entry) bool { return e.Head().Time.Before(before) }, nil
	}
	named := map[tracker.ID]bool{}
	err := a.withIndex(ctx, func(ctx context.Context, x *index.Index) error {
		found, err := a.findAll(ctx, x, "evict", ids)
		for _, m := range found {
			named[m.ID] = true
		}
		return err
	})
	return func(e tracker.Entry) bool {
		s, taken := e.(*tracker.SnapshotEntry)
		return named[e.Head().Session] || named[e.Head().Execution] || taken && named[s.Snapshot]
	}, err
}

func (a *app) evictTo(ctx context.Context, ledger, address string, b remote.Bucket, chosen func(tracker.Entry) bool, asJSON bool) error {
	l, err := journal.Open(ledger)
	if err != nil {
		return ledgerHint(err)
	}
	list, err := only(ctx, l, chosen)
	if err != nil {
		return err
	}
	purged, err := a.removed(ctx, ledger, gc.Purged)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(d tracker.Digest) bool { _, once := purged[d]; return once }) // it would not come back
	fetcher, err := remote.NewFetcher(ctx, ledger, b, l.Blobs())
	if err != nil {
		return err
	}
	held, err := fetcher.Held(ctx, list)
	if err != nil {
		return err
	}
	r := a.openStrictRecorder(ledger, "evict")
	removal, err := gc.Remove(ctx, ledger, r, held, gc.Why{Reason: gc.Evicted, Remote: remote.Harmless(address), By: "gemba evict", Now: a.now})
	if closeErr := r.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return a.evicted(removal, len(list)-len(held), asJSON)
}

// evicted says what went, and what stayed because the remote does not have it.
func (a *app) evicted(r *gc.Removal, notHeld int, asJSON bool) error {
	if asJSON {
		return printJSON(a.stdout, r)
	}
	fmt.Fprintf(a.stdout, "evicted %s (%s), freed %s\n", count(int(r.Blobs), "blob", "blobs"), humanBytes(r.Bytes), humanBytes(r.Freed))
	if notHeld > 0 {
		fmt.Fprintf(a.stdout, "kept %s that the remote does not hold: gemba push brings them there\n", count(notHeld, "blob", "blobs"))
	}
	for _, left := range r.Left {
		fmt.Fprintf(a.stdout, "kept %s: %s\n", left.Digest, left.Reason)
	}
	for _, problem := range r.Problems {
		a.warn("%s", problem)
	}
	return nil
}

// only returns the blobs, but for documents, that are here and that no other entry than the chosen ones needs.
func only(ctx context.Context, l *journal.Ledger, chosen func(tracker.Entry) bool) (list []tracker.Digest, err error) {
	ids, err := l.Journals()
	if err == nil {
		err = l.Blobs().Refresh()
	}
	if err != nil {
		return nil, err
	}
	mine, others, documents := map[tracker.Digest]bool{}, map[tracker.Digest]bool{}, map[tracker.Digest]bool{}
	for _, id := range ids {
		for r, err := range l.Entries(id, journal.Position{}) {
			if err != nil || ctx.Err() != nil {
				return nil, cmp.Or(ctx.Err(), err)
			}
			to := others
			if chosen(r.Entry) {
				to = mine
			}
			err = reach.Walk(r.Line, l.Blobs(), func(d tracker.Digest, document bool) bool {
				seen := to[d]
				to[d], documents[d] = true, documents[d] || document
				return document && !seen
			}, func(tracker.Digest, error) {})
			if err != nil {
				return nil, err
			}
		}
	}
	for d := range mine {
		if !others[d] && !documents[d] && l.Blobs().Has(d) {
			list = append(list, d)
		}
	}
	return list, nil
}
