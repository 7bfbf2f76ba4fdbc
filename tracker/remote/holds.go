package remote

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Held reads back from the remote those blobs of a list that it says to have, and returns the ones whose bytes came,
// verified: what is in chunks counts when all of them came, and are the ones that make the blob here.
func (f *Fetcher) Held(ctx context.Context, list []tracker.Digest) (held []tracker.Digest, err error) {
	h := &holding{Fetcher: f, came: map[tracker.Digest]bool{}, recipes: map[tracker.Digest][]blob.Chunk{}}
	wanted := make(map[int32]map[tracker.Digest]bool)
	for todo := slices.Clone(list); len(todo) > 0; {
		d := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		at, ok := f.known.where[d]
		if !ok || wanted[at.pack][d] {
			continue
		}
		if wanted[at.pack] == nil {
			wanted[at.pack] = map[tracker.Digest]bool{}
		}
		wanted[at.pack][d] = true
		if at.Recipe() {
			todo = append(todo, h.chunks(d)...)
		}
	}
	for pack, digests := range wanted {
		if err := h.read(ctx, f.known.packs[pack], digests); err != nil {
			return nil, err
		}
	}
	for _, d := range list {
		if h.whole(d) {
			held = append(held, d)
		}
	}
	return held, nil
}

// holding is what came back.
type holding struct {
	*Fetcher
	came    map[tracker.Digest]bool         // blobs in one piece
	recipes map[tracker.Digest][]blob.Chunk // of the others
}

// chunks returns the chunks of a blob as it is stored here.
func (h *holding) chunks(d tracker.Digest) (all []tracker.Digest) {
	chunks, err := h.store.Chunks(d)
	if err != nil {
		return nil // it is not here, so it cannot be compared
	}
	for _, c := range chunks {
		all = append(all, c.Digest)
	}
	return all
}

// whole reports whether all of a blob came.
func (h *holding) whole(d tracker.Digest) bool {
	there, ok := h.recipes[d]
	if !ok {
		return h.came[d]
	}
	here, err := h.store.Chunks(d)
	if err != nil || !slices.Equal(here, there) {
		return false
	}
	return !slices.ContainsFunc(there, func(c blob.Chunk) bool { return !h.came[c.Digest] })
}

// read downloads a pack and verifies what is wanted of it.
func (h *holding) read(ctx context.Context, sum string, wanted map[tracker.Digest]bool) (err error) {
	dir, err := os.MkdirTemp("", "gemba-evict-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "pack")
	err = download(ctx, h.bucket, packName(sum), sum, h.known.sizes[sum], path)
	if errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNotFound) {
		return nil // then it holds nothing of it
	}
	if err != nil {
		return err
	}
	in, err := blob.OpenPack(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", packName(sum), err)
	}
	defer func() { _ = in.Close() }()
	_, err = in.Frames(func(f blob.Frame) error {
		if wanted[f.Digest] && in.Check(f, nil) == nil {
			return h.note(in, f)
		}
		return nil
	}, nil)
	return err
}

func (h *holding) note(in *blob.PackFile, f blob.Frame) (err error) {
	if f.Recipe() {
		h.recipes[f.Digest], err = in.Recipe(f)
		return err
	}
	h.came[f.Digest] = true
	return nil
}
