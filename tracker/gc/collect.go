package gc

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Recorder takes the tombstones of what is removed; *tracker.Recorder is one. It must be Strict: its Flush returns
// when what was recorded is durable and signed.
type Recorder interface {
	Record(tracker.Event)
	Flush(context.Context) error
}

// Options say how to collect.
type Options struct {
	DryRun    bool // only tell
	Retention Retention
	Recorder  func() Recorder  // takes tombstones, asked for when something expired; nil: nothing expires
	By        string           // who collects, for the tombstone
	Now       func() time.Time // nil: time.Now
}

// Report is what Collect did, or would do.
type Report struct {
	DryRun    bool     `json:"dry_run,omitempty"`
	Freed     int64    `json:"freed"`           // bytes of disk
	Removed   int      `json:"packs_removed"`   // nothing in them was needed
	Rewritten int      `json:"packs_rewritten"` // with what is needed of them
	Archived  int      `json:"journals_archived"`
	Expired   int64    `json:"expired"`            // blobs that the retention rules let go
	Busy      int64    `json:"busy"`               // bytes that are not needed in packs that are being written
	Problems  []string `json:"problems,omitempty"` // what was left as it is
	Doubts    []string `json:"doubts,omitempty"`   // why nothing was taken for garbage
}

// Collect removes what no entry of the ledger in dir needs, and merges small packs and journals. Nothing that
// an entry needs is lost, whenever it ends: what it has not done, the next one does. Where something that tells what
// is needed cannot be read, nothing is taken for garbage.
func Collect(ctx context.Context, dir string, o Options) (*Report, error) {
	c, release, err := open(ctx, dir, !o.DryRun)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := c.choose(ctx, o); err != nil {
		return nil, err
	}
	victims := c.victims()
	if o.DryRun {
		return c.estimate(victims), nil
	}
	expired, err := c.bury(ctx, o)
	if err != nil {
		return nil, err
	}
	err = c.run(ctx, victims)
	r := c.report()
	r.Expired = expired
	if err == nil {
		var done journal.Archived
		done, err = c.ledger.Archive(ctx, fewFiles)
		r.Archived = done.Journals
	}
	return r, err
}

// collection is one run over a ledger, locked.
type collection struct {
	sweep
	mark *marker
}

// open opens and, to change it, locks a ledger.
func open(ctx context.Context, dir string, change bool) (c *collection, release func(), err error) {
	ledger, err := journal.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	release = func() {}
	if change {
		if release, _, err = journal.Maintain(ctx, dir, true); err != nil {
			return nil, nil, err
		}
		if err := tidy(dir); err != nil {
			release()
			return nil, nil, err
		}
	}
	c = &collection{mark: newMarker(ledger)}
	c.sweep.mark = c.mark
	c.survey = newSurvey(ledger, c.mark.need, make(digests), false)
	return c, release, nil
}

// choose marks what is needed, and what the rules let go.
func (c *collection) choose(ctx context.Context, o Options) error {
	if !o.Retention.zero() && o.Recorder != nil {
		now := time.Now
		if o.Now != nil {
			now = o.Now
		}
		var err error
		if c.mark.expires, err = o.Retention.expired(ctx, c.ledger, now()); err != nil {
			return err
		}
	}
	if err := c.mark.advance(ctx); err != nil {
		return err
	}
	doomed := make(digests)
	for d := range c.mark.expired {
		if !c.mark.need.has(d) && len(c.mark.doubts) == 0 {
			doomed[d] = struct{}{}
		}
	}
	return c.examine(ctx, doomed)
}

// examine surveys the packs, and once more with different eyes when they raise a doubt.
func (c *collection) examine(ctx context.Context, doomed digests) error {
	names, err := blob.PackNames(c.dir)
	if err == nil {
		err = c.ledger.Blobs().Refresh()
	}
	if err != nil {
		return err
	}
	for range 2 {
		c.survey = newSurvey(c.ledger, c.mark.need, doomed, len(c.mark.doubts) > 0)
		if err := c.look(ctx, names); err != nil {
			return err
		}
		if len(c.doubts) == 0 {
			break
		}
		for _, err := range c.doubts {
			c.mark.doubt(err)
		}
	}
	for d := range c.stuck {
		c.spare(d)
	}
	for d := range c.partOf {
		c.spare(d)
	}
	return nil
}

// spare keeps a blob that was to go.
func (s *survey) spare(d tracker.Digest) {
	delete(s.doomed, d)
	s.need[d] = struct{}{}
}

