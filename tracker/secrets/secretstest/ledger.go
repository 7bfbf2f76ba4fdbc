package secretstest

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/gemba-ml/gemba/tracker/blob"
)

// ledger looks into the blobs of a ledger as wholes: a large one is in pieces on the disk.
func (s *search) ledger(dir string) error {
	packs := filepath.Join(dir, "packs")
	if _, err := os.Stat(packs); err != nil {
		return nil
	}
	store := blob.OpenStore(packs)
	return store.Scan(func(pack string, f blob.Frame) error {
		b, err := store.Get(f.Digest)
		if errors.Is(err, blob.ErrNotFound) {
			return nil // taken out of the pack
		}
		s.look(filepath.Join(packs, pack)+" > "+f.Digest.String(), b, 0)
		return err
	}, func(pack string, err error) { s.t.Errorf("search %s: %v", pack, err) })
}
