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
	return r.bucket.try(r.ctx, func(ctx context.Context) (err error) {
		r.under, r.alive, r.stop = r.bucket.watch(ctx)
		r.r, err = r.bucket.Bucket.Get(r.under, r.name, r.offset, r.left)
		if err != nil {
			err = because(r.under, err)
			r.stop()
		}
		return err
	})
}

func (r *patientReader) Read(b []byte) (int, error) {
	for {
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
	err := r.r.Close()
	r.stop()
	return err
}