// bury records the tombstones of what the rules let go, durably, before anything of it is removed.
func (c *collection) bury(ctx context.Context, o Options) (n int64, err error) {
	list := make(map[tracker.Digest]int64)
	for d, size := range c.found {
		if c.mark.expired.has(d) && c.doomed.has(d) {
			list[d] = size
		}
	}
	if len(list) == 0 {
		return 0, nil
	}
	return int64(len(list)), bury(ctx, o.Recorder(), list, Why{Reason: Collected, By: o.By}, o.Now)
}

// victims returns the packs that are worth rewriting. Their new pack will not hold what one of the others holds too,
// which may make it so small that more are merged with it.
func (c *collection) victims() (all []*pack) {
	chosen := make(map[*pack]bool)
	for {
		more := c.moreVictims(chosen)
		if len(more) == 0 {
			return all
		}
		for _, p := range more {
			chosen[p] = true
		}
		all = append(all, more...)
		c.rely(chosen)
	}
}

// moreVictims returns the packs to rewrite beside those that were chosen.
func (c *collection) moreVictims(chosen map[*pack]bool) (more []*pack) {
	var anyway, rest []*pack
	for _, p := range c.packs {
		switch {
		case !p.closed():
		case chosen[p]:
			anyway = append(anyway, p)
		case p.kept == 0 || p.hit || p.stray || worthwhile(p):
			more = append(more, p)
		default:
			rest = append(rest, p)
		}
	}
	return append(more, mergeable(rest, append(anyway, more...))...)
}

// worthwhile reports whether a pack holds so much that is not needed that it is rewritten for it.
func worthwhile(p *pack) bool {
	return p.garbage()*10 >= p.size || p.garbage() >= 64<<20
}

// fewFiles is how many ended journals, or small packs, are not worth merging.
const fewFiles = 4

// mergedSize is the size in bytes from which a pack is not merged with others.
const mergedSize = 512 << 20

// mergeable returns the packs to merge, with those that are rewritten anyway: all up to the largest that is at most
// twice as large as all smaller ones together. So the sizes of those that stay grow at least threefold, which
// bounds their number, and how often a blob is written again, by the logarithm of what there is.
func mergeable(packs, anyway []*pack) []*pack {
	sum := int64(0)
	for _, p := range anyway {
		if p.kept < mergedSize {
			sum += p.kept
		}
	}
	slices.SortFunc(packs, func(a, b *pack) int { return cmp.Or(cmp.Compare(a.kept, b.kept), cmp.Compare(a.name, b.name)) })
	last := -1
	for i, p := range packs {
		if p.kept >= mergedSize {
			break
		}
		if p.kept <= 2*sum {
			last = i
		}
		sum += p.kept
	}
	together := last + 1
	if len(anyway) > 0 {
		together++ // what those become would be merged with the others next time
	}
	if together < fewFiles {
		return nil
	}
	return packs[:last+1]
}

func (c *collection) report() *Report {
	r := &Report{Freed: max(0, c.freed), Removed: c.removed, Rewritten: c.rewritten}
	for _, p := range c.packs {
		switch {
		case p.busy:
			r.Busy += p.garbage()
		case p.fault != nil:
			c.problems = append(c.problems, p.fault)
		}
	}
	r.Problems, r.Doubts = texts(c.problems), texts(c.mark.doubts)
	return r
}

// texts returns what errors say, each once.
func texts(errs []error) (all []string) {
	for _, err := range errs {
		if text := err.Error(); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// estimate tells what rewriting would do.
func (c *collection) estimate(victims []*pack) *Report {
	r := c.report()
	r.DryRun = true
	for d := range c.found {
		if c.mark.expired.has(d) && c.doomed.has(d) {
			r.Expired++
		}
	}
	for _, p := range victims {
		r.Freed += p.garbage()
		if p.kept == 0 {
			r.Removed++
			r.Freed += packMagic
		} else {
			r.Rewritten++
		}
	}
	return r
}

// bury records a tombstone and waits until it is durable.
func bury(ctx context.Context, to Recorder, list map[tracker.Digest]int64, why Why, now func() time.Time) error {
	if now == nil {
		now = time.Now
	}
	e := tracker.BlobsRemoved{Time: now(), Reason: why.Reason, Remote: why.Remote, By: why.By, Count: int64(len(list))}
	for d, size := range list {
		e.List = tracker.AppendRemoved(e.List, d, size)
		e.Bytes += size
	}
	to.Record(e)
	if err := to.Flush(ctx); err != nil {
		return fmt.Errorf("record what is removed: %w: nothing was removed", err)
	}
	return nil
}
