package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/reach"
	"github.com/gemba-ml/gemba/tracker/remote"
)

// fetchOnDemand has a ledger fetch from its remote the blobs that it left there, when somebody reads them. Nothing is
// asked of the remote before.
func (a *app) fetchOnDemand(ctx context.Context, l *journal.Ledger) (done func()) {
	from, err := remoteOf(l.Dir(), nil)
	if err != nil {
		return func() {} // it has no remote
	}
	f := &onDemand{app: a, from: from, ledger: l}
	l.Blobs().FetchWith(func(d tracker.Digest) error { return f.fetch(ctx, d) })
	return f.close
}

// onDemand is a remote that is opened when it is first needed.
type onDemand struct {
	*app
	from   whereabouts
	ledger *journal.Ledger

	mu      sync.Mutex
	bucket  remote.Bucket
	fetcher *remote.Fetcher
	stones  journal.Tombstones
	fault   error
	told    bool
}

func (f *onDemand) fetch(ctx context.Context, d tracker.Digest) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fetcher == nil && f.fault == nil {
		f.fault = f.open(ctx)
	}
	if f.stones[d].Purged() {
		return errPurged
	}
	err := f.fault
	if err == nil {
		err = f.fetcher.Fetch(ctx, d)
	}
	if err == nil {
		return nil
	}
	err = f.explain(d, err)
	if !f.told {
		f.told = true
		f.warn("blob %s: %v", d, err)
		for _, hint := range hints(err) {
			f.warn("try: %s", hint)
		}
	}
	return err
}

// explain says where a blob is that could not be fetched, why not, and what to do.
func (f *onDemand) explain(d tracker.Digest, err error) error {
	here, where := remote.Harmless(f.from.address), remote.Harmless(f.from.address)
	stone, left := f.stones[d]
	if left = left && stone.Evicted(); left {
		where = stone.Remote
	}
	switch {
	case errors.Is(err, errUsage):
		return err // it was not agreed to, which says all
	case !left && errors.Is(err, remote.ErrNotFound):
		return withHint(fmt.Errorf("it is not on the remote %s either: %w", here, err), "gemba verify tells what is missing")
	case !left:
		return withHint(fmt.Errorf("it could not be fetched from %s: %w", here, err), "the same again when that can be reached")
	case where != here || errors.Is(err, remote.ErrNotFound):
		return withHint(fmt.Errorf("its bytes were left to the remote %s, and could not be fetched from %s: %w", where, here, err), "gemba pull %s brings them back", where)
	}
	return withHint(fmt.Errorf("its bytes were left to the remote %s, and could not be fetched: %w", where, err),
		"bring %s back (mount it, connect to it) and do the same again; or gemba pull REMOTE from another one that has them", where)
}

// errPurged says why a blob is not fetched though a remote may have it.
var errPurged = errors.New("it was purged, and does not come back")

func (f *onDemand) open(ctx context.Context) (err error) {
	if f.stones, err = f.ledger.KnownTombstones(ctx, func(error) {}); err != nil { // whoever verifies is told
		return err
	}
	if !agreed(f.ledger.Dir(), f.from.address) {
		return notAgreed(f.from)
	}
	if f.bucket, err = remote.OpenExisting(ctx, f.from.address); err != nil {
		return err
	}
	f.fetcher, err = remote.NewFetcher(ctx, f.ledger.Dir(), f.bucket, f.ledger.Blobs())
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
	purged, err := a.removed(ctx, ledger, gc.Purged)
	if err != nil {
		return err
	}
	for d, size := range fetcher.Lacking() {
		if _, gone := purged[d]; gone {
			continue
		}
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
