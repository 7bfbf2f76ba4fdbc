package blob

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// openRecipe returns a reader of the blob that a recipe's chunks make.
func (s *Store) openRecipe(file io.ReaderAt, f Frame) (io.ReadCloser, error) {
	chunks, err := readRecipe(file, f)
	if err != nil {
		return nil, err
	}
	j := &joined{store: s, chunks: chunks, count: len(chunks), now: nothing()}
	return &verifier{r: j, hash: sha256.New(), want: f.Digest, left: f.Raw, close: j.close}, nil
}

// joined reads one chunk behind the other, each verified before its bytes are handed out.
type joined struct {
	store  *Store
	chunks []Chunk // those not yet begun
	count  int     // of all
	now    io.ReadCloser
}

func (j *joined) Read(b []byte) (int, error) {
	for {
		n, err := j.now.Read(b)
		if err == io.EOF {
			err = nil
		}
		if n > 0 || err != nil || len(b) == 0 {
			return n, j.wrap(err)
		}
		if len(j.chunks) == 0 {
			return 0, io.EOF
		}
		_ = j.now.Close() // it was read to its end
		next := j.chunks[0]
		j.chunks = j.chunks[1:]
		if j.now, err = j.store.openChunk(next); err != nil {
			j.now = nothing()
			return 0, j.wrap(err)
		}
	}
}

func (j *joined) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("chunk %d of %d: %w", j.count-len(j.chunks), j.count, err)
}

func (j *joined) close() { _ = j.now.Close() } // closing what was read tells nothing

func nothing() io.ReadCloser { return io.NopCloser(new(bytes.Reader)) }

// openChunk returns a reader of a chunk. A chunk that is itself a recipe is refused: nothing writes such.
func (s *Store) openChunk(c Chunk) (io.ReadCloser, error) {
	r, f, err := s.open(c.Digest)
	if err != nil {
		return nil, err
	}
	switch {
	case f.Recipe():
		err = fmt.Errorf("%s: %w: it is a recipe", c.Digest, ErrCorrupt)
	case f.Raw != c.Size:
		err = fmt.Errorf("%s: %w: it has %d bytes, not %d", c.Digest, ErrCorrupt, f.Raw, c.Size)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// checkRecipe reads the blob whose recipe the frame f in file holds, and reports whether it is what its digest names.
func (s *Store) checkRecipe(file io.ReaderAt, f Frame) error {
	if err := f.checkFlags(); err != nil {
		return err
	}
	r, err := s.openRecipe(file, f)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close())
}
