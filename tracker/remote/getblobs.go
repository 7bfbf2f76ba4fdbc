package remote

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// openBlobs reads which blobs the remote has.
func (p *pull) openBlobs() error {
	known, err := readCatalogue(p.ctx, p.bucket, p.there, cacheDir(p.dir))
	if err != nil {
		return err
	}
	p.single = &Fetcher{p.bucket, known, p.ledger.Blobs()}
	return p.ledger.Blobs().Refresh()
}

// getBlobs takes the packs that hold something this ledger lacks, and of them what it lacks. Recipes come last: they
// are taken only when the chunks that they list, which any pack may hold, are the blob they stand for.
func (p *pull) getBlobs() (err error) {
	if p.options.NoBlobs {
		return nil
	}
	known := p.single.known
	if err := p.addChunks(); err != nil {
		return err
	}
	lacking := make(map[int32]bool)
	for d, at := range known.where {
		lacking[at.pack] = lacking[at.pack] || p.lacks(d)
	}
	tmp, err := os.MkdirTemp("", "gemba-pull-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	later := filepath.Join(tmp, "recipes.pack")
	if p.recipes, err = blob.CreatePack(later); err != nil {
		return err
	}
	for n, sum := range known.packs {
		if lacking[int32(n)] {
			if err := p.getPack(tmp, sum); err != nil {
				return errors.Join(err, p.recipes.Close())
			}
			p.options.tell(p.report)
		}
	}
	if err := p.recipes.Close(); err != nil {
		return err
	}
	return p.takePack(later, p.takeRecipe)
}

// addChunks adds to the blobs that are not to come back the chunks that they consist of.
func (p *pull) addChunks() error {
	for d := range maps.Clone(p.unwanted) {
		if !p.single.known.where[d].Recipe() {
			continue
		}
		chunks, err := p.single.chunks(p.ctx, d, cacheDir(p.dir))
		if err != nil {
			return err
		}
		for _, c := range chunks {
			p.unwanted[c.Digest] = struct{}{}
		}
	}
	return nil
}

func (p *pull) lacks(d tracker.Digest) bool {
	_, unwanted := p.unwanted[d]
	return !unwanted && !p.ledger.Blobs().Has(d)
}

// getPack downloads one pack and takes of it what is lacking, but for recipes.
func (p *pull) getPack(tmp, sum string) error {
	path := filepath.Join(tmp, sum+".pack")
	defer func() { _ = os.Remove(path) }()
	if err := download(p.ctx, p.bucket, packName(sum), sum, p.there.packs[sum], path); err != nil {
		return err
	}
	return p.takePack(path, func(out *incoming, f blob.Frame, in *blob.PackFile) error {
		if f.Recipe() {
			return p.recipes.Copy(f, in)
		}
		return out.take(f, in, nil)
	})
}

// takeRecipe takes a recipe, and the chunks that it shares with a blob that is not to come back. One whose chunks the
// remote has not all is left to another time: the push that brings them is under way, or was killed.
func (p *pull) takeRecipe(out *incoming, f blob.Frame, in *blob.PackFile) error {
	chunks, err := in.Recipe(f)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	store := p.ledger.Blobs()
	chunks = slices.DeleteFunc(chunks, func(c blob.Chunk) bool { return store.Has(c.Digest) })
	if err = p.single.fetchChunks(p.ctx, chunks); err == nil {
		err = out.take(f, in, store)
	}
	if errors.Is(err, ErrNotFound) || errors.Is(err, blob.ErrNotFound) {
		p.absent[f.Digest] = struct{}{}
		return nil
	}
	return err
}

// takePack has take copy what is lacking from the pack at path into one of this ledger, frame by frame verified.
func (p *pull) takePack(path string, take func(*incoming, blob.Frame, *blob.PackFile) error) error {
	in, err := blob.OpenPack(path)
	if err != nil {
		return fmt.Errorf("read pack of the %s: %w: %w", placeOf(p.bucket), ErrCorrupt, err)
	}
	defer func() { _ = in.Close() }()
	store := p.ledger.Blobs()
	out, err := newIncoming(store)
	if err != nil {
		return err
	}
	_, err = in.Frames(func(f blob.Frame) error {
		if !p.lacks(f.Digest) {
			return nil
		}
		return take(out, f, in)
	}, nil)
	if err = errors.Join(err, out.close(err == nil)); err != nil {
		return err
	}
	p.report.Blobs, p.report.Bytes = p.report.Blobs+out.blobs, p.report.Bytes+out.bytes
	return store.Refresh()
}

// incoming is a pack of this ledger that is being filled from another one.
type incoming struct {
	*blob.Pack
	path         string
	blobs, bytes int64
}

func newIncoming(store *blob.Store) (*incoming, error) {
	path := filepath.Join(store.Dir(), tracker.NewID().String()+".pack")
	pack, err := blob.CreatePack(path)
	return &incoming{Pack: pack, path: path}, err
}

// take verifies a frame and copies it.
func (i *incoming) take(f blob.Frame, from *blob.PackFile, chunks *blob.Store) error {
	if err := from.Check(f, chunks); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	i.blobs, i.bytes = i.blobs+1, i.bytes+f.Size()
	return i.Copy(f, from)
}

// close makes the pack durable. One that is empty, or not good, goes.
func (i *incoming) close(good bool) error {
	var err error
	if good && i.blobs > 0 {
		if err = i.Flush(); err == nil {
			err = i.Sync()
		}
	}
	err = errors.Join(err, i.Close())
	if !good || i.blobs == 0 || err != nil {
		err = errors.Join(err, os.Remove(i.path))
	}
	return err
}
