package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/reach"
)

// Options of a push or a pull.
type Options struct {
	Tell func(Report)          // told now and then how far it got; nil: nobody
	Only func(tracker.ID) bool // journals to move; nil: all, and the ledger-wide one

	Existing bool // a push goes only where one went before: else the error is ErrGone
}

// moves reports whether a journal is to be moved.
func (o Options) moves(id tracker.ID) bool { return o.Only == nil || o.Only(id) }

func (o Options) tell(r Report) {
	if o.Tell != nil {
		o.Tell(r)
	}
}

// Report says what a push or a pull moved.
type Report struct {
	Journals int              // that gained entries
	Entries  int64            // that they gained
	Blobs    int64            // that were moved
	Bytes    int64            // of them, as they are stored
	Missing  int64            // blobs that these entries need, and that could not be moved since nobody has them
	Lacking  []tracker.Digest `json:",omitempty"` // the first of them, of a pull
	Away     map[string]int64 `json:",omitempty"` // of a pull: how many blobs that new entries need were left to other remotes, by address
	Purged   []tracker.Digest `json:",omitempty"` // purged blobs that are still there: on the remote after a push, in this ledger after a pull
	Problems []string         // what is wrong on the other side, for people
}

// Push brings to the bucket what it lacks of the ledger in dir: blobs first, then the journals that name them. What
// a killed push brought is not brought again. Two pushes at once do not disturb each other.
func Push(ctx context.Context, dir string, b Bucket, o Options) (Report, error) {
	p, err := newPush(ctx, dir, b, o)
	if err != nil {
		return Report{}, fmt.Errorf("push: %w", err)
	}
	release, err := blob.Hold(p.ledger.Blobs().Dir())
	if err != nil {
		return Report{}, fmt.Errorf("push: %w", err)
	}
	defer release()
	if err := p.run(); err != nil {
		return p.report, fmt.Errorf("push: %w", err)
	}
	return p.report, nil
}

// push is one call of Push.
type push struct {
	ctx     context.Context
	bucket  Bucket
	ledger  *journal.Ledger
	there   *inventory
	known   *catalogue
	options Options
	mu      sync.Mutex
	report  Report
	need    map[tracker.Digest]struct{} // blobs to bring
	begun   map[tracker.Digest]struct{} // recipes that are there: a killed push may have left their chunks behind
	seen    map[tracker.Digest]struct{} // documents that were looked through
	stones  journal.Tombstones
	news    []news
}

// news is what a journal has that the remote lacks.
type news struct {
	segment
	signed journal.Signed
}

func newPush(ctx context.Context, dir string, b Bucket, o Options) (*push, error) {
	ledger, err := journal.Open(dir)
	if err != nil {
		return nil, err
	}
	there, err := look(ctx, b)
	if err != nil {
		return nil, err
	}
	known, err := readCatalogue(ctx, b, there, cacheDir(dir))
	if err != nil {
		return nil, err
	}
	return &push{ctx: ctx, bucket: b, ledger: ledger, there: there, known: known, options: o,
		need: map[tracker.Digest]struct{}{}, begun: map[tracker.Digest]struct{}{}, seen: map[tracker.Digest]struct{}{}}, nil
}

// cacheDir is where lists of frames are kept.
func cacheDir(ledger string) string { return filepath.Join(ledger, "cache", "remote") }

func (p *push) run() error {
	if !p.there.format && p.options.Existing {
		return fmt.Errorf("%w: nothing is there", ErrGone)
	}
	if !p.there.format {
		if err := putBytes(p.ctx, p.bucket, formatName, []byte(formatText)); err != nil {
			return err
		}
	}
	for _, find := range []func() error{p.readStones, p.findNews, p.findBlobs, p.putBlobs, p.putNews} {
		if err := find(); err != nil {
			return err
		}
	}
	return nil
}

// readStones reads what was purged: it is not brought, though somebody may have stored it again.
func (p *push) readStones() (err error) {
	p.stones, err = p.ledger.KnownTombstones(p.ctx, func(err error) { p.report.Problems = append(p.report.Problems, err.Error()) })
	p.report.Purged = purged(p.stones, func(d tracker.Digest) bool { _, there := p.known.where[d]; return there })
	return err
}

