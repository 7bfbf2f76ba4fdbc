package blob

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
)

// Bulk stores the bytes of files, many or large, beside a journal's own pack. Bytes that the store holds
// already are not stored again, so its user must Hold the packs from before the first Put until an entry that
// names what was put has been flushed. It may be used from several goroutines.
type Bulk struct {
	dir   string
	known *Store
	look  func() error // looks, once, which blobs there are

	mu   sync.Mutex
	pack *Pack // made when first needed
	new  int64 // bytes that were not known before
}

// NewBulk returns a Bulk that writes to the packs in dir. It makes no file before there is something new.
func NewBulk(dir string, known *Store) *Bulk {
	return &Bulk{dir: dir, known: known, look: sync.OnceValue(known.Refresh)}
}

// Hold keeps garbage collection away until release is called, and then looks which blobs there are, so that
// none is taken for stored that was collected before.
func (b *Bulk) Hold() (release func(), err error) {
	release, err = Hold(b.dir)
	if err != nil {
		return nil, err
	}
	if err := b.known.Refresh(); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// Put stores b and returns its digest.
func (b *Bulk) Put(p []byte) (tracker.Digest, error) {
	digest := tracker.DigestOf(p)
	if err := b.look(); err != nil {
		return digest, err
	}
	if b.known.Has(digest) {
		return digest, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.open(); err != nil {
		return digest, err
	}
	b.new += int64(len(p))
	return b.pack.Put(p)
}

// PutReader stores what r reads, without holding it in memory, and returns its digest and size in bytes.
func (b *Bulk) PutReader(r io.Reader) (tracker.Digest, int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.open(); err != nil {
		return tracker.Digest{}, 0, err
	}
	d, n, err := b.pack.PutReader(r)
	b.new += n
	return d, n, err
}

// PutFile is PutReader for what is left of an open file.
func (b *Bulk) PutFile(file *os.File) (tracker.Digest, int64, error) { return b.PutReader(file) }

func (b *Bulk) open() (err error) {
	if b.pack == nil {
		b.pack, err = CreatePack(filepath.Join(b.dir, tracker.NewID().String()+".pack"))
	}
	return err
}

// New returns how many bytes were stored that the store did not hold before.
func (b *Bulk) New() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.new
}

// Flush hands what was put to the operating system, so that entries may name it.
func (b *Bulk) Flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pack == nil {
		return nil
	}
	return b.pack.Flush()
}

// Close makes durable what was put and closes the pack.
func (b *Bulk) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pack == nil {
		return nil
	}
	if err := b.pack.Flush(); err != nil {
		return err
	}
	if err := b.pack.Sync(); err != nil {
		return err
	}
	if err := b.pack.Close(); err != nil {
		return fmt.Errorf("close pack: %w", err)
	}
	return nil
}
