package blob

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
)

// Bulk stores the bytes of files, many or large, beside a journal's own pack. Bytes that the store holds
// already are not stored again, so its user must Hold the packs from before the first Put until an entry that
// names what was put has been flushed. It may be used from several goroutines, and several may store into one
// folder at once. After an error of the disk it may be used on; the next Flush tries again.
//
// A blob of more than 1 MiB is cut into chunks, and its pieces are hashed and stored on all processors. It is
// compressed where that costs no one any time: when its bytes come slower than they are stored, or shrink much.
type Bulk struct {
	dir      string
	known    *Store
	look     func() error // looks, once, which blobs there are
	squeezer func() (*squeezer, error)
	large    chan struct{} // holds one for each large blob under way
	heads    sync.Pool     // of *[]byte, one more than maxChunk long
	segments sync.Pool     // of *segment

	maxPack int64 // size in bytes from which on no more is added to a pack

	mu     sync.Mutex
	pack   *Pack // made when first needed
	closed int64 // bytes of the packs that are full
	new    int64 // bytes of blobs that were not known before
}

// maxLarge is how many large blobs are stored at a time at most: each works on several processors and holds
// some 20 MB of memory.
const maxLarge = 4

// NewBulk returns a Bulk that writes to the packs in dir. It makes no file before there is something new.
func NewBulk(dir string, known *Store) *Bulk {
	b := &Bulk{dir: dir, known: known, look: sync.OnceValue(known.Refresh), squeezer: sync.OnceValues(newSqueezer)}
	b.maxPack = maxPack
	b.large = make(chan struct{}, min(max(1, runtime.GOMAXPROCS(0)/2), maxLarge))
	b.heads.New = func() any { head := make([]byte, maxChunk+1); return &head }
	b.segments.New = func() any { return newSegment() }
	return b
}

