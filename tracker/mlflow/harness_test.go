package mlflow

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// site is a server on a ledger of its own.
type site struct {
	t      testing.TB
	dir    string
	server *Server
	index  *index.Index
	close  func()

	options tracker.Options // of the recorder
}

func newSite(t testing.TB) *site {
	t.Helper()
	return newSiteWith(t, tracker.Options{})
}

// newSiteWith is newSite with options of the recorder.
func newSiteWith(t testing.TB, o tracker.Options) *site {
	t.Helper()
	s := &site{t: t, dir: filepath.Join(t.TempDir(), ".gemba"), options: o}
	s.open()
	t.Cleanup(func() { s.close() })
	return s
}

// open opens the ledger, as gemba serve does.
func (s *site) open() {
	s.t.Helper()
	var own tracker.ID
	o := s.options
	o.Open = func() (tracker.Journal, error) {
		w, err := journal.Create(s.dir, journal.Options{Writer: "test"})
		if err != nil {
			return nil, err
		}
		own = w.ID()
		return w, nil
	}
	recorder := tracker.NewRecorder(o)
	if err := recorder.Flush(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	ledger, err := journal.Open(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.index, err = index.OpenLedger(context.Background(), ledger); err != nil {
		s.t.Fatal(err)
	}
	packs := filepath.Join(s.dir, "packs")
	bulk := blob.NewBulk(packs, blob.OpenStore(packs))
	s.server = New(Options{Recorder: recorder, Journal: func() tracker.ID { return own }, Index: s.index, Keep: bulk, Blobs: ledger.Blobs(), Screen: o.Screen})
	s.close = func() {
		if err := recorder.Close(); err != nil {
			s.t.Error(err)
		}
		_, _ = bulk.Close(), s.index.Close() // the test is over
	}
}

// reopen is a new start of the server.
func (s *site) reopen() {
	s.t.Helper()
	s.close()
	s.open()
}

// send sends a request and returns its status and answer.
func (s *site) send(method, path string, body io.Reader) (int, []byte) {
	s.t.Helper()
	r := httptest.NewRequest(method, path, body)
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes()
}

// call sends a message below /api/2.0/mlflow and returns the answer, which must be one.
func (s *site) call(method, path string, message any) map[string]any {
	s.t.Helper()
	status, answer := s.ask(method, path, message)
	if status != http.StatusOK {
		s.t.Fatalf("%s %s: status %d: %v", method, path, status, answer)
	}
	return answer
}

func (s *site) ask(method, path string, message any) (int, map[string]any) {
	s.t.Helper()
	var body io.Reader
	if message != nil {
		b, err := json.Marshal(message)
		if err != nil {
			s.t.Fatal(err)
		}
		body = bytes.NewReader(b)
	}
	status, b := s.send(method, "/api/2.0/mlflow/"+path, body)
	answer := map[string]any{}
	if err := json.Unmarshal(b, &answer); err != nil {
		s.t.Fatalf("%s %s: the answer is no JSON: %v: %q", method, path, err, b)
	}
	return status, answer
}

// refused checks that a request fails with a code, and returns the message.
func (s *site) refused(method, path string, message any, code Code) string {
	s.t.Helper()
	status, answer := s.ask(method, path, message)
	if status != statuses[code] || answer["error_code"] != string(code) {
		s.t.Errorf("%s %s: status %d: %v, want %s", method, path, status, answer, code)
	}
	text, _ := answer["message"].(string)
	return text
}

// at returns a member of members.
func at(t testing.TB, v any, path ...string) any {
	t.Helper()
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			t.Fatalf("no member %q in %v", name, v)
		}
		v = m[name]
	}
	return v
}

type object = map[string]any

// experiment makes one and returns its id.
func (s *site) experiment(name string) string {
	s.t.Helper()
	return s.call("POST", "experiments/create", object{"name": name})["experiment_id"].(string)
}

// begin begins a run and returns its id.
func (s *site) begin(experiment string) string {
	s.t.Helper()
	return at(s.t, s.call("POST", "runs/create", object{"experiment_id": experiment, "start_time": 1}), "run", "info", "run_id").(string)
}
