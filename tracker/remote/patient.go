package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// attempts is how often something is tried with a remote, stall how long it may say nothing meanwhile.
const (
	attempts = 5
	stall    = 30 * time.Second
	pause    = 200 * time.Millisecond // before the second attempt; it doubles
)

// patientBucket tries again what failed, and gives up on a remote that says nothing for too long. There is no
// limit on how long something takes as long as bytes come.
type patientBucket struct {
	Bucket
	stall, pause time.Duration
}

func patient(b Bucket) Bucket { return &patientBucket{b, stall, pause} }

// try calls f until it succeeds, or fails in a way that trying again does not change.
func (p *patientBucket) try(ctx context.Context, f func(context.Context) error) (err error) {
	wait := p.pause
	for n := range attempts {
		if n > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return errors.Join(ctx.Err(), err)
			}
			wait *= 2
		}
		if err = f(ctx); err == nil || ctx.Err() != nil || errors.Is(err, ErrNotFound) || errors.Is(err, errVisit) {
			return err
		}
	}
	return fmt.Errorf("%w (tried %d times)", err, attempts)
}

// watch returns a context that ends when nothing happens for too long; alive says that something did.
func (p *patientBucket) watch(ctx context.Context) (watched context.Context, alive func(), stop func()) {
	watched, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(p.stall, func() { cancel(fmt.Errorf("%w: nothing came for %v", ErrStalled, p.stall)) })
	return watched, func() { timer.Reset(p.stall) }, func() { timer.Stop(); cancel(nil) }
}

// errVisit marks an error of the caller's own.
var errVisit = errors.New("visit failed")

func (p *patientBucket) List(ctx context.Context, prefix string, visit func(string, int64) error) error {
	return p.try(ctx, func(ctx context.Context) error {
		ctx, alive, stop := p.watch(ctx)
		defer stop()
		err := p.Bucket.List(ctx, prefix, func(name string, size int64) error {
			alive()
			if err := visit(name, size); err != nil {
				return fmt.Errorf("%w: %w", errVisit, err)
			}
			return nil
		})
		return because(ctx, err)
	})
}

func (p *patientBucket) Put(ctx context.Context, name string, body *io.SectionReader) error {
	return p.try(ctx, func(ctx context.Context) error {
		ctx, alive, stop := p.watch(ctx)
		defer stop()
		watched := &watchedAt{body, alive}
		return because(ctx, p.Bucket.Put(ctx, name, io.NewSectionReader(watched, 0, body.Size())))
	})
}

// Get begins again where a connection was lost.
func (p *patientBucket) Get(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error) {
	r := &patientReader{bucket: p, ctx: ctx, name: name, offset: offset, left: length}
	if err := r.open(); err != nil {
		return nil, err
	}
	return r, nil
}

// because prefers the reason why a context ended to what its end led to.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && errors.Is(cause, ErrStalled) {
		return cause
	}
	return err
}

// watchedAt says that it is alive whenever it is read.
type watchedAt struct {
	io.ReaderAt
	alive func()
}

func (w *watchedAt) ReadAt(b []byte, offset int64) (int, error) {
	w.alive()
	return w.ReaderAt.ReadAt(b, offset)
}
