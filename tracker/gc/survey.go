package gc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// pack is what a survey found in a pack.
type pack struct {
	name   string
	size   int64
	sure   int64 // bytes that are known to be durable
	kept   int64 // bytes of frames that are needed and that no other pack is relied upon for
	frames int
	tail   bool  // a killed writer left something at its end
	stray  bool  // it holds a recipe that is not needed, which must not outlive its chunks
	hit    bool  // it holds what is to be removed
	busy   bool  // a writer has it open
	fault  error // why it is left alone
	done   bool  // it was rewritten
}

// garbage returns how many bytes less there would be without what is not needed.
func (p *pack) garbage() int64 { return max(0, p.size-p.kept-packMagic) }

// packMagic and header are the bytes that a pack, and each frame in it, have beside payloads.
const (
	packMagic = 8
	header    = 64
)

// closed reports whether the pack may be rewritten.
func (p *pack) closed() bool { return !p.busy && p.fault == nil }

// home is the frame that counts among those of one blob.
type home struct {
	pack   *pack
	offset int64
	size   int64
}

// survey is what all packs hold, seen with the eyes of what is needed.
type survey struct {
	ledger *journal.Ledger
	dir    string
	packs  []*pack // those that cannot be rewritten first
	homes  map[tracker.Digest]home
	twins  map[tracker.Digest][]home // frames in one piece of blobs that have another home

	need   digests                           // with chunks
	all    bool                              // everything is needed but doomed: what entries need is not, or not wholly, known
	doomed digests                           // what is to be removed, with those of its chunks that nothing else needs
	parts  digests                           // all chunks of what is to be removed
	whole  map[tracker.Digest]bool           // blobs with recipes: whether they are there in one piece too, verified
	found  map[tracker.Digest]int64          // what there is of it, and its size in bytes
	stuck  map[tracker.Digest]*pack          // what there is of it in packs that cannot be rewritten
	partOf map[tracker.Digest]tracker.Digest // what of it is a chunk of a blob that stays
	doubts []error                           // why more may be needed than is known
}

func newSurvey(l *journal.Ledger, need, doomed digests, all bool) *survey {
	return &survey{
		ledger: l, dir: l.Blobs().Dir(), homes: make(map[tracker.Digest]home), twins: make(map[tracker.Digest][]home),
		need: need, doomed: doomed, all: all, parts: make(digests),
		whole: make(map[tracker.Digest]bool), found: make(map[tracker.Digest]int64), stuck: make(map[tracker.Digest]*pack),
		partOf: make(map[tracker.Digest]tracker.Digest),
	}
}

// needed reports whether an entry may need a blob.
func (s *survey) needed(d tracker.Digest) bool {
	if s.all {
		return !s.doomed.has(d)
	}
	return s.need.has(d)
}

// look examines packs.
func (s *survey) look(ctx context.Context, names []string) error {
	var closed []*pack
	for _, name := range names {
		p := &pack{name: name}
		if err := s.look1(ctx, p); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return err
		}
		if p.closed() {
			closed = append(closed, p)
		} else {
			s.packs = append(s.packs, p)
		}
	}
	s.packs = append(s.packs, closed...)
	for d := range s.parts {
		if !s.need.has(d) {
			s.doomed[d] = struct{}{}
		}
	}
	for _, p := range s.packs {
		if err := s.count(ctx, p); err != nil {
			return err
		}
	}
	s.doubtLost()
	return nil
}

// doubtLost doubts what a damaged pack may have held when something is nowhere to be found: it may be the list of
// chunks that seem not to be needed.
func (s *survey) doubtLost() {
	for d := range s.need {
		if _, found := s.homes[d]; found {
			continue
		}
		for _, p := range s.packs {
			if p.fault != nil {
				s.doubts = append(s.doubts, fmt.Errorf("%w, and blob %s is in no other pack", p.fault, d))
				return
			}
		}
		return
	}
}

// look1 finds out whether a pack may be rewritten, and which chunks its recipes need.
func (s *survey) look1(ctx context.Context, p *pack) error {
	p.busy = s.inUse(p.name)
	file, err := blob.OpenPack(filepath.Join(s.dir, p.name))
	if err != nil {
		return p.blame(err)
	}
	defer func() { _ = file.Close() }()
	p.size = file.Size()
	p.sure = blob.Durable(filepath.Join(s.dir, p.name))
	p.busy = p.busy || p.sure < p.size // what is not settled is left to the next time
	visit := func(f blob.Frame) error {
		p.frames++
		if f.Recipe() {
			p.fault = errors.Join(p.fault, s.recipe(p, file, f))
		}
		return ctx.Err()
	}
	damaged := func(from, to int64) {
		p.fault = fmt.Errorf("%s: bytes %d to %d are no blob: %w", p.name, from, to, blob.ErrCorrupt)
	}
	end, err := file.Frames(visit, damaged)
	p.tail = end < p.size && p.size > packMagic
	if err := p.blame(err); err != nil || ctx.Err() != nil {
		return errors.Join(err, ctx.Err())
	}
	if p.stray && !p.closed() { // damage was found behind a recipe
		_, err = file.Frames(visit, nil)
	}
	return p.blame(err)
}

