package mlflow

import (
	"context"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// maxKnown is how many runs are kept in memory.
const maxKnown = 4096

// runs is what is known of the runs that are written to, so that a write is checked without asking the index.
type runs struct {
	mu    sync.Mutex
	known map[tracker.ID]*run
}

// run is what a write to a run is checked against, and what MLflow's clients get back from one.
type run struct {
	mu     sync.Mutex
	id     tracker.ID
	info   runInfo
	params map[string]string
	tags   map[string]string
	inputs map[[2]string]bool // name and digest
	stale  time.Time          // when the index is to be asked again: others may have changed it
	used   time.Time          // guarded by runs.mu
}

// put keeps a run. When there are too many, one of those that were used longest ago goes.
func (r *runs) put(one *run, now time.Time) *run {
	r.mu.Lock()
	defer r.mu.Unlock()
	if have, found := r.known[one.id]; found {
		return have
	}
	one.used = now
	if len(r.known) >= maxKnown {
		delete(r.known, r.oldest())
	}
	r.known[one.id] = one
	return one
}

// oldest looks at some runs only: a map gives them in an order of chance.
func (r *runs) oldest() (id tracker.ID) {
	var used time.Time
	looked := 0
	for at, one := range r.known {
		if looked == 0 || one.used.Before(used) {
			id, used = at, one.used
		}
		if looked++; looked == 16 {
			break
		}
	}
	return id
}

func (r *runs) find(id tracker.ID, now time.Time) *run {
	r.mu.Lock()
	defer r.mu.Unlock()
	one := r.known[id]
	if one != nil {
		one.used = now
	}
	return one
}

// forget makes the index be asked again.
func (r *runs) forget(id tracker.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.known, id)
}

// run returns a run, locked: unlock is to be called.
func (s *Server) run(ctx context.Context, text string) (one *run, unlock func(), err error) {
	id, err := parseRun(text)
	if err != nil {
		return nil, nil, err
	}
	for {
		now := s.Now()
		if one = s.runs.find(id, now); one == nil {
			if one, err = s.loadRun(ctx, id); err != nil {
				return nil, nil, err
			}
			one = s.runs.put(one, now)
		}
		one.mu.Lock()
		known := s.runs.find(id, now) == one // else it was forgotten while it was waited for
		if known {
			err = s.renew(ctx, one)
		}
		if known && err == nil {
			return one, one.mu.Unlock, nil
		}
		one.mu.Unlock()
		if err != nil {
			return nil, nil, err
		}
	}
}

// renew asks the index for a locked run again when others may have changed it. What this server recorded of it is in the ledger then.
func (s *Server) renew(ctx context.Context, one *run) error {
	if s.Now().Before(one.stale) {
		return nil
	}
	fresh, err := s.loadRun(ctx, one.id)
	if err != nil {
		return err
	}
	one.info, one.params, one.tags, one.inputs, one.stale = fresh.info, fresh.params, fresh.tags, fresh.inputs, fresh.stale
	return nil
}

// activeRun is run that refuses a deleted one.
func (s *Server) activeRun(ctx context.Context, text string) (one *run, unlock func(), err error) {
	one, unlock, err = s.run(ctx, text)
	if err == nil && one.info.Stage == string(tracker.Deleted) {
		unlock()
		return nil, nil, invalid("The run %s must be in the 'active' state. Current state is deleted.", text)
	}
	return one, unlock, err
}

func (s *Server) loadRun(ctx context.Context, id tracker.ID) (*run, error) {
	begun := s.Now()
	x, err := s.indexedRun(ctx, id)
	if err != nil {
		return nil, err
	}
	info, err := s.runInfo(ctx, x)
	if err != nil {
		return nil, err
	}
	one := newRun(id, info)
	for _, p := range x.Params {
		one.params[p.Key] = p.Value
	}
	for _, t := range x.Tags {
		one.tags[t.Key] = t.Value
	}
	for _, in := range x.Inputs {
		one.inputs[[2]string{in.Name, in.Digest}] = true
	}
	now := s.Now()
	one.stale = now.Add(trust(now.Sub(begun)))
	return one, nil
}

func newRun(id tracker.ID, info runInfo) *run {
	return &run{id: id, info: info, params: map[string]string{}, tags: map[string]string{}, inputs: map[[2]string]bool{}}
}

// indexedRun returns a run as the index has it now.
func (s *Server) indexedRun(ctx context.Context, id tracker.ID) (index.Run, error) {
	if err := s.upToDate(ctx); err != nil {
		return index.Run{}, err
	}
	x, err := s.Index.Run(ctx, id)
	return x, orMissing(err, "Run with id=%s not found", id)
}
