package blob

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// openRecipe returns a reader of the blob that a recipe's chunks make.
func (s *Store) openRecipe(file io.ReaderAt, f Frame) (io.ReadCloser, error) {
	chunks, err := readRecipe(file, f)
	if err != nil {
		return nil, err
	}
	j := &joined{ahead: make(chan opened, 1), stop: make(chan struct{}), count: len(chunks), now: nothing()}
	go j.open(s, chunks)
	return &verifier{r: j, hash: sha256.New(), want: f.Digest, left: f.Raw, close: sync.OnceFunc(j.close)}, nil
}

// joined reads one chunk behind the other, each verified before its bytes are handed out. The next ones are
// read and verified meanwhile, until it is closed.
type joined struct {
	ahead chan opened
	stop  chan struct{}
	now   io.ReadCloser
	begun int // chunks
	count int // of all chunks
	err   error
}

// opened is a chunk, or why there is none.
type opened struct {
	io.ReadCloser
	err error
}

func (j *joined) open(s *Store, chunks []Chunk) {
	defer close(j.ahead)
	for _, c := range chunks {
		r, err := s.openChunk(c)
		select {
		case j.ahead <- opened{r, err}:
		case <-j.stop:
			if err == nil {
				_ = r.Close() // nobody reads it
			}
			return
		}
		if err != nil {
			return
		}
	}
}

func (j *joined) Read(b []byte) (n int, err error) {
	for j.err == nil {
		n, err := j.now.Read(b)
		if n > 0 || len(b) == 0 {
			return n, nil // an error comes again
		}
		if err == io.EOF {
			err = j.next()
		}
		j.err = err
	}
	return 0, j.err
}

// next goes to the next chunk. It returns io.EOF behind the last one.
func (j *joined) next() error {
	_ = j.now.Close() // it was read to its end
	j.now = nothing()
	c, ok := <-j.ahead
	if !ok {
		return io.EOF
	}
	j.begun++
	if c.err != nil {
		return fmt.Errorf("chunk %d of %d: %w", j.begun, j.count, c.err)
	}
	j.now = c.ReadCloser
	return nil
}

// close ends the reading ahead; closing what was only read tells nothing.
func (j *joined) close() {
	close(j.stop)
	_ = j.now.Close()
	for c := range j.ahead {
		if c.err == nil {
			_ = c.Close()
		}
	}
}

func nothing() io.ReadCloser { return io.NopCloser(new(bytes.Reader)) }

// openChunk returns a reader of a chunk. A chunk that is itself a recipe is refused, before it is opened: nothing
// writes such, and it might list itself.
func (s *Store) openChunk(c Chunk) (r io.ReadCloser, err error) {
	err = s.inPack(c.Digest, func(file *os.File, f Frame) (err error) {
		switch {
		case f.Recipe():
			err = fmt.Errorf("%s: %w: it is a recipe", c.Digest, ErrCorrupt)
		case f.Raw != c.Size:
			err = fmt.Errorf("%s: %w: it has %d bytes, not %d", c.Digest, ErrCorrupt, f.Raw, c.Size)
		default:
			r, err = s.reader(file, f)
			return err
		}
		return errors.Join(err, file.Close())
	})
	return r, err
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
