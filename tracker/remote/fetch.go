package remote

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Fetcher fetches single blobs when somebody reads them. It may be used by one goroutine at a time.
type Fetcher struct {
	bucket Bucket
	known  *catalogue
	store  *blob.Store
}

// NewFetcher returns a Fetcher of the blobs that the bucket has into the store of the ledger in dir.
func NewFetcher(ctx context.Context, dir string, b Bucket, store *blob.Store) (*Fetcher, error) {
	there, err := look(ctx, b)
	if err != nil {
		return nil, err
	}
	known, err := readCatalogue(ctx, b, there, cacheDir(dir))
	if err != nil {
		return nil, err
	}
	return &Fetcher{b, known, store}, store.Refresh()
}

// Has reports whether the remote says that it has a blob.
func (f *Fetcher) Has(d tracker.Digest) bool {
	_, ok := f.known.where[d]
	return ok
}

// Lacking returns the blobs that the remote has and the store lacks, with their sizes in bytes.
func (f *Fetcher) Lacking() iter.Seq2[tracker.Digest, int64] {
	return func(yield func(tracker.Digest, int64) bool) {
		for d, at := range f.known.where {
			if !f.store.Has(d) && !yield(d, at.Raw) {
				return
			}
		}
	}
}

// Fetch brings blobs, with the chunks they consist of, and verifies each. It returns an error that is ErrNotFound when
// the remote has one not; those before it are there then.
func (f *Fetcher) Fetch(ctx context.Context, digests ...tracker.Digest) error {
	for _, d := range digests {
		if err := f.fetch(ctx, d, nil); err != nil {
			return fmt.Errorf("fetch: %w", err)
		}
	}
	return nil
}

// fetch brings a blob: into a pack of its own, or with others into out.
func (f *Fetcher) fetch(ctx context.Context, d tracker.Digest, out *incoming) error {
	if f.store.Has(d) {
		return nil
	}
	in, done, err := f.openFrame(ctx, d)
	if err != nil {
		return err
	}
	defer done()
	frame, chunks, err := only(in, d)
	if err != nil {
		return err
	}
	if err := f.fetchChunks(ctx, chunks); err != nil {
		return err
	}
	return f.keep(out, func(out *incoming) error { return out.take(frame, in, f.store) })
}

// fetchChunks brings what a recipe lists, in one pack.
func (f *Fetcher) fetchChunks(ctx context.Context, chunks []blob.Chunk) error {
	if len(chunks) == 0 {
		return nil
	}
	return f.keep(nil, func(out *incoming) error {
		for _, c := range chunks {
			if at := f.known.where[c.Digest]; at.Recipe() {
				return fmt.Errorf("%w: chunk %s is itself in chunks", ErrCorrupt, c.Digest)
			}
			if err := f.fetch(ctx, c.Digest, out); err != nil {
				return err
			}
		}
		return nil
	})
}

// keep has take fill a pack: out, or one made for it, which is seen by the store when it is filled.
func (f *Fetcher) keep(out *incoming, take func(*incoming) error) error {
	if out != nil {
		return take(out)
	}
	out, err := newIncoming(f.store)
	if err != nil {
		return err
	}
	err = take(out)
	if err = errors.Join(err, out.close(err == nil)); err != nil {
		return err
	}
	return f.store.Refresh()
}

// only returns the one frame of a pack, which must be that of a blob, and the chunks it lists.
func only(in *blob.PackFile, d tracker.Digest) (found blob.Frame, chunks []blob.Chunk, err error) {
	_, err = in.Frames(func(frame blob.Frame) error { found = frame; return nil }, nil)
	if err == nil && found.Digest != d {
		err = fmt.Errorf("%w: it does not send blob %s", ErrCorrupt, d)
	}
	if err == nil {
		chunks, err = in.Recipe(found)
	}
	return found, chunks, err
}

// openFrame downloads a frame as a pack that holds nothing else.
func (f *Fetcher) openFrame(ctx context.Context, d tracker.Digest) (in *blob.PackFile, done func(), err error) {
	at, ok := f.known.where[d]
	if !ok {
		return nil, nil, fmt.Errorf("blob %s: %w", d, ErrNotFound)
	}
	dir, err := os.MkdirTemp("", "gemba-fetch-")
	if err != nil {
		return nil, nil, err
	}
	path := filepath.Join(dir, "frame.pack")
	if err = f.download(ctx, at, path); err == nil {
		in, err = blob.OpenPack(path)
	}
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return in, func() { _, _ = in.Close(), os.RemoveAll(dir) }, nil
}

// chunks returns what the remote's recipe of a blob lists. Such never change, so they are kept in a folder.
func (f *Fetcher) chunks(ctx context.Context, d tracker.Digest, cache string) ([]blob.Chunk, error) {
	path := filepath.Join(cache, hex.EncodeToString(d[:])+".recipe")
	if in, err := blob.OpenPack(path); err == nil {
		_, chunks, err := only(in, d)
		_ = in.Close() // it was only read
		if err == nil {
			return chunks, nil
		}
	}
	in, done, err := f.openFrame(ctx, d)
	if err != nil {
		return nil, err
	}
	defer done()
	frame, chunks, err := only(in, d)
	if err != nil {
		return nil, err
	}
	if text, err := io.ReadAll(in.Raw(frame)); err == nil {
		keep(path, append(blob.Magic(), text...))
	}
	return chunks, nil
}

func (f *Fetcher) download(ctx context.Context, at located, path string) error {
	r, err := f.bucket.Get(ctx, packName(f.known.packs[at.pack]), at.Offset, at.Size())
	if err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return errors.Join(err, r.Close())
	}
	n, err := io.Copy(file, io.MultiReader(bytes.NewReader(blob.Magic()), io.LimitReader(r, at.Size())))
	if err = errors.Join(err, r.Close(), file.Close()); err != nil {
		return err
	}
	if n != int64(len(blob.Magic()))+at.Size() {
		return fmt.Errorf("%w: blob %s ends early", ErrCorrupt, at.Digest)
	}
	return nil
}