// findNews finds the journals that have more signed entries than the remote, the ledger-wide one last: what it lists
// is there by then.
func (p *push) findNews() error {
	ids, err := p.ledger.Journals()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !p.options.moves(id) {
			continue
		}
		signed, err := p.ledger.Signed(id)
		if err := p.note(journalFolder(id), signed, err); err != nil {
			return err
		}
	}
	if p.options.Only != nil {
		return nil
	}
	register, err := p.ledger.SignedRegister()
	if errors.Is(err, journal.ErrNotSigned) {
		return nil
	}
	if err != nil {
		return err
	}
	return p.note(ledgerFolder(register.Origin), register, nil)
}

// note takes a journal whose signed part goes beyond what the remote has of it.
func (p *push) note(folder string, signed journal.Signed, err error) error {
	if errors.Is(err, journal.ErrNotSigned) {
		return nil
	}
	if err != nil {
		return err
	}
	have := p.there.size(folder)
	if have > 0 {
		said, err := getSmall(p.ctx, p.bucket, segment{folder: folder, to: have}.checkpoint())
		if err == nil {
			err = signed.Agrees(said)
		}
		if err != nil {
			return fmt.Errorf("compare %s with the remote: %w", folder, err)
		}
	}
	if signed.Entries > have {
		p.news = append(p.news, news{segment{folder, have, signed.Entries}, signed})
	}
	return nil
}

// findBlobs finds what the news need and the remote lacks.
func (p *push) findBlobs() error {
	for _, n := range p.news {
		err := n.signed.Each(n.from, func(line []byte) error {
			return reach.Walk(line, p.ledger.Blobs(), p.visit, func(tracker.Digest, error) {})
		})
		if err != nil {
			return err
		}
	}
	return p.addChunks()
}

// visit notes a blob that is needed, and reports whether to look into it.
func (p *push) visit(d tracker.Digest, document bool) bool {
	if p.stones[d].Purged() {
		return false
	}
	if at, there := p.known.where[d]; !there {
		p.need[d] = struct{}{}
	} else if at.Recipe() {
		p.begun[d] = struct{}{}
	}
	_, seen := p.seen[d]
	if document {
		p.seen[d] = struct{}{}
	}
	return document && !seen
}

// addChunks adds the chunks of which needed blobs consist.
func (p *push) addChunks() error {
	for d := range p.need {
		err := p.needChunks(d)
		if errors.Is(err, blob.ErrNotFound) {
			delete(p.need, d)
			p.report.Missing++
			continue
		}
		if err != nil {
			return err
		}
	}
	for d := range p.begun {
		if err := p.needChunks(d); err != nil && !errors.Is(err, blob.ErrNotFound) {
			return err
		}
	}
	return nil
}

// needChunks adds the chunks of a blob that are not there.
func (p *push) needChunks(d tracker.Digest) error {
	chunks, err := p.ledger.Blobs().Chunks(d)
	for _, c := range chunks {
		if _, there := p.known.where[c.Digest]; !there {
			p.need[c.Digest] = struct{}{}
		}
	}
	return err
}

// putNews brings the journals' lines, and then the checkpoints that make them count.
func (p *push) putNews() error {
	for _, n := range p.news {
		if err := p.putLines(n); err != nil {
			return err
		}
		if err := putBytes(p.ctx, p.bucket, n.checkpoint(), n.signed.Checkpoint); err != nil {
			return err
		}
		p.report.Journals++
		p.report.Entries += n.to - n.from
		p.options.tell(p.report)
	}
	return nil
}

// putLines copies the lines to a file first, since a remote that fails is told them again.
func (p *push) putLines(n news) (err error) {
	tmp, err := os.CreateTemp("", "gemba-push-*")
	if err != nil {
		return err
	}
	defer func() { _, _ = tmp.Close(), os.Remove(tmp.Name()) }()
	var size int64
	err = n.signed.Each(n.from, func(line []byte) error {
		k, err := tmp.Write(append(line, '\n'))
		size += int64(k)
		return err
	})
	if err != nil {
		return err
	}
	return p.bucket.Put(p.ctx, n.lines(), io.NewSectionReader(tmp, 0, size))
}
