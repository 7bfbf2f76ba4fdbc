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

// Store reads the packs of one folder. It may be used from several goroutines, while packs grow.
type Store struct {
	dir string

	mu      sync.Mutex
	where   map[tracker.Digest]place
	scanned map[string]int64 // how far each pack was looked through

	decoder func() (*decoder, error) // the one decoder, made when first needed
}

type place struct {
	pack string
	Frame
}

// OpenStore returns the store of the packs in dir. It reads nothing yet; the folder need not exist.
func OpenStore(dir string) *Store {
	return &Store{
		dir:     dir,
		where:   make(map[tracker.Digest]place),
		scanned: make(map[string]int64),
		decoder: sync.OnceValues(newDecoder),
	}
}

// Get returns the bytes of a blob. It returns an error that is ErrNotFound or ErrCorrupt when the
// store lacks it or holds other bytes.
func (s *Store) Get(d tracker.Digest) ([]byte, error) {
	at, err := s.find(d)
	if err != nil {
		return nil, err
	}
	if !at.small() || at.checkFlags() != nil {
		return s.getLarge(d)
	}
	file, err := os.Open(filepath.Join(s.dir, at.pack))
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	defer func() { _ = file.Close() }()
	dec, err := s.decoder()
	if err != nil {
		return nil, err
	}
	return dec.whole(file, at.Frame)
}

func (s *Store) getLarge(d tracker.Digest) ([]byte, error) {
	r, _, err := s.Open(d)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r) // grows with what is there: the header's size is not to be trusted
}

// Open returns a reader of a blob and its size in bytes. The reader fails at its end when the bytes
// are not those that the digest names.
func (s *Store) Open(d tracker.Digest) (io.ReadCloser, int64, error) {
	at, err := s.find(d)
	if err != nil {
		return nil, 0, err
	}
	file, err := os.Open(filepath.Join(s.dir, at.pack))
	if err != nil {
		return nil, 0, fmt.Errorf("open blob: %w", err)
	}
	r, err := payload(file, at.Frame)
	if err != nil {
		_ = file.Close()
		return nil, 0, err
	}
	return &fileReader{r, file}, at.Raw, nil
}

// Stat returns where a blob is: its frame, without reading its bytes.
func (s *Store) Stat(d tracker.Digest) (Frame, error) {
	at, err := s.find(d)
	return at.Frame, err
}

type fileReader struct {
	io.ReadCloser
	file *os.File
}

func (r *fileReader) Close() error {
	return errors.Join(r.ReadCloser.Close(), r.file.Close())
}

// find looks a blob up, and looks through what was appended to the packs when it is not known yet.
func (s *Store) find(d tracker.Digest) (place, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.where[d]; ok {
		return at, nil
	}
	if err := s.refresh(); err != nil {
		return place{}, err
	}
	at, ok := s.where[d]
	if !ok {
		return place{}, fmt.Errorf("find blob %s: %w", d, ErrNotFound)
	}
	return at, nil
}

func (s *Store) refresh() error {
	names, err := packNames(s.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		info, err := os.Stat(filepath.Join(s.dir, name))
		if err != nil || info.Size() <= s.scanned[name] {
			continue // gone again, or nothing new
		}
		if err := s.scan(name); err != nil && !errors.Is(err, ErrCorrupt) {
			return err
		}
	}
	return nil
}

func (s *Store) scan(name string) error {
	file, sc, err := openScan(filepath.Join(s.dir, name))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	from := max(s.scanned[name], int64(len(fileMagic)))
	visit := func(f Frame) error {
		if _, dup := s.where[f.Digest]; !dup {
			s.where[f.Digest] = place{name, f}
		}
		return nil
	}
	end, err := sc.scan(from, visit, func(from, to int64) {})
	s.scanned[name] = end
	return err
}

// packNames returns the names of the packs in dir, none when it does not exist. What is no regular
// file is no pack: a pipe would be waited for.
func packNames(dir string) ([]string, error) {
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list packs: %w", err)
	}
	var names []string
	for _, file := range files {
		if filepath.Ext(file.Name()) == ".pack" && file.Type().IsRegular() {
			names = append(names, file.Name())
		}
	}
	return names, nil
}
