package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/mlflow"
)

// tokenVariable is where MLflow's clients look for the token; the server takes its own from there too.
const tokenVariable = "MLFLOW_TRACKING_TOKEN"

type serveOptions struct {
	listen  string
	noToken bool
	hosts   []string
}

func serveCommand(a *app) *cobra.Command {
	var o serveOptions
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the ledger to MLflow clients",
		Long: `serve answers MLflow's REST API: programs that log to an MLflow server log to this ledger, and read from it. It prints its
address first, and then what to set so that MLflow's clients find it. It ends with Ctrl-C.

Who asks must know the token: that of MLFLOW_TRACKING_TOKEN when it is set, else a new one for each start.`,
		Example: `  gemba serve
  gemba serve --listen 127.0.0.1:5000 --no-token
  gemba serve --listen 0.0.0.0:5000 --host tracking.example.org`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, done := untilSignal(c.Context())
			defer done()
			return a.serve(ctx, o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:5000", "the `address` to listen at; port 0 is any free one")
	f.BoolVar(&o.noToken, "no-token", false, "let anybody on this machine in; at a loopback address only")
	f.StringArrayVar(&o.hosts, "host", nil, "a `name` by which clients ask for this machine, beside its addresses and localhost")
	return c
}

func (a *app) serve(ctx context.Context, o serveOptions) error {
	listener, err := o.open()
	if err != nil {
		return err
	}
	defer listener.Close()
	opened := a.explainOpening()
	server, closeLedger, err := a.openServer(ctx, a.ledgerFor("."), nil)
	opened()
	if err != nil {
		return err
	}
	guard := &mlflow.Guard{Token: o.token(), Hosts: o.hosts, Next: server}
	a.printAddress(listener.Addr(), guard.Token)
	err = serveUntil(ctx, listener, guard)
	return errors.Join(err, closeLedger())
}

// open listens, if that is safe.
func (o serveOptions) open() (net.Listener, error) {
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return nil, withHint(fmt.Errorf("listen at %s: %w", o.listen, err), "--listen 127.0.0.1:0 takes any free port")
	}
	if at := listener.Addr().(*net.TCPAddr); o.noToken && !at.IP.IsLoopback() {
		_ = listener.Close()
		return nil, withHint(wrongUse("without a token everybody who reaches %s could read and write the ledger", at), "listen at 127.0.0.1, or leave --no-token away")
	}
	return listener, nil
}

// token returns what clients must know.
func (o serveOptions) token() string {
	if o.noToken {
		return ""
	}
	if token := os.Getenv(tokenVariable); token != "" {
		return token
	}
	return rand.Text()
}

func (a *app) printAddress(at net.Addr, token string) {
	address := "http://" + at.String()
	fmt.Fprintln(a.stdout, address)
	fmt.Fprintf(a.stdout, "export MLFLOW_TRACKING_URI=%s", address)
	if token != "" {
		fmt.Fprintf(a.stdout, " %s=%s", tokenVariable, token)
	}
	fmt.Fprintln(a.stdout)
}

// openServer opens the ledger at dir for reading and writing; what is recorded goes through a recorder of the caller's, nil for
// none. What it returns closes it, and says what could not be written.
func (a *app) openServer(ctx context.Context, dir string, through func(mlflow.Recorder) mlflow.Recorder) (server http.Handler, closeLedger func() error, err error) {
	o := a.recording(dir, "serve")
	own := noteJournal(&o)
	recorder := tracker.NewRecorder(o)
	if err := recorder.Flush(ctx); err != nil { // the ledger is there now
		return nil, nil, errors.Join(err, recorder.Close())
	}
	ledger, err := journal.Open(dir)
	if err != nil {
		return nil, nil, errors.Join(ledgerHint(err), recorder.Close())
	}
	stopFetching := a.fetchOnDemand(ctx, ledger)
	x, err := index.OpenLedger(ctx, ledger)
	if err != nil {
		stopFetching()
		return nil, nil, errors.Join(err, recorder.Close())
	}
	bulk := blob.NewBulk(snapshot.Packs(dir), blob.OpenStore(snapshot.Packs(dir)))
	var heard mlflow.Recorder = recorder
	if through != nil {
		heard = through(heard)
	}
	server = mlflow.New(mlflow.Options{Recorder: heard, Journal: own, Index: x, Keep: bulk, Blobs: ledger.Blobs(), Now: a.now, Screen: o.Screen})
	return server, func() error {
		defer stopFetching()
		return errors.Join(recorder.Close(), bulk.Close(), x.Close())
	}, a.warnOfProblems(ctx, x)
}

// noteJournal makes a recorder's journal known: its id is zero until it is open.
func noteJournal(o *tracker.Options) func() tracker.ID {
	var own atomic.Pointer[tracker.ID]
	open := o.Open
	o.Open = func() (tracker.Journal, error) {
		j, err := open()
		if named, ok := j.(interface{ ID() tracker.ID }); ok && err == nil {
			id := named.ID()
			own.Store(&id)
		}
		return j, err
	}
	return func() tracker.ID {
		if id := own.Load(); id != nil {
			return *id
		}
		return tracker.ID{}
	}
}

// Patience with clients: one that sends its headers slower, or leaves a connection idle longer, is left.
const (
	headerPatience = 10 * time.Second
	idlePatience   = 5 * time.Minute
	endPatience    = 5 * time.Second // with requests under way, when the server is to end
)

// serveUntil serves until the context ends, and then lets requests under way come to their end.
func serveUntil(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerPatience, IdleTimeout: idlePatience, MaxHeaderBytes: 64 << 10}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	grace, stop := context.WithTimeout(context.WithoutCancel(ctx), endPatience)
	defer stop()
	if server.Shutdown(grace) != nil {
		_ = server.Close() // who is left has had the time
	}
	<-ended
	return nil
}
