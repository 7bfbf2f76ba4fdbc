package journal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Maintain locks the ledger in dir for whoever rewrites packs, removes blobs or archives journals: one process at
// a time. It does not keep writers and readers away. With wait false it reports at once when another one has
// the lock, else it waits for it as long as ctx lasts.
func Maintain(ctx context.Context, dir string, wait bool) (release func(), ok bool, err error) {
	file, err := os.OpenFile(filepath.Join(dir, "maintain.lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, false, fmt.Errorf("lock ledger: %w", err)
	}
	for {
		if ok, err = tryLock(file, false); ok {
			return func() { _ = file.Close() }, true, nil // closing unlocks
		}
		if err != nil || !wait {
			break
		}
		select {
		case <-time.After(100 * time.Millisecond):
			continue
		case <-ctx.Done():
			err = ctx.Err()
		}
		break
	}
	_ = file.Close()
	if err != nil {
		err = fmt.Errorf("lock ledger: %w", err)
	}
	return nil, false, err
}
