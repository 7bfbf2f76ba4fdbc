package snapshot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/gemba-ml/gemba/lineage/files"
	"github.com/gemba-ml/gemba/tracker"
)

// smallFile is up to which size, in bytes, a file is read at once.
const smallFile = 1 << 20

// sparseLimit is how many bytes of a file may be holes: more would be read as zeros for a long time.
const sparseLimit = 16 << 30

// tries is how often a file is read that changes meanwhile.
const tries = 3

// What is said of files that are not kept.
const (
	itChanged = "changed while it was read"
	itIsLarge = "larger than the limit of %d bytes"
	itIsHoles = "sparse: %d of its %d bytes are holes"
)

// readFiles is the second stage: it stores the files that nothing is remembered of.
func (t *taker) readFiles(ctx context.Context) {
	buffer := make([]byte, smallFile+1)
	for j := range t.jobs {
		if ctx.Err() == nil {
			if err := t.readFile(ctx, j.f, j.i, buffer); err != nil {
				t.fail(err)
			}
		}
		j.f.reading.Done()
	}
}

// errChanged says that a file changed while it was read.
var errChanged = errors.New(itChanged)

// readFile stores one file, or says in its item why not. Its error is one of the store, or of ctx.
func (t *taker) readFile(ctx context.Context, f *folder, i int, buffer []byte) error {
	e, it := &f.entries[i], &f.items[i]
	size := e.Size
	var err error
	for try := range tries {
		if try > 0 {
			wait(ctx, 10*time.Millisecond<<(2*try))
		}
		if err = t.readOnce(ctx, files.Join(f.path, e.Name), e, it, buffer); !errors.Is(err, errChanged) {
			break
		}
	}
	t.read.add(1, e.Size)
	t.done.files.Add(1)
	t.found.bytes.Add(e.Size - size)
	var broken *storeError
	switch {
	case errors.As(err, &broken):
		return broken.error
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, fs.ErrNotExist):
		it.gone = true
	case errors.Is(err, errChanged), errors.Is(err, files.ErrIrregular):
		it.missing = itChanged
	case errors.Is(err, errRefused):
		it.missing = err.Error()
	case err != nil:
		it.missing = reason(err)
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// refused is a reason not to read a file.
type refused struct{ error }

// errRefused is what each refused is.
var errRefused = errors.New("refused")

func (refused) Is(target error) bool { return target == errRefused }

// storeError marks an error of the store, which no other file would do better with.
type storeError struct{ error }

func (t *taker) readOnce(ctx context.Context, path string, e *files.Entry, it *item, buffer []byte) error {
	file, before, err := t.root.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if err := t.worthReading(file, before.Size); err != nil {
		update(e, &before)
		return err
	}
	now := t.Now()
	digest, n, err := t.put(ctx, file, before.Size, buffer)
	if err != nil {
		return err
	}
	after, err := file.Stat()
	if err != nil {
		return err
	}
	if n != before.Size || after.Size != before.Size || !after.ModTime.Equal(before.ModTime) || !after.Change.Equal(before.Change) {
		t.done.bytes.Add(-n)
		return errChanged
	}
	update(e, &before)
	it.digest, it.settled = digest, settled(&before, now, t.Window)
	return nil
}

// update makes e what the file was like, the name aside, which the walk may be reading.
func update(e, was *files.Entry) {
	e.Mode, e.Size, e.ModTime, e.Change, e.Inode, e.Device = was.Mode, was.Size, was.ModTime, was.Change, was.Inode, was.Device
}

func (t *taker) worthReading(file *files.File, size int64) error {
	if t.Limit > 0 && size > t.Limit {
		return refused{fmt.Errorf(itIsLarge, t.Limit)}
	}
	if size <= sparseLimit {
		return nil
	}
	holes, err := file.Holes(size)
	if err == nil && holes > sparseLimit {
		err = refused{fmt.Errorf(itIsHoles, holes, size)}
	}
	return err
}

// put stores what a file of some size holds, and returns how much that was: no more than a byte above size, since
// a file may grow as fast as it is read.
func (t *taker) put(ctx context.Context, file *files.File, size int64, buffer []byte) (tracker.Digest, int64, error) {
	if size > smallFile {
		r := &source{ctx: ctx, from: io.LimitReader(file, size+1), done: &t.done}
		d, n, err := t.Store.PutReader(r)
		if err != nil && r.err == nil {
			err = &storeError{err}
		}
		return d, n, err
	}
	n, err := readFull(file, buffer[:size+1])
	if err != nil {
		return tracker.Digest{}, 0, err
	}
	d, err := t.Store.Put(buffer[:n])
	if err != nil {
		return d, 0, &storeError{err}
	}
	t.done.bytes.Add(int64(n))
	return d, int64(n), nil
}

// readFull reads until the end, or until b lacks one byte. Of a file that is said to be empty it reads one: those
// that a system makes up, as in /proc, are not.
func readFull(r io.Reader, b []byte) (n int, err error) {
	for err == nil && (n == 0 || n < len(b)-1) {
		var k int
		k, err = r.Read(b[n:])
		n += k
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// source is a file on its way into the store.
type source struct {
	ctx  context.Context
	from io.Reader
	done *counter
	err  error // what stopped it, when that was not the store
}

func (s *source) Read(b []byte) (int, error) {
	if s.err == nil {
		s.err = s.ctx.Err()
	}
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.from.Read(b)
	s.done.bytes.Add(int64(n))
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
