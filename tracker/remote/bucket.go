package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Bucket is a place for objects that never change once they are there. Names are slash-separated and made by this
// package alone. A Bucket may be used from several goroutines.
type Bucket interface {
	// List calls visit for every object whose name begins with prefix, in any order.
	List(ctx context.Context, prefix string, visit func(name string, size int64) error) error

	// Get returns length bytes of an object from offset on, all that follow when length is negative. It returns an
	// error that is ErrNotFound when there is no such object.
	Get(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error)

	// Put makes an object, whole or not at all. One that is there already under this name has the same bytes.
	Put(ctx context.Context, name string, body *io.SectionReader) error

	Close() error
}

// Errors that a caller may want to tell apart.
var (
	ErrNotFound = errors.New("no such object")
	ErrURL      = errors.New("not the address of a remote")
	ErrGone     = errors.New("the remote is not there any more")
	ErrNotFile  = errors.New("not a file")
	ErrNotOurs  = errors.New("not a gemba remote")
	ErrCorrupt  = errors.New("the bytes are not what they are said to be")
	ErrStalled  = errors.New("the remote does not answer")
)

// opener opens the bucket at an address.
type opener func(ctx context.Context, address string) (Bucket, error)

// schemes maps how an address begins to what opens it. An address without any is a folder.
var schemes = map[string]opener{
	"file":   openFolder,
	"s3":     openCloud,
	"gs":     openCloud,
	"azblob": openCloud,
	"mem":    openCloud,
	"oci":    openRegistry,
}

// Open opens the remote at an address: a folder, file:///folder, s3://bucket?region=…&endpoint=…, gs://bucket,
// azblob://container, oci://host/repository. Who may come in is settled by the environment and the files that each
// provider's own tools read; an address that holds a password is refused.
func Open(ctx context.Context, address string) (Bucket, error) {
	scheme, _, found := strings.Cut(address, "://")
	if !found {
		scheme = "file"
	}
	open, known := schemes[scheme]
	if !known || address == "" {
		return nil, fmt.Errorf("open remote %q: %w: want a folder, s3://…, gs://…, azblob://… or oci://…", Harmless(address), ErrURL)
	}
	if Harmless(address) != address {
		return nil, fmt.Errorf("open remote %s: %w: it holds a password: leave that to the environment or the provider's own files", Harmless(address), ErrURL)
	}
	b, err := open(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("open remote %s: %w", Harmless(address), err)
	}
	return patient(b), nil
}

// OpenExisting is Open for a remote that must be there: a folder that is not is not made, and the error is ErrGone.
func OpenExisting(ctx context.Context, address string) (Bucket, error) {
	scheme, path, found := strings.Cut(address, "://")
	if !found {
		scheme, path = "file", address
	}
	if info, err := os.Stat(path); scheme == "file" && path != "" && (err != nil || !info.IsDir()) {
		return nil, fmt.Errorf("open remote %s: %w: there is no such folder", Harmless(address), ErrGone)
	}
	return Open(ctx, address)
}
