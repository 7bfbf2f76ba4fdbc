package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/mlflow"
)

// uriVariable is where MLflow's clients look for their server.
const uriVariable = "MLFLOW_TRACKING_URI"

// mlflowVariable, set to "off", leaves MLflow's clients in sessions as they are.
const mlflowVariable = "GEMBA_MLFLOW"

// sessionServer is where stock MLflow clients in the programs of a session find its ledger: a server of this process, which opens the
// ledger with the first request. A nil one is none.
type sessionServer struct {
	*app
	ledger   string
	session  tracker.ID
	current  func() tracker.ID // the execution under way
	listener net.Listener
	token    string
	stop     context.CancelFunc
	done     chan struct{}

	once   sync.Once
	opened http.Handler
	fault  error
	close  func() error
}

// serveMLflow offers MLflow's clients of a session its ledger, unless the user told them where to log. Current tells the execution
// under way.
func (s *cellSession) serveMLflow(current func() tracker.ID) *sessionServer {
	if s.recorder == nil || os.Getenv(uriVariable) != "" || os.Getenv(mlflowVariable) == "off" {
		return nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.log("MLflow's clients log where they always did: " + err.Error())
		return nil
	}
	m := &sessionServer{app: s.app, ledger: s.ledger, session: s.id, current: current, listener: listener, token: rand.Text(), done: make(chan struct{})}
	s.screened(m.token)
	ctx, stop := context.WithCancel(context.Background())
	m.stop = stop
	go func() {
		defer close(m.done)
		if err := serveUntil(ctx, listener, &mlflow.Guard{Token: m.token, Next: m}); err != nil {
			s.log("MLflow's clients cannot log any more: " + err.Error())
		}
	}()
	return m
}

// environ tells MLflow's clients where to log.
func (m *sessionServer) environ() []string {
	if m == nil {
		return nil
	}
	return []string{uriVariable + "=http://" + m.listener.Addr().String(), tokenVariable + "=" + m.token}
}

// ServeHTTP answers a client; the first one waits for the ledger.
func (m *sessionServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.once.Do(func() {
		m.opened, m.close, m.fault = m.openServer(context.Background(), m.ledger, func(next mlflow.Recorder) mlflow.Recorder {
			return inSession{next, m}
		})
	})
	if m.fault != nil {
		http.Error(w, m.fault.Error(), http.StatusServiceUnavailable)
		return
	}
	m.opened.ServeHTTP(w, r)
}

// shut ends the server; what was logged is recorded.
func (m *sessionServer) shut() error {
	if m == nil {
		return nil
	}
	m.stop()
	<-m.done
	m.once.Do(func() { m.fault = errors.New("the session is over") })
	if m.close == nil {
		return nil
	}
	return m.close()
}

// inSession is the recorder of what a session's programs log: it says which session and execution did.
type inSession struct {
	mlflow.Recorder
	server *sessionServer
}

// Take leaves an event to the recorder.
func (r inSession) Take(e tracker.Event) bool {
	session, execution := r.server.session, r.server.current()
	switch told := e.(type) {
	case tracker.RunChanged:
		told.Session, told.Execution = session, execution
		e = told
	case tracker.RunLogged:
		told.Session, told.Execution = session, execution
		e = told
	case tracker.ArtifactLogged:
		told.Session, told.Execution = session, execution
		e = told
	}
	return r.Recorder.Take(e)
}