// Hold keeps garbage collection away until release is called, and then looks which blobs there are, so that
// none is taken for stored that was collected before, or that a power cut tore.
func (b *Bulk) Hold() (release func(), err error) {
	release, err = Hold(b.dir)
	if err != nil {
		return nil, err
	}
	err = b.known.Refresh()
	if err == nil && b.known.settle() {
		err = b.known.Refresh()
	}
	if err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// Put stores p, in one piece, and returns its digest. It keeps no reference to p.
func (b *Bulk) Put(p []byte) (tracker.Digest, error) {
	digest := tracker.DigestOf(p)
	held, err := b.holds(digest, false)
	if err != nil || held {
		return digest, err
	}
	s, err := b.squeezer()
	if err != nil {
		return digest, err
	}
	return digest, b.add(s.frame(digest, p, len(p) <= sampleSize || s.ratio(p, nil) > 4./3, nil))
}

// PutReader stores what r reads, without holding it in memory, and returns its digest and size in bytes: those of
// exactly what was stored, also when it reads a file that changes meanwhile.
func (b *Bulk) PutReader(r io.Reader) (tracker.Digest, int64, error) {
	head := b.heads.Get().(*[]byte)
	defer b.heads.Put(head)
	n, err := fill(*head, r)
	switch {
	case err == io.EOF:
		d, err := b.Put((*head)[:n])
		return d, int64(n), err
	case err != nil:
		return tracker.Digest{}, 0, fmt.Errorf("read blob: %w", err)
	}
	b.large <- struct{}{}
	defer func() { <-b.large }()
	s := newStream(b)
	defer s.close()
	return s.put(*head, r)
}

// PutFile is PutReader for what is left of an open file.
func (b *Bulk) PutFile(file *os.File) (tracker.Digest, int64, error) {
	readAhead(file)
	return b.PutReader(file)
}

// holds reports whether a blob need not be stored again.
func (b *Bulk) holds(d tracker.Digest, inOnePiece bool) (bool, error) {
	if err := b.look(); err != nil {
		return false, err
	}
	if b.known.has(d, inOnePiece) {
		return true, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pack == nil {
		return false, nil
	}
	_, ok := b.pack.seen[d]
	return ok, nil
}

// much is how many times smaller a chunk must get to be compressed though others wait: such bytes compress faster
// than they are written.
const much = 10

// putChunk stores a chunk of a large blob, compressed when there is time for it and it helps.
func (b *Bulk) putChunk(p []byte, time bool, room []byte) (tracker.Digest, error) {
	digest := tracker.DigestOf(p)
	held, err := b.holds(digest, true)
	if err != nil || held {
		return digest, err
	}
	s, err := b.squeezer()
	if err != nil {
		return digest, err
	}
	ratio := s.ratio(p, room)
	return digest, b.add(s.frame(digest, p, ratio >= much || time && ratio > 4./3, room))
}

// putRecipe stores the list of a blob's chunks.
func (b *Bulk) putRecipe(digest tracker.Digest, size int64, list [][]Chunk) error {
	held, err := b.holds(digest, false)
	if err != nil || held {
		return err
	}
	var recipe []byte
	for _, chunks := range list {
		recipe = appendRecipe(recipe, chunks)
	}
	s, err := b.squeezer()
	if err != nil {
		return err
	}
	f, payload := s.frame(digest, recipe, true, nil)
	f.Flags, f.Raw = f.Flags|flagRecipe, size
	return b.add(f, payload)
}

// maxPack bounds a pack in bytes, so that copying one stays cheap; its last blob may reach over it.
const maxPack = 4 << 30

// maxPending is how many bytes of small blobs are collected before they are written.
const maxPending = 1 << 20

// add appends a frame to the pack. When much has come together the disk begins to write it meanwhile.
func (b *Bulk) add(f Frame, payload []byte) error {
	file, from, n, err := b.append(f, payload)
	if n > 0 {
		startWriteback(file, from, n) // without the lock: it waits when the disk has enough to do
	}
	return err
}

// append is add, and returns which bytes of a file the disk is to write, if there are many.
func (b *Bulk) append(f Frame, payload []byte) (file disk, from, n int64, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err = b.collect(f, payload); err != nil {
		return nil, 0, 0, err
	}
	from, n = b.pack.unstarted()
	return b.pack.file, from, n, nil
}

// collect adds a frame to the pack, which writes it when there is enough.
func (b *Bulk) collect(f Frame, payload []byte) error {
	if err := b.open(); err != nil {
		return err
	}
	if _, dup := b.pack.seen[f.Digest]; dup {
		return nil
	}
	if b.pack.Pending() >= maxPending { // the last Flush failed
		if err := b.pack.Flush(); err != nil {
			return err
		}
	}
	if err := b.pack.add(f, payload); err != nil {
		return err
	}
	if !f.Recipe() {
		b.new += f.Raw
	}
	if b.pack.Pending() < maxPending {
		return nil
	}
	return b.pack.Flush()
}

// open makes a pack when there is none, or the last one is full.
func (b *Bulk) open() (err error) {
	if b.pack != nil && b.pack.size >= b.maxPack {
		if err := b.pack.secure(); err != nil { // it goes on being the pack: others rely on what they put
			return err
		}
		if err := b.finish(); err != nil {
			return err
		}
		if err := b.known.Refresh(); err != nil { // what the full pack holds is held from now on
			return err
		}
	}
	if b.pack != nil {
		return nil
	}
	if b.pack, err = CreatePack(filepath.Join(b.dir, tracker.NewID().String()+".pack")); err != nil {
		return err
	}
	return SyncDir(b.dir)
}

// New returns how many bytes were stored that the store did not hold before, as they were before compression.
func (b *Bulk) New() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.new
}

// Stored returns how many bytes were added to the packs.
func (b *Bulk) Stored() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pack == nil {
		return b.closed
	}
	return b.closed + b.pack.size + int64(b.pack.Pending())
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

// Sync is Flush that also makes durable what was put: an entry that survives a power cut must not name bytes that do not.
func (b *Bulk) Sync() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pack == nil {
		return nil
	}
	return b.pack.secure()
}

// Close makes durable what was put and closes the pack, also when it returns an error: then what was put since
// the last Flush may be lost.
func (b *Bulk) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.finish()
}

// finish ends the pack, if there is one.
func (b *Bulk) finish() error {
	if b.pack == nil {
		return nil
	}
	err := b.pack.secure()
	b.closed += b.pack.size
	if err == nil {
		_ = b.pack.WriteIndex(b.pack.file.Name()) // it only saves time
	}
	err = errors.Join(err, b.pack.Close())
	b.pack = nil
	return err
}
