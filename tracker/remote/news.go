package remote

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/reach"
)

// gain is a journal of which the remote has more.
type gain struct {
	way    []segment
	have   int64 // entries of it that are here
	staged *journal.Staged
}

// atOnce is how many journals are asked for at once.
const atOnce = 8

// findNews finds the journals of which the remote has more, and makes sure that the others are the same there.
func (p *pull) findNews() error {
	ids, err := p.ledger.Journals()
	if err != nil {
		return err
	}
	unlisted, err := p.ledger.Unlisted()
	if err != nil {
		return err
	}
	here := make(map[tracker.ID]bool, len(ids))
	for _, id := range ids {
		here[id] = true
	}
	var same errgroup.Group
	same.SetLimit(atOnce)
	var mu sync.Mutex
	for folder := range p.there.segments {
		id := folderID(folder)
		way := p.there.chain(folder)
		if folder != journalFolder(id) || !p.options.moves(id) || len(way) == 0 { // pushed at this moment, or never to its end
			continue
		}
		g := &gain{way: way}
		if here[id] {
			have, err := p.ledger.Signed(id)
			if err == nil && have.Entries >= g.to() && !unlisted[id] {
				same.Go(func() error { return p.agree(&mu, have, way) })
				continue
			}
			g.have = have.Entries
		}
		p.news = append(p.news, g)
	}
	return same.Wait()
}

func (g *gain) to() int64 { return g.way[len(g.way)-1].to }

// agree makes sure that a journal of which nothing is lacking is the same there.
func (p *pull) agree(mu *sync.Mutex, have journal.Signed, way []segment) error {
	said, err := getSmall(p.ctx, p.bucket, way[len(way)-1].checkpoint())
	if err != nil {
		return err
	}
	mu.Lock()
	defer mu.Unlock()
	return p.problem(have.Agrees(said))
}

// problem notes what is wrong with one journal, which does not keep the others away; other errors it returns.
func (p *pull) problem(err error) error {
	if errors.Is(err, journal.ErrConflict) || errors.Is(err, journal.ErrCorrupt) {
		p.report.Problems = append(p.report.Problems, err.Error())
		return nil
	}
	return err
}

