// Package web answers questions about a ledger as JSON over net/http: what the web page and the JupyterLab extension show. Its handler is
// called with requests from a socket, and over a Jupyter comm by those who have none: nothing in it may need a connection. Routes stand in
// one table (routes.go), from which the OpenAPI description is made too (openapi.go). It must not know how an answer is drawn, nor commands
// and kernels: what others know (documents of package lineage, how something is recorded) it is given.
package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Index is what is asked of the index; *index.Index answers it.
type Index interface {
	account.Index
	Sync(ctx context.Context) error
	Stand(ctx context.Context) (index.Stand, error)
	Positions(ctx context.Context) (map[tracker.ID]journal.Position, error)
	Problems(ctx context.Context) ([]index.Problem, error)
	Entries(ctx context.Context) (entries, journals int, err error)
	Find(ctx context.Context, prefix string) (index.Match, error)
	Count(ctx context.Context, f index.Filter) (int, error)
	CellsBefore(ctx context.Context, f index.Filter, mark index.Mark, limit int) ([]index.Cell, error)
	CellsAt(ctx context.Context, marks []index.Mark) (map[index.Mark]index.Cell, error)
	OrderOf(ctx context.Context, session tracker.ID, mark index.Mark) ([]index.Ordered, error)
	LatestCells(ctx context.Context, notebook string) ([]index.Cell, error)
	Repeated(ctx context.Context, cells []index.Cell) (map[tracker.ID]index.Cell, error)
	Sessions(ctx context.Context) ([]index.Session, error)
	ExperimentNamed(ctx context.Context, name string) (index.Experiment, error)
	Fields(ctx context.Context) ([]index.FieldUse, error)
	Groups(ctx context.Context, q index.RunSearch, f filter.Field, limit int) (groups []index.Group, runs, values int, err error)
	RunsOf(ctx context.Context, id tracker.ID) ([]tracker.ID, error)
	Models(ctx context.Context, stages []tracker.Stage) ([]index.Model, error)
	Versions(ctx context.Context, model string) ([]index.ModelVersion, error)
	ObservationsIn(ctx context.Context, journal tracker.ID, behind int64) ([]index.ObservedAt, error)
	Snapshot(ctx context.Context, id tracker.ID) (index.Snapshot, error)
	Snapshots(ctx context.Context, name string) ([]index.Snapshot, error)
	View(ctx context.Context, name string) (index.View, error)
	Views(ctx context.Context) ([]index.View, error)
	Runs(ctx context.Context, ids []tracker.ID) ([]index.Run, error)
	ToldTag(ctx context.Context, run tracker.ID, key string) (index.Told, error)
	Reviews(ctx context.Context, subject tracker.ID) ([]index.Review, error)
}

// Journals are what is read of a ledger itself; *journal.Ledger is one.
type Journals interface {
	index.Ledger
	Readable() error
	VerifyJournals(ctx context.Context, ids []tracker.ID) ([]journal.JournalReport, [][]journal.Problem, error)
}

// Options are what a Server is made of. All but Data, Record and OwnKey is needed.
type Options struct {
	Dir       string // of the ledger: it tells cursors of one ledger from those of another
	Index     Index
	Ledger    Journals
	Documents account.Documents
	Data      account.Data                                                                     // nil: data are not compared
	Verify    func(ctx context.Context, told func(done, total int64)) (*journal.Report, error) // told in bytes how far it is
	Measure   func(ctx context.Context) (*gc.Usage, error)
	Record    func(ctx context.Context, events ...tracker.Event) error // returns when they are on the disk and signed; nil: nothing can be written
	OwnKey    func(id string) bool                                     // whether a key is that of who looks; nil: it is not known
	User      string                                                   // who writes
	Version   string                                                   // of this program
	Now       func() time.Time
}

// Server is the handler.
type Server struct {
	Options
	account      account.Reader
	mux          *http.ServeMux
	document     func() []byte // OpenAPI
	fresh        freshness
	fields       remembered[[]index.FieldUse]
	names        remembered[account.Experiments]
	compared     remembered[comparison]
	pairs        remembered[[]account.CellPair]
	subjectNames remembered[map[tracker.ID]subjectName]
	orders       orders
	judged       judged
	files        fileUses
	check        background[*journal.Report]
	measure      background[*gc.Usage]
	changes      *broker
	ending       context.Context
	end          context.CancelFunc
	looking      sync.WaitGroup // whoever asks the index without a request
}

// New returns a Server. Close ends what it does in the background.
func New(o Options) *Server {
	s := &Server{Options: o, account: account.Reader{Index: o.Index, Documents: o.Documents}, mux: http.NewServeMux()}
	s.ending, s.end = context.WithCancel(context.Background())
	s.changes = newBroker(s)
	s.document = sync.OnceValue(func() []byte { return OpenAPI(o.Version) })
	s.register(routes())
	return s
}

// Close ends streams of events and what runs in the background. When it returns, nothing but requests under way asks the index any more.
func (s *Server) Close() {
	s.end()
	s.looking.Wait()
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }
