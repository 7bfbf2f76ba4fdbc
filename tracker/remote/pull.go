package remote

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// PullOptions of a pull. Its zero value pulls all.
type PullOptions struct {
	Options
	Key     *journal.Key // signs, in this ledger, what was taken from another; nil: nothing is signed
	Now     time.Time
	NoBlobs bool // journals only: their blobs are fetched when somebody reads them
}

// Pull brings into the ledger in dir, which it makes when there is none, what the bucket has more. New journals are
// verified first, since they tell what was purged and must not come; then come blobs, and then the journals can be
// seen. What a killed pull brought stays. Journals that the remote lacks though its ledger lists them, or
// that differ from those here, are among the report's problems.
func Pull(ctx context.Context, dir string, b Bucket, o PullOptions) (Report, error) {
	p := &pull{ctx: ctx, dir: dir, bucket: b, options: o, absent: make(map[tracker.Digest]struct{})}
	if err := p.run(); err != nil {
		return p.report, fmt.Errorf("pull: %w", err)
	}
	return p.report, nil
}

// pull is one call of Pull.
type pull struct {
	ctx     context.Context
	dir     string
	bucket  Bucket
	there   *inventory
	ledger  *journal.Ledger
	options PullOptions
	report  Report

	single   *Fetcher
	stones   journal.Tombstones
	recipes  *blob.Pack                  // that wait for their chunks
	unwanted map[tracker.Digest]struct{} // what is not to come back, with its chunks
	absent   map[tracker.Digest]struct{} // what new entries need and did not come
	news     []*gain
}

func (p *pull) run() (err error) {
	if p.there, err = look(p.ctx, p.bucket); err != nil {
		return err
	}
	if !p.there.format {
		return fmt.Errorf("%w: nothing was pushed there yet", ErrNotOurs)
	}
	if p.ledger, err = journal.OpenOrCreate(p.dir, p.options.Key, p.options.Now); err != nil {
		return err
	}
	release, err := blob.Hold(p.ledger.Blobs().Dir())
	if err != nil {
		return err
	}
	defer release()
	imports, err := p.ledger.BeginImports(p.options.Key)
	if err != nil {
		return err
	}
	defer imports.Close()
	defer p.discard()
	stage := func() error { return p.stage(imports) }
	admit := func() error { return p.admit(imports) }
	for _, step := range []func() error{p.findNews, stage, p.openBlobs, p.readStones, p.getBlobs, p.check, admit, p.checkLedgers} {
		if err := step(); err != nil {
			return err
		}
	}
	p.report.Missing = int64(len(p.absent))
	return nil
}

// segments reads the lines of a journal from the objects that hold them.
type segments struct {
	*pull
	way []segment
	r   io.ReadCloser
	err error // of the remote, not of what it holds
}

func (s *segments) Read(b []byte) (int, error) {
	for {
		if s.r == nil {
			if len(s.way) == 0 {
				return 0, io.EOF
			}
			if s.r, s.err = s.bucket.Get(s.ctx, s.way[0].lines(), 0, -1); s.err != nil {
				return 0, s.err
			}
			s.way = s.way[1:]
		}
		n, err := s.r.Read(b)
		if err == io.EOF {
			s.close()
			err = nil
		}
		if n > 0 || err != nil {
			s.err = err
			return n, err
		}
	}
}

func (s *segments) close() {
	if s.r != nil {
		_ = s.r.Close() // it was only read
		s.r = nil
	}
}

// checkLedgers verifies the ledger-wide journals on the remote, and says what they list that is not there: a journal
// that somebody took away, or rolled back, shows.
func (p *pull) checkLedgers() error {
	for folder := range p.there.segments {
		id := folderID(folder)
		if folder != ledgerFolder(id) {
			continue
		}
		way := p.there.chain(folder)
		if len(way) == 0 {
			continue
		}
		said, err := getSmall(p.ctx, p.bucket, way[len(way)-1].checkpoint())
		if err != nil {
			return err
		}
		lines := &segments{pull: p, way: way}
		listing, err := journal.ReadListing(p.dir, id, said, lines)
		lines.close()
		if lines.err != nil {
			return lines.err
		}
		if err != nil {
			p.report.Problems = append(p.report.Problems, fmt.Sprintf("the ledger-wide journal of ledger %s: %v", id.Short(), err))
			continue
		}
		p.compare(id, listing)
	}
	return nil
}

// compare says what a ledger lists and the remote lacks.
func (p *pull) compare(ledger tracker.ID, l journal.Listing) {
	for _, j := range l {
		if have := p.there.size(journalFolder(j.Journal)); have < j.Entries {
			p.report.Problems = append(p.report.Problems, fmt.Sprintf(
				"journal %s: ledger %s lists it with %d entries, the %s has %d", j.Journal, ledger.Short(), j.Entries, placeOf(p.bucket), have))
		}
	}
}