// stage brings the journals that are news into files of ours, and verifies them.
func (p *pull) stage(to *journal.Imports) error {
	slices.SortFunc(p.news, func(a, b *gain) int { return slices.Compare([]byte(a.way[0].folder), []byte(b.way[0].folder)) })
	var all errgroup.Group
	all.SetLimit(atOnce)
	faults := make([]error, len(p.news))
	for n, g := range p.news {
		all.Go(func() (err error) {
			g.staged, err = p.stageOne(to, g)
			faults[n] = err
			if errors.Is(err, journal.ErrConflict) || errors.Is(err, journal.ErrCorrupt) {
				return nil
			}
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	for _, fault := range faults {
		_ = p.problem(fault) // the others were returned
	}
	p.news = slices.DeleteFunc(p.news, func(g *gain) bool { return g.staged == nil })
	return nil
}

func (p *pull) stageOne(to *journal.Imports, g *gain) (*journal.Staged, error) {
	said, err := getSmall(p.ctx, p.bucket, g.way[len(g.way)-1].checkpoint())
	if err != nil {
		return nil, err
	}
	lines := &segments{pull: p, way: g.way}
	defer lines.close()
	staged, err := to.Stage(journal.Copy{Journal: folderID(g.way[0].folder), Checkpoint: said, Lines: lines})
	if lines.err != nil {
		return nil, lines.err
	}
	return staged, err
}

// discard removes what was staged and not admitted.
func (p *pull) discard() {
	for _, g := range p.news {
		if g.staged != nil {
			g.staged.Discard()
		}
	}
}

// readStones learns from the journals here and from the news which blobs must not come: those that were purged anywhere, and those
// that the rules of this ledger let go. The lists of what was removed come at once.
func (p *pull) readStones() (err error) {
	problem := func(err error) { p.report.Problems = append(p.report.Problems, err.Error()) }
	if p.stones, err = p.ledger.KnownTombstones(p.ctx, problem); err != nil {
		return err
	}
	p.unwanted = make(map[tracker.Digest]struct{})
	for d, stone := range p.stones {
		if stone.Collected() {
			p.unwanted[d] = struct{}{}
		}
	}
	for _, g := range p.news {
		if err := g.staged.Each(0, p.addStones); err != nil {
			return err
		}
	}
	for _, d := range purged(p.stones, nil) {
		p.unwanted[d] = struct{}{}
	}
	p.report.Purged = purged(p.stones, p.ledger.Blobs().Has)
	return nil
}

// addStones takes the tombstones that a line of the news tells of.
func (p *pull) addStones(line []byte) error {
	e, err := journal.ParseRemoved(line)
	if err != nil || e == nil {
		return nil // an entry that cannot be read tells nothing; verify finds it
	}
	err = p.single.Fetch(p.ctx, e.Removed)
	if err == nil {
		err = p.stones.Add(e, p.ledger.Blobs().Open)
	}
	if errors.Is(err, ErrNotFound) || errors.Is(err, blob.ErrNotFound) {
		p.report.Problems = append(p.report.Problems, fmt.Sprintf(
			"the list %s of blobs that were %s is not on the %s: what it names may come back", e.Removed, e.Reason, placeOf(p.bucket)))
		return nil
	}
	return err
}

// purged returns the blobs that must not be anywhere, of those that chosen chooses.
func purged(stones journal.Tombstones, chosen func(tracker.Digest) bool) (list []tracker.Digest) {
	for d, stone := range stones {
		if stone.Purged() && (chosen == nil || chosen(d)) {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b tracker.Digest) int { return slices.Compare(a[:], b[:]) })
	return list
}

// shownLacking is how many missing blobs a report names.
const shownLacking = 20

// check makes sure, before entries can be seen, that the blobs they need are here, or that it is said where they are.
func (p *pull) check() error {
	seen := make(map[tracker.Digest]bool) // and whether it was looked into
	visit := func(d tracker.Digest, document bool) bool {
		looked, again := seen[d]
		seen[d] = looked || document
		here := p.ledger.Blobs().Has(d)
		if !here && !again {
			p.miss(d)
		}
		return here && document && !looked
	}
	for _, g := range p.news {
		err := g.staged.Each(g.have, func(line []byte) error {
			return reach.Walk(line, p.ledger.Blobs(), visit, func(tracker.Digest, error) {})
		})
		if err != nil {
			return err
		}
	}
	for d := range p.absent {
		p.report.Lacking = append(p.report.Lacking, d)
	}
	slices.SortFunc(p.report.Lacking, func(a, b tracker.Digest) int { return slices.Compare(a[:], b[:]) })
	p.report.Lacking = p.report.Lacking[:min(shownLacking, len(p.report.Lacking))]
	return nil
}

// came notes a blob that is not here: a pull without blobs leaves them to the remote,
// and a tombstone may tell where, or why, it is gone.
func (p *pull) miss(d tracker.Digest) {
	stone, removed := p.stones[d]
	switch {
	case p.options.NoBlobs && p.single.Has(d):
	case stone.Evicted():
		if p.report.Away == nil {
			p.report.Away = make(map[string]int64)
		}
		p.report.Away[stone.Remote]++
	case !removed:
		p.absent[d] = struct{}{}
	}
}

// admit lets the news be seen.
func (p *pull) admit(to *journal.Imports) error {
	var list []*journal.Staged
	for _, g := range p.news {
		list = append(list, g.staged)
	}
	if err := to.Admit(list, p.options.Now); err != nil {
		return err
	}
	for _, g := range p.news {
		if err := p.problem(g.staged.Err); err != nil {
			return err
		}
		if g.staged.Gained {
			p.report.Journals++
			p.report.Entries += g.staged.Entries - g.have
		}
	}
	p.options.tell(p.report)
	return nil
}

// placeOf says for people what kind of place a bucket is.
func placeOf(b Bucket) string {
	if _, file := b.(*Bundle); file {
		return "bundle"
	}
	return "remote"
}
