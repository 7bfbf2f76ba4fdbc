package kernel

import (
	"context"
	"encoding/json"
	"math"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// queue holds the execute_requests that wait for the worker.
type queue struct {
	mu      sync.Mutex
	waiting []request
	wake    chan struct{} // has a token when something may wait
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

func (q *queue) push(r request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, r)
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take removes up to n requests.
func (q *queue) take(n int) []request {
	q.mu.Lock()
	defer q.mu.Unlock()
	n = min(n, len(q.waiting))
	taken := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return taken
}

// next waits for a request; it reports false when ctx ends.
func (q *queue) next(ctx context.Context) (request, bool) {
	for ctx.Err() == nil {
		if taken := q.take(1); len(taken) == 1 {
			return taken[0], true
		}
		select {
		case <-q.wake:
		case <-ctx.Done():
		}
	}
	return request{}, false
}

// work executes cells one after the other until ctx ends.
func (s *Server) work(ctx context.Context) {
	for {
		r, ok := s.queue.next(ctx)
		if !ok {
			return
		}
		s.execute(ctx, r)
	}
}

// started is the metadata of execute_reply that front ends time cells by.
type started struct {
	Started string `json:"started"`
	Status  string `json:"status"`
}

// execute runs one execute_request from its busy to its idle.
func (s *Server) execute(ctx context.Context, r request) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	meta := started{Started: wire.FormatDate(s.Session.options.Now()), Status: wire.StatusOK}
	s.begins(&running{r, cancel})
	content, failed, stops := s.runCell(ctx, r)
	var behind []request
	if failed {
		meta.Status = wire.StatusError
	}
	if failed && stops {
		behind = s.queuedBehind()
	}
	s.ends(r, content, meta)
	for _, b := range behind {
		s.abort(b)
	}
}

// begins sets what runs and says so.
func (s *Server) begins(now *running) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = now
	s.status(wire.Busy, &now.request)
}

// ends replies to what ran, which nothing does from now on.
func (s *Server) ends(r request, content any, meta started) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = nil
	s.conclude(r, wire.ExecuteReply, content, meta)
}

// runCell executes the cell of a request and returns the reply's content, whether it failed, and
// whether a failure stops the queue.
func (s *Server) runCell(ctx context.Context, r request) (content any, failed, stops bool) {
	asked, cell, bad := cellOf(r)
	if bad != nil {
		return *bad, true, false
	}
	cell.Count = s.Session.Number(cell)
	f := &front{server: s, ctx: ctx, parent: r, asks: asked.Asks()}
	outcome := s.Session.Execute(ctx, cell, f)
	if outcome.Error != nil {
		return wire.ExecuteFailed{Status: wire.StatusError, Count: cell.Count, Error: *outcome.Error}, true, asked.Stops()
	}
	return succeeded(cell, outcome), false, false
}

func succeeded(cell wire.Cell, o wire.Outcome) wire.ExecuteOK {
	ok := wire.ExecuteOK{Status: wire.StatusOK, Count: cell.Count, Payload: o.Payload, UserExpressions: o.UserExpressions}
	if ok.Payload == nil {
		ok.Payload = []any{}
	}
	if ok.UserExpressions == nil {
		ok.UserExpressions = map[string]any{}
	}
	return ok
}

// cellOf reads an execute_request. One that cannot be read is answered with bad.
func cellOf(r request) (asked wire.Execute, cell wire.Cell, bad *wire.Failed) {
	if err := json.Unmarshal(r.Content, &asked); err != nil {
		f := wire.NewFailed("BadRequest", "read execute_request: "+err.Error())
		return asked, cell, &f
	}
	if asked.Code == nil {
		f := wire.NewFailed("BadRequest", "execute_request without code: the front end must send the cell's text")
		return asked, cell, &f
	}
	var meta wire.ExecuteMetadata
	_ = json.Unmarshal(r.Metadata, &meta) // a front end that sends no cell id is none the worse
	return asked, wire.Cell{
		Source: *asked.Code, CellID: meta.CellID, Silent: asked.Silent, Uncounted: !asked.Counts(),
		AllowStdin: asked.Asks(), UserExpressions: asked.UserExpressions,
	}, nil
}

// arrival is how long after a failure requests count as sent before it was known. It passes before
// the failed reply leaves, so nobody can have sent them because of that reply.
const arrival = 20 * time.Millisecond

// queuedBehind takes the requests that a failed cell aborts: those sent before its failure was known.
func (s *Server) queuedBehind() []request {
	time.Sleep(arrival)
	return s.queue.take(math.MaxInt)
}

// abort answers a request whose cell will not run.
func (s *Server) abort(r request) {
	s.busy(r)
	if _, cell, bad := cellOf(r); bad == nil {
		s.Session.Abort(cell)
	}
	s.done(r, wire.ExecuteReply, wire.Plain{Status: wire.StatusAborted},
		started{Started: wire.FormatDate(s.Session.options.Now()), Status: wire.StatusAborted})
}
