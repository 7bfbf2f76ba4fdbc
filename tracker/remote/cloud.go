package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // the providers register themselves by the scheme of an address
	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/gcsblob"
	_ "gocloud.dev/blob/memblob"
	_ "gocloud.dev/blob/s3blob"
	"gocloud.dev/gcerrors"
)

// cloud is a bucket of one of the providers that gocloud.dev knows.
type cloud struct{ bucket *blob.Bucket }

func openCloud(ctx context.Context, address string) (Bucket, error) {
	b, err := blob.OpenBucket(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	return cloud{b}, nil
}

// openFolder opens a folder, which is made when it is not there. Objects appear in it by a rename, so none is ever half there.
func openFolder(ctx context.Context, address string) (Bucket, error) {
	path, err := filepath.Abs(strings.TrimPrefix(address, "file://"))
	if err != nil {
		return nil, err
	}
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a Windows drive
	}
	u := url.URL{Scheme: "file", Path: slashed, RawQuery: "create_dir=true&no_tmp_dir=true&metadata=skip"}
	return openCloud(ctx, u.String())
}

func (c cloud) List(ctx context.Context, prefix string, visit func(string, int64) error) error {
	objects := c.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := objects.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list remote: %w", err)
		}
		if err := visit(o.Key, o.Size); err != nil {
			return err
		}
	}
}

func (c cloud) Get(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error) {
	r, err := c.bucket.NewRangeReader(ctx, name, offset, length, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fmt.Errorf("get %s: %w", name, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", name, err)
	}
	return r, nil
}

func (c cloud) Put(ctx context.Context, name string, body *io.SectionReader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before Close, it keeps a failed upload from becoming an object
	w, err := c.bucket.NewWriter(ctx, name, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return fmt.Errorf("put %s: %w", name, err)
	}
	if _, err := io.Copy(w, body); err != nil {
		cancel()
		return fmt.Errorf("put %s: %w", name, errors.Join(err, w.Close()))
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("put %s: %w", name, err)
	}
	return nil
}

func (c cloud) Close() error { return c.bucket.Close() }
