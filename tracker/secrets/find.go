package secrets

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Found is a blob in which something was found.
type Found struct {
	Digest tracker.Digest
	Size   int64 // bytes
}

// Find tells every blob of the packs that holds a match of pattern, each once: in its bytes, or in the
// strings of a JSON document as they read once decoded. A blob in chunks is told, and those of its chunks
// that hold a match by themselves, since they are blobs too. It goes through the packs once, with little
// memory however large a blob is: in one above 64 MB no match of more than 1 MB is found. What cannot be
// read is told to problem, and the rest is looked through.
func Find(ctx context.Context, store *blob.Store, pattern *regexp.Regexp, found func(Found), problem func(error)) error {
	seen := make(map[tracker.Digest]bool)
	visit := func(_ string, f blob.Frame) error {
		if err := ctx.Err(); err != nil || seen[f.Digest] {
			return err
		}
		seen[f.Digest] = true
		switch holds, err := blobHolds(store, f.Digest, pattern); {
		case errors.Is(err, blob.ErrNotFound): // removed meanwhile
		case err != nil:
			problem(fmt.Errorf("search blob %s: %w", f.Digest, err))
		case holds:
			found(Found{f.Digest, f.Raw})
		}
		return nil
	}
	err := store.Scan(visit, func(pack string, err error) { problem(fmt.Errorf("search pack %s: %w", pack, err)) })
	if err != nil {
		return fmt.Errorf("search the packs: %w", err)
	}
	return nil
}

// A large blob is looked through in windows, which overlap by as much as a match may be long.
const (
	window  = 64 << 20
	overlap = 1 << 20
)

// blobHolds reports whether a blob holds a match. A blob is verified as it is read to its end, so that
// damage is an error, unless a match came first.
func blobHolds(store *blob.Store, d tracker.Digest, pattern *regexp.Regexp) (bool, error) {
	r, size, err := store.Open(d)
	if err != nil {
		return false, err
	}
	defer func() { _ = r.Close() }() // nothing was written
	b := make([]byte, 0, min(size+1, window))
	for {
		n, err := io.ReadFull(r, b[len(b):cap(b)])
		b = b[:len(b)+n]
		if holds(b, pattern) {
			return true, nil
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		b = b[:copy(b, b[max(0, len(b)-overlap):])]
	}
}

// holds reports whether text, or what it says when it is JSON, matches.
func holds(text []byte, pattern *regexp.Regexp) bool {
	if pattern.Match(text) {
		return true
	}
	start := bytes.TrimLeft(text[:min(len(text), 64)], " \t\r\n")
	return len(start) > 0 && (start[0] == '{' || start[0] == '[') && pattern.Match(newJSON(text, true).decoded)
}
