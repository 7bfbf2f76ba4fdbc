package lineage

import (
	"fmt"
	"io"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Store keeps the contents of files in the ledger's packs, for those who find out on what cells ran. A ledger that
// cannot be written fails their Put and nothing else.
type Store struct {
	bulk  *blob.Bulk
	known *blob.Store

	mu    sync.Mutex
	fault error // why nothing can be put now
}

// NewStore returns a store that writes to the packs in dir, which needs not exist before something is put.
func NewStore(dir string) *Store {
	known := blob.OpenStore(dir)
	return &Store{bulk: blob.NewBulk(dir, known), known: known}
}

// Put stores b and returns its digest.
func (s *Store) Put(b []byte) (tracker.Digest, error) {
	if err := s.failed(); err != nil {
		return tracker.Digest{}, err
	}
	return s.bulk.Put(b)
}

// PutReader stores what r reads, without holding it in memory, and returns its digest and size in bytes.
func (s *Store) PutReader(r io.Reader) (tracker.Digest, int64, error) {
	if err := s.failed(); err != nil {
		return tracker.Digest{}, 0, err
	}
	return s.bulk.PutReader(r)
}

func (s *Store) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

// hold keeps garbage collection away until release is called. What one caller found must not come behind what a later
// one found, so they go one by one; who puts holds already, and so need not wait long.
func (s *Store) hold() (release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	release, s.fault = s.bulk.Hold()
	return release, s.fault
}

// Has reports whether a blob is stored, from what was last seen of the packs.
func (s *Store) Has(d tracker.Digest) bool { return s.known.Has(d) }

// flush makes durable what was put: the entries that name it will be within a second.
func (s *Store) flush() error {
	if err := s.bulk.Sync(); err != nil {
		return fmt.Errorf("keep contents: %w", err)
	}
	return nil
}

func (s *Store) close() { _ = s.bulk.Close() } // what could not be written was told when it was put
