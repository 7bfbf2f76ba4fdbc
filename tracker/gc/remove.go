package gc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Why bytes are removed.
const (
	Purged    = "purged"    // they must not be there
	Evicted   = "evicted"   // a remote has them
	Collected = "collected" // the retention rules let them go
)

// Why says why blobs are removed, for the tombstone.
type Why struct {
	Reason string
	Remote string           // where evicted bytes still are
	By     string           // who did it; never what it was about
	Now    func() time.Time // nil: time.Now
}

// Left is a blob that Remove left, and why.
type Left struct {
	Digest tracker.Digest `json:"digest"`
	Reason string         `json:"reason"`
	Err    error          `json:"-"` // blob.ErrInUse, blob.ErrNotFound, ErrDocument, ErrPart, blob.ErrCorrupt or ErrNamedAgain
}

// Reasons why a blob is left.
var (
	ErrDocument   = errors.New("it is a document: it tells what is stored, and stays")
	ErrPart       = errors.New("it is a part of a larger blob, which must go as a whole")
	ErrNamedAgain = errors.New("it was recorded again meanwhile")
)

// Removal is what Remove did.
type Removal struct {
	Blobs    int64    `json:"blobs"`
	Bytes    int64    `json:"bytes"` // of the blobs
	Freed    int64    `json:"freed"` // bytes of disk
	Left     []Left   `json:"left,omitempty"`
	Problems []string `json:"problems,omitempty"`
}

// Remove takes the bytes of blobs out of the packs of the ledger in dir, chunks included that no other blob needs. It
// records a tombstone first: from then on verify takes the blobs for removed, whether they are gone already or
// not, and a Remove that ended early is finished by the same call again. What cannot be removed is left alone,
// without a tombstone, and told. Where bytes may be unsaid at the end of a pack whose writer was killed,
// they go too. Evicted documents are left: without them nobody knows what the rest belongs to.
func Remove(ctx context.Context, dir string, to Recorder, list []tracker.Digest, why Why) (*Removal, error) {
	c, release, err := open(ctx, dir, true)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := c.mark.advance(ctx); err != nil {
		return nil, err
	}
	r, doomed := &Removal{}, make(digests)
	for _, d := range list {
		if c.mark.walked.has(d) && why.Reason == Evicted {
			r.leave(d, ErrDocument)
			continue
		}
		doomed[d] = struct{}{}
		delete(c.mark.need, d)
	}
	if err := c.examine(ctx, doomed); err != nil {
		return nil, err
	}
	sizes := c.removable(r, list)
	if len(sizes) == 0 {
		return r, nil
	}
	if err := bury(ctx, to, sizes, why, why.Now); err != nil {
		return nil, err
	}
	err = c.run(ctx, c.hit())
	r.fill(&c.sweep, sizes)
	return r, err
}

// removable returns what of list can be removed, with its sizes, and tells the rest.
func (c *collection) removable(r *Removal, list []tracker.Digest) map[tracker.Digest]int64 {
	sizes := make(map[tracker.Digest]int64)
	for _, d := range list {
		size, found := c.found[d]
		whole, part := c.partOf[d]
		switch p := c.stuck[d]; {
		case part:
			r.leave(d, fmt.Errorf("%w: %s", ErrPart, whole))
		case p != nil && p.busy:
			r.leave(d, fmt.Errorf("%w: %s", blob.ErrInUse, c.writerOf(p)))
		case p != nil:
			r.leave(d, p.fault)
		case found:
			sizes[d] = size
		case c.doomed.has(d):
			r.leave(d, blob.ErrNotFound)
		}
	}
	return sizes
}

// writerOf tells people who writes a pack.
func (c *collection) writerOf(p *pack) string {
	name := strings.TrimSuffix(p.name, ".pack")
	id, err := tracker.ParseID(name)
	if err == nil {
		for r, err := range c.ledger.Entries(id, journal.Position{}) {
			if opened, ok := r.Entry.(*tracker.JournalOpenedEntry); ok && err == nil {
				return fmt.Sprintf("gemba %s, process %d on %s: stop it first", opened.Writer, opened.PID, opened.Host)
			}
			break
		}
	}
	return "packs/" + p.name + " is being written: try again when that is done"
}

func (r *Removal) leave(d tracker.Digest, why error) {
	r.Left = append(r.Left, Left{d, why.Error(), why})
}

// hit returns the packs to rewrite: those that hold what is to go, lists of chunks that nobody needs, or bytes at
// their end of which nobody knows what they were.
func (c *collection) hit() (all []*pack) {
	for _, p := range c.packs {
		if p.closed() && (p.hit || p.stray || p.tail) {
			all = append(all, p)
		}
	}
	return all
}

// fill tells what became of the blobs that were to go.
func (r *Removal) fill(s *sweep, sizes map[tracker.Digest]int64) {
	r.Freed, r.Problems = max(0, s.freed), texts(s.problems)
	for d, size := range sizes {
		if !s.doomed.has(d) {
			r.leave(d, ErrNamedAgain)
			continue
		}
		r.Blobs++
		r.Bytes += size
	}
}
