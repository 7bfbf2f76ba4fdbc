package blob

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/gemba-ml/gemba/tracker"
)

// wholeLimit is the size in bytes up to which a blob is decoded in one piece, which is much faster.
const wholeLimit = 8 << 20

// decoder verifies and decodes small blobs. It may be used from several goroutines.
type decoder struct{ zstd *zstd.Decoder }

func newDecoder() (*decoder, error) {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(wholeLimit))
	if err != nil {
		return nil, fmt.Errorf("start zstd: %w", err)
	}
	return &decoder{z}, nil
}

func (d *decoder) close() { d.zstd.Close() }

// whole returns the bytes of a frame's blob, verified. The frame is no larger than wholeLimit.
func (d *decoder) whole(file io.ReaderAt, f Frame) ([]byte, error) {
	b := make([]byte, f.Stored)
	if _, err := file.ReadAt(b, f.Offset+headerSize); err != nil {
		return nil, fmt.Errorf("read blob %s: %w", f.Digest, err)
	}
	if f.Flags&flagZstd != 0 {
		var err error
		if b, err = d.zstd.DecodeAll(b, make([]byte, 0, f.Raw)); err != nil {
			return nil, fmt.Errorf("read blob %s: %w: %w", f.Digest, ErrCorrupt, err)
		}
	}
	if int64(len(b)) != f.Raw || tracker.DigestOf(b) != f.Digest {
		return nil, fmt.Errorf("read blob %s: %w", f.Digest, ErrCorrupt)
	}
	return b, nil
}

// small reports whether whole may be used for a frame.
func (f Frame) small() bool { return f.Raw <= wholeLimit && f.Stored <= wholeLimit }

// checkFlags refuses frames that need more than this program knows.
func (f Frame) checkFlags() error {
	if f.Flags&^(flagZstd|flagRecipe) != 0 {
		return fmt.Errorf("read blob %s: unknown flags %#x: it was written by a newer gemba", f.Digest, f.Flags)
	}
	return nil
}

// check reads a frame's blob and reports whether it is what its digest names.
func (d *decoder) check(file io.ReaderAt, f Frame) error {
	if err := f.checkFlags(); err != nil {
		return err
	}
	if f.small() {
		_, err := d.whole(file, f)
		return err
	}
	r, err := payload(file, f)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	_ = r.Close() // closing releases memory and tells nothing
	return err
}

// payload returns a reader of a frame's blob, which fails with ErrCorrupt at its end when the bytes
// are not those that the digest names.
func payload(file io.ReaderAt, f Frame) (io.ReadCloser, error) {
	if err := f.checkFlags(); err != nil {
		return nil, err
	}
	section := io.NewSectionReader(file, f.Offset+headerSize, f.Stored)
	v := &verifier{r: section, hash: sha256.New(), want: f.Digest, left: f.Raw}
	if f.Flags&flagZstd != 0 {
		dec, err := zstd.NewReader(section, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, fmt.Errorf("read blob: %w", err)
		}
		v.r, v.close = dec, dec.Close
	}
	return v, nil
}

// verifier reads a blob and checks length and digest at its end.
type verifier struct {
	r     io.Reader
	hash  hashWriter
	want  tracker.Digest
	left  int64
	close func()
}

type hashWriter interface {
	io.Writer
	Sum([]byte) []byte
}

func (v *verifier) Read(b []byte) (int, error) {
	n, err := v.r.Read(b)
	_, _ = v.hash.Write(b[:n]) // a hash never fails
	v.left -= int64(n)
	switch {
	case v.left < 0, err == io.EOF && (v.left != 0 || tracker.Digest(v.hash.Sum(nil)) != v.want):
		return n, fmt.Errorf("read blob %s: %w", v.want, ErrCorrupt)
	case errors.Is(err, ErrCorrupt), errors.Is(err, ErrNotFound):
		return n, fmt.Errorf("read blob %s: %w", v.want, err)
	case err != nil && err != io.EOF:
		return n, fmt.Errorf("read blob %s: %w: %w", v.want, ErrCorrupt, err)
	}
	return n, err
}

func (v *verifier) Close() error {
	if v.close != nil {
		v.close()
	}
	return nil
}

// wholeReader reads a blob that is in memory, verified.
type wholeReader struct {
	bytes.Reader
	bytes []byte
}

func newWholeReader(b []byte) *wholeReader {
	w := &wholeReader{bytes: b}
	w.Reset(b)
	return w
}

func (*wholeReader) Close() error { return nil }
