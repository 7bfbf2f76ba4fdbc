package mlflow

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Recorder takes what is written; *tracker.Recorder is one.
type Recorder interface {
	Take(tracker.Event) bool
	Flush(context.Context) error
	Err() error
}

// Index answers what is asked; *index.Index is one.
type Index interface {
	Sync(context.Context) error
	SyncJournal(context.Context, tracker.ID) error
	Experiments(ctx context.Context, stages []tracker.Stage) ([]index.Experiment, error)
	Experiment(ctx context.Context, id tracker.ID) (index.Experiment, error)
	ExperimentNamed(ctx context.Context, name string) (index.Experiment, error)
	Run(ctx context.Context, id tracker.ID) (index.Run, error)
	SearchRuns(ctx context.Context, q index.RunSearch) (index.RunPage, error)
	Series(ctx context.Context, q index.SeriesSearch) ([]tracker.Metric, error)
	Artifacts(ctx context.Context, run tracker.ID, under string) ([]index.Artifact, error)
	Models(ctx context.Context, stages []tracker.Stage) ([]index.Model, error)
	Model(ctx context.Context, name string) (index.Model, error)
	Versions(ctx context.Context, model string) ([]index.ModelVersion, error)
}

// Keep stores the bytes of artifacts; *blob.Bulk is one. Who puts must hold until an entry names what was put.
type Keep interface {
	Hold() (release func(), err error)
	PutReader(io.Reader) (tracker.Digest, int64, error)
	Sync() error
}

// Blobs reads the bytes of artifacts; *blob.Store is one.
type Blobs interface {
	Open(tracker.Digest) (io.ReadCloser, int64, error)
	Get(tracker.Digest) ([]byte, error)
}

// Options set up a Server. All are required but Journal, Now and Screen.
type Options struct {
	Recorder Recorder
	Journal  func() tracker.ID // that the Recorder writes; zero: not yet
	Index    Index
	Keep     Keep
	Blobs    Blobs
	Now      func() time.Time // nil: time.Now
	Screen   tracker.Screen   // that of the Recorder; nil: it has none
}

// Server is an http.Handler for the routes of MLflow's API. It asks nobody who they are: Guard does.
type Server struct {
	Options
	mux *http.ServeMux

	clock       clock
	fresh       freshness
	experiments experiments
	runs        runs
	patience    time.Duration       // with clients that send slowly
	bodies      *semaphore.Weighted // bytes of requests that may be in memory
	registry    sync.Mutex          // held while a model is changed: what is checked must still hold when it is recorded
}

// New returns a Server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{Options: o, mux: http.NewServeMux(), clock: clock{now: o.Now}, patience: time.Minute, bodies: semaphore.NewWeighted(memory)}
	s.runs.known = map[tracker.ID]*run{}
	for _, r := range routes {
		for _, pattern := range r.patterns() {
			s.mux.Handle(pattern, s.handler(r))
		}
	}
	s.mux.HandleFunc("/", s.unknown)
	return s
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if climbs(r.URL.Path) { // the mux would send the client elsewhere
		writeError(w, invalid("Invalid path: %q leads out of its folder.", r.URL.Path))
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	writeError(w, fail(EndpointNotFound, "No route %s %s. ROUTES.md of tracker/mlflow lists what is served.", r.Method, r.URL.Path))
}

// handler runs a route and says what went wrong in MLflow's words.
func (s *Server) handler(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		q.Body = s.patiently(w, q.Body, r.limit < 0)
		if r.limit >= 0 {
			limit := max(r.limit, bodyLimit)
			q.Body = http.MaxBytesReader(w, q.Body, limit)
			done, err := s.reserve(q, limit)
			if err != nil {
				return // the client is gone
			}
			defer done()
		}
		if err := r.serve(s, w, q); err != nil {
			writeError(w, err)
		}
	})
}

// memory is how many bytes of requests are read and answered at a time; others wait. It is two bodies of the largest kind.
const memory = 128 << 20

// reserve waits until there is memory for the body of a request.
func (s *Server) reserve(q *http.Request, limit int64) (done func(), err error) {
	size := limit
	if q.ContentLength >= 0 {
		size = min(q.ContentLength, limit)
	}
	return func() { s.bodies.Release(size) }, s.bodies.Acquire(q.Context(), size)
}

// record writes events and returns when they survive the death of this process. While the ledger cannot be
// written nothing is taken: what waits in memory must not grow, and nobody is told that it was kept.
func (s *Server) record(ctx context.Context, events ...tracker.Event) error {
	if err := s.writable(ctx); err != nil {
		return err
	}
	defer s.fresh.wrote() // also the first ones of events of which a later one is not taken
	for _, e := range events {
		if err := s.take(ctx, e); err != nil {
			return err
		}
	}
	return s.flush(ctx)
}

// take leaves an event to the recorder, once the disk has taken what came before when that fills the recorder's memory.
func (s *Server) take(ctx context.Context, e tracker.Event) error {
	if s.Recorder.Take(e) {
		return nil
	}
	if err := s.flush(ctx); err != nil {
		return err
	}
	if s.Recorder.Take(e) {
		return nil
	}
	return fail(Unavailable, "The ledger cannot keep up: try again.")
}

// writable says whether the ledger can be written now.
func (s *Server) writable(ctx context.Context) error {
	if s.Recorder.Err() == nil {
		return nil
	}
	return s.flush(ctx)
}

// flush does not end with its client: what was recorded is recorded, whoever hears of it.
func (s *Server) flush(ctx context.Context) error {
	if err := s.Recorder.Flush(context.WithoutCancel(ctx)); err != nil {
		return fail(Unavailable, "%v", err)
	}
	return nil
}

// clock tells times of which none is before another one that was told earlier: of two changes the later one counts.
type clock struct {
	now  func() time.Time
	mu   sync.Mutex
	last time.Time
}

func (c *clock) tell() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.After(c.last) {
		c.last = now
	}
	return c.last
}