// blame notes why a pack is left alone.
func (p *pack) blame(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil {
		p.fault = fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}

// recipe marks the chunks of a blob as needed when it is, or when it stays in a pack that is not rewritten.
func (s *survey) recipe(p *pack, file *blob.PackFile, f blob.Frame) error {
	going := s.doomed.has(f.Digest)
	if !going && p.closed() && s.spareable(f) {
		p.stray = true
		return nil
	}
	chunks, err := file.Recipe(f)
	if err != nil {
		err = fmt.Errorf("%s: %w", p.name, err)
		s.doubts = append(s.doubts, err)
		return err
	}
	for _, c := range chunks {
		switch {
		case going:
			s.parts[c.Digest] = struct{}{}
			continue
		case s.doomed.has(c.Digest):
			s.partOf[c.Digest] = f.Digest
		}
		s.need[c.Digest] = struct{}{}
	}
	return nil
}

// spareable reports whether nothing needs a recipe: its blob is not needed, or is there in one piece. So one of the two goes,
// at once with the chunks that only it needs.
func (s *survey) spareable(recipe blob.Frame) bool {
	if !s.needed(recipe.Digest) {
		return true
	}
	if s.all {
		return false
	}
	whole, known := s.whole[recipe.Digest]
	if !known {
		f, pack, ok := s.ledger.Blobs().Whole(recipe.Digest)
		whole = ok && s.sound(recipe.Digest, pack, f.Offset)
		s.whole[recipe.Digest] = whole
	}
	return whole
}

// sound reads a frame of a pack, and reports whether it is a blob as it should be.
func (s *survey) sound(d tracker.Digest, pack string, offset int64) bool {
	file, err := blob.OpenPack(filepath.Join(s.dir, pack))
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	f, err := file.At(offset)
	return err == nil && f.Digest == d && file.Check(f, nil) == nil
}

// inUse reports whether a writer may have a pack open: its journal lives, or it is locked.
func (s *survey) inUse(name string) bool {
	id, err := tracker.ParseID(strings.TrimSuffix(name, ".pack"))
	if err == nil {
		if state, err := s.ledger.State(id); err == nil && state == journal.Live {
			return true
		}
	}
	release, err := blob.Claim(filepath.Join(s.dir, name))
	if err == nil {
		release()
	}
	return err != nil && !errors.Is(err, fs.ErrNotExist)
}

// count adds up what a pack holds that no pack before it does.
func (s *survey) count(ctx context.Context, p *pack) error {
	file, err := blob.OpenPack(filepath.Join(s.dir, p.name))
	if err != nil {
		return p.blame(ignoreGone(err))
	}
	defer func() { _ = file.Close() }()
	_, err = file.Frames(func(f blob.Frame) error {
		s.note(p, f)
		if s.needed(f.Digest) && s.counts(p, f) {
			s.settle(p, f)
		}
		return ctx.Err()
	}, nil)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return p.blame(err)
}

// counts reports whether a frame may be relied upon. One that its writer has not made durable may not, until it has; nor may a
// recipe that goes.
func (s *survey) counts(p *pack, f blob.Frame) bool {
	if !p.closed() {
		return f.End() <= p.sure
	}
	return !f.Recipe() || !s.spareable(f)
}

// settle lets the first frame of a blob be the one that counts, and remembers the others.
func (s *survey) settle(p *pack, f blob.Frame) {
	at := home{p, f.Offset, f.Size()}
	if _, known := s.homes[f.Digest]; !known {
		s.homes[f.Digest] = at
		p.kept += at.size
	} else if !f.Recipe() { // a recipe is nothing without other blobs
		s.twins[f.Digest] = append(s.twins[f.Digest], at)
	}
}

// rely lets frames of packs that stay count, rather than those of packs that go. Otherwise the pack that replaces
// these would hold what is garbage already.
func (s *survey) rely(going map[*pack]bool) {
	for d, twins := range s.twins {
		at := s.homes[d]
		if !going[at.pack] {
			continue
		}
		for _, twin := range twins {
			if !going[twin.pack] {
				at.pack.kept -= at.size
				twin.pack.kept += twin.size
				s.homes[d] = twin
				break
			}
		}
	}
}

// note remembers where there is something to remove.
func (s *survey) note(p *pack, f blob.Frame) {
	if !s.doomed.has(f.Digest) {
		return
	}
	p.hit = true
	s.found[f.Digest] = f.Raw
	if !p.closed() {
		s.stuck[f.Digest] = p
	}
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
