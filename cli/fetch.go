package cli

import (
	"context"
	"errors"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/reach"
	"github.com/gemba-ml/gemba/tracker/remote"
)

// fetchOnDemand has a ledger fetch from its remote the blobs that it left there, when somebody reads them. Nothing is
// asked of the remote before.
func (a *app) fetchOnDemand(ctx context.Context, l *journal.Ledger) (done func()) {
	address, err := remoteOf(l.Dir(), nil)
	if err != nil {
		return func() {} // it has no remote
	}
	f := &onDemand{app: a, address: address, store: l.Blobs()}
	l.Blobs().FetchWith(func(d tracker.Digest) error { return f.fetch(ctx, l.Dir(), d) })
	return f.close
}

// onDemand is a remote that is opened when it is first needed.
type onDemand struct {
	*app
	address string
	store   *blob.Store

	mu      sync.Mutex
	bucket  remote.Bucket
	fetcher *remote.Fetcher
	purged  map[tracker.Digest]struct{} // what is not to come back
	fault   error
}

func (f *onDemand) fetch(ctx context.Context, ledger string, d tracker.Digest) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.bucket == nil && f.fault == nil {
		if f.fault = f.open(ctx, ledger); f.fault != nil {
			f.warn("what is not here could not be fetched from %s: %v", remote.Harmless(f.address), f.fault)
		}
	}
	if f.fault != nil {
		return f.fault
	}
	if _, purged := f.purged[d]; purged {
		return errPurged
	}
	return f.fetcher.Fetch(ctx, d)
}

// errPurged says why a blob is not fetched though a remote may have it.
var errPurged = errors.New("it was purged here")

func (f *onDemand) open(ctx context.Context, ledger string) (err error) {
	if f.purged, err = f.removed(ctx, ledger, gc.Purged); err != nil {
		return err
	}
	if f.bucket, err = remote.Open(ctx, f.address); err != nil {
		return err
	}
	f.fetcher, err = remote.NewFetcher(ctx, ledger, f.bucket, f.store)
	return err
}

func (f *onDemand) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.bucket != nil {
		_ = f.bucket.Close() // it was only read
	}
}

// leaveBlobs records that what a remote has and this ledger lacks is left there, so that verify knows.
func (a *app) leaveBlobs(ctx context.Context, ledger, address string, b remote.Bucket) error {
	l, err := journal.Open(ledger)
	if err != nil {
		return err
	}
	fetcher, err := remote.NewFetcher(ctx, ledger, b, l.Blobs())
	if err != nil {
		return err
	}
	e := tracker.BlobsRemoved{Time: a.now(), Reason: gc.Evicted, Remote: remote.Harmless(address), By: "gemba clone --no-blobs"}
	for d, size := range fetcher.Lacking() {
		e.List = tracker.AppendRemoved(e.List, d, size)
		e.Count, e.Bytes = e.Count+1, e.Bytes+size
	}
	r := a.openRecorder(ledger, "clone")
	r.Record(e)
	return r.Close()
}

// fetchAll brings what was left to the remote of all that some journals need. What cannot be had is left out: whoever
// goes on says what is missing.
func (a *app) fetchAll(ctx context.Context, journals []tracker.ID) error {
	l, err := journal.Open(a.ledgerToRead())
	if err != nil {
		return ledgerHint(err)
	}
	defer a.fetchOnDemand(ctx, l)()
	if err := l.Blobs().Refresh(); err != nil {
		return err
	}
	visit := func(d tracker.Digest, document bool) bool {
		if !l.Blobs().Has(d) {
			if r, _, err := l.Blobs().Open(d); err == nil {
				_ = r.Close() // opening fetched it
			}
		}
		return document
	}
	for _, id := range journals {
		for r, err := range l.Lines(id, journal.Position{}) {
			if err != nil {
				return err
			}
			if err := reach.Walk(r.Line, l.Blobs(), visit, func(tracker.Digest, error) {}); err != nil {
				return err
			}
		}
	}
	return nil
}
