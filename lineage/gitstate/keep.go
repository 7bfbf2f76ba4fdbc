package gitstate

import (
	"bytes"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/gemba-ml/gemba/tracker"
)

// Store is where contents go; blob.Bulk is one. It may be used from several goroutines. When it has a method
// Has(tracker.Digest) bool too, what it was given before is given again once it says that it has it no more.
type Store interface {
	Put([]byte) (tracker.Digest, error)
	PutReader(io.Reader) (tracker.Digest, int64, error)
}

// holds reports whether the store still has what it was given.
func (w *work) holds(k kept) bool {
	store, ok := w.options.Store.(interface{ Has(tracker.Digest) bool })
	return !ok || store.Has(k.digest)
}

// keep stores a file's bytes, screened, unless that was done before. B is its bytes if they were read.
func (w *work) keep(f *found, c *content, b []byte) error {
	if w.options.Store == nil || c.kept && w.holds(c.stored) {
		return nil
	}
	var err error
	if b == nil && c.size > wholeFile {
		err = w.keepLarge(f, c)
	} else {
		err = w.keepSmall(f, c, b)
	}
	c.kept = err == nil
	return err
}

func (w *work) keepSmall(f *found, c *content, b []byte) (err error) {
	if b == nil {
		file, err := w.open(f, c)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		again := &content{}
		if b, err = again.whole(file, c.size); err != nil {
			return err
		}
		if again.blob != c.blob {
			return errChanging
		}
	}
	c.stored, err = w.put(b)
	return err
}

// put stores bytes without the secrets in them.
func (w *work) put(b []byte) (k kept, err error) {
	if w.options.Screen != nil {
		clean := w.options.Screen(b)
		k.redacted, b = !bytes.Equal(clean, b), clean
	}
	k.size = int64(len(b))
	k.digest, err = w.options.Store.Put(b)
	return k, err
}

func (w *work) keepLarge(f *found, c *content) error {
	file, err := w.open(f, c)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	screened := &screened{from: &stoppable{Reader: file, stopped: w.goesOn}, screen: w.options.Screen}
	if w.options.Screen == nil {
		c.stored.digest, c.stored.size, err = w.options.Store.PutReader(screened.from)
	} else {
		c.stored.digest, c.stored.size, err = w.options.Store.PutReader(screened)
	}
	c.stored.redacted = screened.redacted
	if now, statErr := file.Stat(); err == nil && (statErr != nil || stampOfEntry(&now) != c.stamp) {
		err = errChanging
	}
	return err
}

// kept is what the store holds of an object.
type kept struct {
	digest   tracker.Digest
	size     int64
	redacted bool
}

// putObject stores a blob of the repository, once.
func (w *work) putObject(hash plumbing.Hash) (k kept, err error) {
	if w.options.Store == nil {
		return k, nil
	}
	w.objectsMu.Lock() // go-git's objects are for one goroutine
	defer w.objectsMu.Unlock()
	if k, ok := w.objectsPut[hash]; ok && w.holds(k) {
		return k, nil
	}
	r, size, err := w.objects.blob(hash)
	if err != nil {
		return k, err
	}
	defer func() { _ = r.Close() }()
	if size > wholeFile {
		s := &screened{from: r, screen: w.options.Screen}
		k.digest, k.size, err = w.options.Store.PutReader(s)
		k.redacted = s.redacted
	} else {
		var b []byte
		if b, err = io.ReadAll(r); err == nil {
			k, err = w.put(b)
		}
	}
	if err != nil {
		return k, fmt.Errorf("keep %s: %w", hash, err)
	}
	w.objectsPut[hash] = k
	return k, nil
}

// screened takes secrets out of what is too large for memory, a piece at a time. Pieces end where a line does,
// if there is one.
type screened struct {
	from     io.Reader
	screen   func([]byte) []byte
	left     []byte // of the bytes that were read, what follows the last piece
	ready    []byte
	redacted bool
	end      error
}

func (s *screened) Read(p []byte) (int, error) {
	for len(s.ready) == 0 {
		if s.end != nil && len(s.left) == 0 {
			return 0, s.end
		}
		s.piece()
	}
	n := copy(p, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

// piece reads and screens the next piece.
func (s *screened) piece() {
	b := make([]byte, wholeFile)
	n := copy(b, s.left)
	for n < len(b) && s.end == nil {
		var more int
		more, s.end = s.from.Read(b[n:])
		n += more
	}
	cut := n
	if at := bytes.LastIndexByte(b[:n], '\n'); at >= 0 && s.end == nil {
		cut = at + 1
	}
	s.left, s.ready = bytes.Clone(b[cut:n]), b[:cut]
	if s.screen != nil {
		clean := s.screen(s.ready)
		s.redacted = s.redacted || !bytes.Equal(clean, s.ready)
		s.ready = clean
	}
}
