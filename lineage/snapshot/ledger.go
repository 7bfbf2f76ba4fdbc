package snapshot

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Packs is the folder of a ledger's packs.
func Packs(ledger string) string { return filepath.Join(ledger, "packs") }

// Into returns the options to take what is at a path into a ledger: with the stat cache that the ledger keeps of
// that path, and without the ledger itself. Known is the store of the ledger's packs, and bulk writes to them.
func Into(ledger, path string, known *blob.Store, bulk *blob.Bulk) Options {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	key := sha256.Sum256([]byte(path))
	return Options{
		Path:  path,
		Store: bulk,
		Cache: filepath.Join(ledger, "cache", "snapshots", hex.EncodeToString(key[:16])),
		Stamp: func() Stamp { return StampOf(Packs(ledger)) },
		Has:   holds(known),
		Skip:  []string{ledger},
	}
}

// holds looks which blobs a store has when it is first asked, and answers from that.
func holds(known *blob.Store) func(tracker.Digest) bool {
	look := sync.OnceValue(known.Refresh)
	return func(d tracker.Digest) bool { return look() == nil && known.Has(d) }
}
