package gc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/gemba-ml/gemba/tracker/blob"
)

// sweep rewrites packs without what is not needed.
type sweep struct {
	*survey
	mark *marker // nil: nothing is left out but what another pack holds, so nobody needs to be kept away

	freed     int64   // bytes of disk
	rewritten int     // packs that others took the place of
	removed   int     // packs in which nothing was needed
	problems  []error // what was left as it is
}

// roundBytes bounds what is copied before the old packs go: a collection needs no more free space than that.
const roundBytes = 1 << 30

// run rewrites victims, round by round. Its error says why it ended early; what was done by then stays done.
func (s *sweep) run(ctx context.Context, victims []*pack) error {
	slices.SortFunc(victims, func(a, b *pack) int { return cmp.Or(cmp.Compare(a.kept, b.kept), cmp.Compare(a.name, b.name)) })
	for len(victims) > 0 {
		n, bytes := 1, victims[0].kept
		for n < len(victims) && bytes+victims[n].kept <= roundBytes && (bytes > 0) == (victims[n].kept > 0) {
			bytes += victims[n].kept // those of which nothing is kept go first, which needs no space at all
			n++
		}
		if err := s.round(ctx, victims[:n]); err != nil {
			return err
		}
		victims = victims[n:]
	}
	return nil
}

// round writes what is needed of some packs into a new one, which takes their place. A pack of which something
// cannot be read stays as it is.
func (s *sweep) round(ctx context.Context, group []*pack) error {
	for len(group) > 0 {
		out := &output{dir: s.dir}
		bad, err := s.copyAll(ctx, group, out, s.keeps)
		if err == nil && bad == nil {
			bad, err = s.replace(ctx, group, out)
		}
		if err != nil {
			out.discard()
			return err
		}
		if bad == nil {
			return nil
		}
		out.discard()
		s.problems = append(s.problems, bad.fault)
		group = without(group, bad)
	}
	return nil
}

func without(group []*pack, p *pack) (rest []*pack) {
	for _, q := range group {
		if q != p {
			rest = append(rest, q)
		}
	}
	return rest
}

// copyAll copies the frames that keep wants. It returns a pack that cannot be read, or why nothing can be written.
func (s *sweep) copyAll(ctx context.Context, group []*pack, out *output, keep func(*pack, blob.Frame) bool) (bad *pack, err error) {
	for _, p := range group {
		err := s.copyPack(ctx, p, out, keep)
		if errors.Is(err, blob.ErrCorrupt) {
			p.fault = fmt.Errorf("%s stays as it is: %w", p.name, err)
			return p, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return nil, nil
}

func (s *sweep) copyPack(ctx context.Context, p *pack, out *output, keep func(*pack, blob.Frame) bool) error {
	file, err := blob.OpenPack(filepath.Join(s.dir, p.name))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = file.Frames(func(f blob.Frame) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !keep(p, f) {
			return nil
		}
		return out.copy(f, file)
	}, nil)
	return err
}

// keeps reports whether a frame is needed and is the one that stays. Another one is relied upon only once it was
// read, or copied.
func (s *sweep) keeps(p *pack, f blob.Frame) bool {
	if !s.needed(f.Digest) || !s.counts(p, f) {
		return false
	}
	at, known := s.homes[f.Digest]
	return !known || at.pack == p && at.offset == f.Offset || !at.pack.done && !s.sound(f.Digest, at.pack.name, at.offset)
}

// replace puts the new pack in the place of the old ones, once it holds what was needed since it was begun.
func (s *sweep) replace(ctx context.Context, group []*pack, out *output) (bad *pack, err error) {
	if s.mark != nil {
		release, err := hold(ctx, s.dir)
		if err != nil {
			return nil, err
		}
		defer release()
		if bad, err = s.catchUp(ctx, group, out); bad != nil || err != nil {
			return bad, err
		}
	}
	if err := out.publish(); err != nil {
		return nil, err
	}
	s.freed -= out.size
	for _, p := range group {
		if err := blob.RemovePack(filepath.Join(s.dir, p.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.problems = append(s.problems, fmt.Errorf("remove pack: %w", err))
			continue
		}
		p.done = true
		s.freed += p.size
		if p.kept > 0 {
			s.rewritten++
		} else {
			s.removed++
		}
	}
	return nil, blob.SyncDir(s.dir)
}

// catchUp copies what entries have begun to need while the rest was copied. Nobody who stores something that an
// entry will name is at work now.
func (s *sweep) catchUp(ctx context.Context, group []*pack, out *output) (bad *pack, err error) {
	doubts := len(s.mark.doubts)
	if err := s.mark.advance(ctx); err != nil {
		return nil, err
	}
	if len(s.mark.doubts) > doubts && !s.all {
		return nil, fmt.Errorf("%w: %w", errDoubt, s.mark.doubts[doubts])
	}
	if len(s.mark.late) == 0 {
		return nil, nil
	}
	late, whole := s.mark.late, make(digests)
	for d := range s.mark.late {
		delete(s.doomed, d)
		at, err := s.ledger.Blobs().Stat(d)
		if err == nil && !at.Recipe() {
			whole[d] = struct{}{}
			continue
		}
		chunks, _ := s.ledger.Blobs().Chunks(d) // a blob that is nowhere has none
		for _, c := range chunks {
			late[c.Digest], s.need[c.Digest] = struct{}{}, struct{}{}
			delete(s.doomed, c.Digest)
		}
	}
	return s.copyAll(ctx, group, out, func(_ *pack, f blob.Frame) bool {
		return late.has(f.Digest) && !(f.Recipe() && whole.has(f.Digest)) // a recipe alone is nothing
	})
}

// errDoubt says that something was found which tells that more may be needed than is known.
var errDoubt = errors.New("something became unreadable meanwhile")

// hold waits until nobody stores what an entry will name, as long as ctx lasts.
func hold(ctx context.Context, dir string) (release func(), err error) {
	type held struct {
		release func()
		err     error
	}
	done := make(chan held, 1)
	go func() {
		release, err := blob.Sweep(dir)
		done <- held{release, err}
	}()
	select {
	case h := <-done:
		return h.release, h.err
	case <-ctx.Done():
		go func() {
			if h := <-done; h.err == nil {
				h.release()
			}
		}()
		return nil, ctx.Err()
	}
}
