package mlflow

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// othersAge is for how long what other programs wrote into the ledger may be missing from an answer.
const othersAge = 200 * time.Millisecond

// freshness tells whether the index lacks something: after a write of this server it does.
type freshness struct {
	written atomic.Int64 // how often this server wrote

	mu     sync.Mutex
	taken  int64 // of written, how many are in the index
	synced time.Time
}

func (f *freshness) wrote() { f.written.Add(1) }

// upToDate brings the index up to date, if something may be missing from it. Those who ask at the same time are served by one Sync. What
// others wrote is looked for now and then; what this server wrote is in one journal, which is quicker to look at.
func (s *Server) upToDate(ctx context.Context) error {
	f := &s.fresh
	f.mu.Lock()
	defer f.mu.Unlock()
	written, now := f.written.Load(), s.Now()
	recent := now.Sub(f.synced) < othersAge && !now.Before(f.synced)
	if recent && written == f.taken {
		return nil
	}
	if err := s.sync(ctx, recent); err != nil {
		return err
	}
	f.taken = written
	if !recent {
		f.synced = now
	}
	return nil
}

// sync brings the index up to date; own: only with what this server wrote, if its journal is known.
func (s *Server) sync(ctx context.Context, own bool) error {
	if own && s.Journal != nil {
		if id := s.Journal(); !id.IsZero() {
			return s.Index.SyncJournal(ctx, id)
		}
	}
	return s.Index.Sync(ctx)
}

// maxTrust is for how long at most what is in memory is taken for what it is, while other programs may change it.
const maxTrust = 10 * time.Second

// trust is for how long what took so long to read holds: reading it again takes a twentieth of the time, or is done each maxTrust.
func trust(took time.Duration) time.Duration { return min(max(othersAge, 20*took), maxTrust) }
