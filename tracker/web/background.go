package web

import (
	"context"
	"sync"
	"time"
)

// background is something that takes long, is started by a request and asked for by others: at most once at a time.
type background[T any] struct {
	mu       sync.Mutex
	running  bool
	started  time.Time
	finished time.Time
	value    T
	err      error
	has      bool
	done     int64
	total    int64
}

// start starts the work, unless it runs.
func (b *background[T]) start(ctx context.Context, now func() time.Time, work func(ctx context.Context, told func(done, total int64)) (T, error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running {
		return
	}
	b.running, b.started, b.done, b.total = true, now(), 0, 0
	go func() {
		v, err := work(ctx, b.told)
		b.mu.Lock()
		defer b.mu.Unlock()
		b.running, b.finished, b.value, b.err, b.has = false, now(), v, err, err == nil
	}()
}

// told notes how much of the work is done.
func (b *background[T]) told(done, total int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done, b.total = done, total
}

// Progress tells how far something in the background is.
type Progress struct {
	State    string    `json:"state"` // "idle" (nobody asked for it yet), "running", "done" or "failed"
	Started  time.Time `json:"started,omitzero"`
	Finished time.Time `json:"finished,omitzero"`
	Took     int64     `json:"took_ns,omitempty"`    // until now, while it runs
	Done     int64     `json:"done_bytes,omitempty"` // while it runs, where that is known
	Total    int64     `json:"total_bytes,omitempty"`
	Error    *Fault    `json:"error,omitempty"`
}

// look returns how far it is, and what it came to the last time it did not fail.
func (b *background[T]) look(now func() time.Time) (p Progress, value T, has bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.started.IsZero():
		p.State = "idle"
		return p, value, false
	case b.running:
		p = Progress{State: "running", Started: b.started, Took: int64(now().Sub(b.started)), Done: b.done, Total: b.total}
	case b.err != nil:
		f, _ := fault(b.err)
		p = Progress{State: "failed", Started: b.started, Finished: b.finished, Took: int64(b.finished.Sub(b.started)), Error: &f}
	default:
		p = Progress{State: "done", Started: b.started, Finished: b.finished, Took: int64(b.finished.Sub(b.started))}
	}
	return p, b.value, b.has
}
