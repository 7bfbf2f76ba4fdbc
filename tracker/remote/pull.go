package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
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
	NoBlobs bool                        // journals only: their blobs are fetched when somebody reads them
	Unless  map[tracker.Digest]struct{} // blobs that were taken out here, and are not to come back
}

// Pull brings into the ledger in dir, which it makes when there is none, what the bucket has more: blobs first, then
// the journals, each once it is verified. What a killed pull brought stays. Journals that
// the remote lacks though its ledger lists them, or that differ from those here, are among the report's problems.
func Pull(ctx context.Context, dir string, b Bucket, o PullOptions) (Report, error) {
	p := &pull{ctx: ctx, dir: dir, bucket: b, options: o}
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
	recipes  *blob.Pack                  // that wait for their chunks
	unwanted map[tracker.Digest]struct{} // what is not to come back, with its chunks
	unlisted map[tracker.ID]bool         // journals whose import was killed before its end
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
	if !p.options.NoBlobs {
		if err := p.getBlobs(); err != nil {
			return err
		}
	}
	if err := p.getJournals(); err != nil {
		return err
	}
	return p.checkLedgers()
}

// getJournals takes the journals of which the remote has more.
func (p *pull) getJournals() (err error) {
	var folders []string
	for folder := range p.there.segments {
		if folder == journalFolder(folderID(folder)) && p.options.moves(folderID(folder)) {
			folders = append(folders, folder)
		}
	}
	slices.Sort(folders)
	if p.unlisted, err = p.ledger.Unlisted(); err != nil {
		return err
	}
	for _, folder := range folders {
		err := p.getJournal(folder)
		if errors.Is(err, journal.ErrConflict) || errors.Is(err, journal.ErrCorrupt) {
			p.report.Problems = append(p.report.Problems, err.Error())
			continue
		}
		if err != nil {
			return err
		}
		p.options.tell(p.report)
	}
	return nil
}

func (p *pull) getJournal(folder string) error {
	id, way := folderID(folder), p.there.chain(folder)
	if len(way) == 0 {
		return nil // pushed at this moment, or never to its end
	}
	have, err := p.ledger.Signed(id)
	if err == nil && have.Entries >= way[len(way)-1].to && !p.unlisted[id] {
		return p.agrees(have, way)
	}
	said, err := getSmall(p.ctx, p.bucket, way[len(way)-1].checkpoint())
	if err != nil {
		return err
	}
	lines := &segments{pull: p, way: way}
	defer lines.close()
	gained, err := journal.Import(p.dir, journal.Copy{Journal: id, Checkpoint: said, Lines: lines}, p.options.Key, p.options.Now)
	if err = errors.Join(lines.err, err); err != nil {
		return err
	}
	if gained {
		p.report.Journals++
		p.report.Entries += way[len(way)-1].to - have.Entries
	}
	return nil
}

// agrees makes sure that a journal of which nothing is lacking is the same there.
func (p *pull) agrees(have journal.Signed, way []segment) error {
	said, err := getSmall(p.ctx, p.bucket, way[len(way)-1].checkpoint())
	if err != nil {
		return err
	}
	return have.Agrees(said)
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
				"journal %s: ledger %s lists it with %d entries, the remote has %d", j.Journal, ledger.Short(), j.Entries, have))
		}
	}
}
