package remote

import (
	"context"
	"io"
)

// patientReader reads an object, and opens it again where a read failed.
type patientReader struct {
	bucket *patientBucket
	ctx    context.Context
	name   string
	offset int64
	left   int64 // negative: to the end

	r      io.ReadCloser
	alive  func()
	stop   func()
	under  context.Context // that of r
	failed int             // reads in a row
}

func (r *patientReader) open() error {
	return r.bucket.try(r.ctx, func(ctx context.Context) error {
		r.under, r.alive, r.stop = r.bucket.watch(ctx)
		in, err := r.bucket.Bucket.Get(r.under, r.name, r.offset, r.left)
		if err != nil {
			err = because(r.under, err)
			r.stop()
			return err
		}
		r.r = in
		return nil
	})
}

func (r *patientReader) Read(b []byte) (int, error) {
	for r.r != nil {
		n, err := r.r.Read(b)
		r.advance(n)
		if n > 0 || err == nil || err == io.EOF && r.left <= 0 {
			return n, eof(err, n)
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // fewer bytes than were asked for
		}
		err = because(r.under, err)
		if r.failed++; r.failed >= attempts || r.ctx.Err() != nil {
			return 0, err
		}
		_ = r.Close() // it failed already
		if err := r.open(); err != nil {
			return 0, err
		}
	}
	return 0, io.ErrClosedPipe
}

func (r *patientReader) advance(n int) {
	if n > 0 {
		r.alive()
		r.failed = 0
		r.offset += int64(n)
		if r.left > 0 {
			r.left -= int64(n)
		}
	}
}

// eof leaves an error that came with bytes to the next read.
func eof(err error, n int) error {
	if n > 0 {
		return nil
	}
	return err
}

// Close ends the reading.
func (r *patientReader) Close() error {
	if r.r == nil {
		return nil // it could not be opened again
	}
	err := r.r.Close()
	r.stop()
	r.r = nil
	return err
}
