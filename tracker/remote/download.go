package remote

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// download copies an object, whose bytes have a known SHA-256 and number, to a new file at path.
func download(ctx context.Context, b Bucket, name, sum string, size int64, path string) error {
	r, err := b.Get(ctx, name, 0, size)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return errors.Join(err, r.Close())
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(file, hash), io.LimitReader(r, size+1)) // a remote may send without end
	if err = errors.Join(err, file.Close(), r.Close()); err != nil {
		return fmt.Errorf("get %s: %w", name, err)
	}
	if n != size || hex.EncodeToString(hash.Sum(nil)) != sum {
		return fmt.Errorf("get %s: %w", name, ErrCorrupt)
	}
	return nil
}
