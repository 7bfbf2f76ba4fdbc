package blob

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
)

// ErrNotFound says that no pack holds a blob.
var ErrNotFound = errors.New("no such blob")

// Store reads the packs of one folder. It may be used from several goroutines, while packs grow, appear and are
// removed: what is read from a pack that is gone is looked for in the others.
type Store struct {
	dir      string
	scanOnly bool                       // the packs alone are trusted, no index
	decoder  func() (*decoder, error)   // the one decoder, made when first needed
	fetch    func(tracker.Digest) error // of FetchWith; nil: what no pack holds is not found

	mu sync.RWMutex
	directory
}

// OpenStore returns the store of the packs in dir. It reads nothing yet; the folder need not exist.
func OpenStore(dir string) *Store {
	return &Store{dir: dir, decoder: sync.OnceValues(newDecoder), directory: newDirectory()}
}

// FetchWith has fetch bring what no pack holds when it is opened or got, from wherever it is kept; its error becomes theirs. It
// is to be called before anything else.
func (s *Store) FetchWith(fetch func(tracker.Digest) error) { s.fetch = fetch }

// Get returns the bytes of a blob. It returns an error that is ErrNotFound or ErrCorrupt when the
// store lacks it, or one of its chunks, or holds other bytes.
func (s *Store) Get(d tracker.Digest) ([]byte, error) {
	r, f, err := s.open(d)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	if whole, ok := r.(*wholeReader); ok {
		return whole.bytes, nil
	}
	if f.small() {
		return readSized(r, f.Raw)
	}
	return io.ReadAll(r) // grows with what is there: the header's size is not to be trusted
}

func readSized(r io.Reader, size int64) ([]byte, error) {
	b := make([]byte, size, size+1)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	if _, err := r.Read(b[size : size+1]); err != io.EOF { // the verdict comes with the end
		return nil, err
	}
	return b, nil
}

// Open returns a reader of a blob and its size in bytes. The reader fails at its end when the bytes
// are not those that the digest names.
func (s *Store) Open(d tracker.Digest) (io.ReadCloser, int64, error) {
	r, f, err := s.open(d)
	return r, f.Raw, err
}

// Stat returns where a blob is: its frame, without reading its bytes. Between Hold and release the answer
// holds, when the Store was refreshed after Hold.
func (s *Store) Stat(d tracker.Digest) (Frame, error) {
	f, _, err := s.find(d)
	return f, err
}

// Has reports whether the store knows a blob that survives a power cut, from what it last saw of the packs. It is fast and
// reads nothing.
func (s *Store) Has(d tracker.Digest) bool { return s.has(d, false) }

// has is Has, in one piece, when that is asked for: a chunk must not be a recipe.
func (s *Store) has(d tracker.Digest, inOnePiece bool) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f, pack, ok := s.directory.find(d)
	return ok && s.sure(f, pack) && !(inOnePiece && f.Recipe())
}

// Whole returns where a blob is in one piece that survives a power cut: its frame, and the name of the pack.
func (s *Store) Whole(d tracker.Digest) (f Frame, pack string, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f, n, ok := s.directory.find(d)
	if !ok || f.Recipe() || !s.sure(f, n) {
		return Frame{}, "", false
	}
	return f, s.packs[n].name, true
}

// Chunks returns the chunks that make a blob, each stored as a blob, nil for one that is stored in one piece.
func (s *Store) Chunks(d tracker.Digest) (chunks []Chunk, err error) {
	err = s.inPack(d, func(file *os.File, f Frame) (err error) {
		defer func() { _ = file.Close() }()
		if err = f.checkFlags(); err == nil && f.Recipe() {
			chunks, err = readRecipe(file, f)
		}
		return err
	})
	return chunks, err
}

// open returns a reader of a blob and its frame.
func (s *Store) open(d tracker.Digest) (r io.ReadCloser, f Frame, err error) {
	read := func(file *os.File, at Frame) (err error) {
		f = at
		r, err = s.reader(file, f)
		return err
	}
	err = s.inPack(d, read)
	if s.fetch == nil || !errors.Is(err, ErrNotFound) {
		return r, f, err
	}
	if fetchErr := s.fetch(d); fetchErr != nil {
		return nil, f, fmt.Errorf("%w: %w", err, fetchErr)
	}
	err = s.inPack(d, read)
	return r, f, err
}

// reader returns a reader of the frame's blob, which closes the file.
func (s *Store) reader(file *os.File, f Frame) (r io.ReadCloser, err error) {
	err = f.checkFlags()
	switch {
	case err != nil:
	case f.Recipe():
		r, err = s.openRecipe(file, f)
	case f.small():
		r, err = s.whole(file, f)
	default:
		if r, err = payload(file, f); err == nil {
			return &fileReader{r, file}, nil
		}
	}
	_ = file.Close() // it was only read
	return r, err
}

func (s *Store) whole(file *os.File, f Frame) (io.ReadCloser, error) {
	dec, err := s.decoder()
	if err != nil {
		return nil, err
	}
	b, err := dec.whole(file, f)
	if err != nil {
		return nil, err
	}
	return newWholeReader(b), nil
}

// inPack calls use with the pack that holds a blob. When the pack is gone it looks for another one.
func (s *Store) inPack(d tracker.Digest, use func(*os.File, Frame) error) error {
	for try := 0; ; try++ {
		f, pack, err := s.find(d)
		if err != nil {
			return err
		}
		file, err := os.Open(filepath.Join(s.dir, pack))
		if err == nil {
			return use(file, f)
		}
		if !errors.Is(err, fs.ErrNotExist) || try == maxTries {
			return fmt.Errorf("open blob: %w", err)
		}
		if err := s.Refresh(); err != nil {
			return err
		}
	}
}

// maxTries is how often in a row the pack that a refresh found may vanish before it is opened.
const maxTries = 5

type fileReader struct {
	io.ReadCloser
	file *os.File
}

func (r *fileReader) Close() error {
	return errors.Join(r.ReadCloser.Close(), r.file.Close())
}

// find looks a blob up, and looks through what was appended to the packs when it is not known yet. It returns
// the blob's frame and the name of the pack.
func (s *Store) find(d tracker.Digest) (Frame, string, error) {
	if f, pack, ok := s.lookup(d); ok {
		return f, pack, nil
	}
	if err := s.Refresh(); err != nil {
		return Frame{}, "", err
	}
	f, pack, ok := s.lookup(d)
	if !ok {
		return Frame{}, "", fmt.Errorf("find blob %s: %w", d, ErrNotFound)
	}
	return f, pack, nil
}

func (s *Store) lookup(d tracker.Digest) (Frame, string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f, n, ok := s.directory.find(d)
	if !ok {
		return Frame{}, "", false
	}
	return f, s.packs[n].name, true
}
