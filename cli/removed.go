package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/index"
)

// restorable are a ledger's blobs for restoring: of those that are not there they tell whether a tombstone says that they
// never come back. Tombstones are read when the first one is asked for.
type restorable struct {
	*blob.Store
	gone func() map[tracker.Digest]struct{}
}

func (a *app) restorable(ctx context.Context, x *index.Index) *restorable {
	return &restorable{x.Blobs(), sync.OnceValue(func() map[tracker.Digest]struct{} {
		gone, err := a.removed(ctx, a.ledgerToRead(), gc.Purged, gc.Collected)
		if err != nil {
			a.warn("what was removed is not known: %v", err)
		}
		return gone
	})}
}

// Open returns a reader of a blob and its size in bytes. The error is snapshot.ErrRemoved too where a tombstone says so.
func (r *restorable) Open(d tracker.Digest) (io.ReadCloser, int64, error) {
	in, size, err := r.Store.Open(d)
	return in, size, r.told(d, err)
}

// Get returns the bytes of a blob, with the errors of Open.
func (r *restorable) Get(d tracker.Digest) ([]byte, error) {
	b, err := r.Store.Get(d)
	return b, r.told(d, err)
}

func (r *restorable) told(d tracker.Digest, err error) error {
	if !errors.Is(err, blob.ErrNotFound) {
		return err
	}
	if _, gone := r.gone()[d]; gone {
		return fmt.Errorf("open blob %s: %w", d, snapshot.ErrRemoved)
	}
	return err
}
