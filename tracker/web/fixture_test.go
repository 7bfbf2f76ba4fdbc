package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/web"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// lines reads documents that have a line of JSON for each thing: the tests' own stand-in for package lineage, which web must not know.
type lines struct{}

func read[T any](document []byte) (list []T, err error) {
	for d := json.NewDecoder(bytes.NewReader(document)); ; {
		var v T
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return list, err
		}
		list = append(list, v)
	}
}

func (lines) Observed(b []byte) (account.Touched, error) {
	files, err := read[account.File](b)
	return account.Touched{Files: files}, err
}
func (lines) Changes(b []byte) ([]account.PathState, error)  { return read[account.PathState](b) }
func (lines) Facts(b []byte) ([]account.Fact, error)         { return read[account.Fact](b) }
func (lines) Modules(string, string) ([]account.Fact, error) { return nil, nil }
func (lines) Join(a, b []account.Fact) []account.Fact        { return append(a, b...) }
func (lines) Differences(a, b []account.Fact) []account.FactChange {
	var all []account.FactChange
	for _, f := range a {
		if at := slices.IndexFunc(b, func(g account.Fact) bool { return g.Name == f.Name }); at >= 0 && b[at].Value != f.Value {
			all = append(all, account.FactChange{Name: f.Name, Was: f.Value, Is: b[at].Value})
		}
	}
	return all
}

// house is a ledger that is being written, and what serves it.
type house struct {
	t        testing.TB
	dir      string
	w        *journal.Writer
	now      time.Time
	server   *web.Server
	session  tracker.ID
	cells    []tracker.ID
	runs     []tracker.ID
	blob     tracker.Digest
	unstored string // the bytes of the last batch of outputs that was recorded: they may not be in the ledger
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, dir: filepath.Join(t.TempDir(), ".gemba"), now: epoch, session: tracker.NewID()}
	w, err := journal.Create(h.dir, journal.Options{Writer: "test", Now: func() time.Time { return h.now }})
	if err != nil {
		t.Fatal(err)
	}
	h.w = w
	t.Cleanup(func() { _ = w.Close() })
	h.server = serve(t, h.dir)
	return h
}

// recordFault is the key of a context that says why nothing can be recorded.
type recordFault struct{}

// serve opens what serves the ledger in dir.
func serve(t testing.TB, dir string) *web.Server {
	return serveWatched(t, dir, func(x *index.Index) web.Index { return x })
}

// serveWatched is serve with an index that somebody watches.
func serveWatched(t testing.TB, dir string, watched func(*index.Index) web.Index) *web.Server {
	t.Helper()
	ledger, err := journal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.OpenLedger(t.Context(), ledger)
	if err != nil {
		t.Fatal(err)
	}
	key := journal.NewKey()
	recorder := tracker.NewRecorder(tracker.Options{Strict: true, Open: func() (tracker.Journal, error) { return journal.Create(dir, journal.Options{Writer: "ui", Key: key}) }})
	s := web.New(web.Options{Dir: dir, Index: watched(x), Ledger: ledger, Documents: lines{}, Data: listed{}, User: "ada", Version: "test", Now: time.Now,
		Record: func(ctx context.Context, events ...tracker.Event) error {
			if fault := ctx.Value(recordFault{}); fault != nil {
				return fault.(error)
			}
			for _, e := range events {
				recorder.Record(e)
			}
			return recorder.Flush(ctx)
		},
		Verify: func(ctx context.Context, told func(done, total int64)) (*journal.Report, error) {
			return journal.VerifyTelling(ctx, dir, told)
		},
		Measure: func(ctx context.Context) (*gc.Usage, error) { return gc.Measure(ctx, dir) },
	})
	t.Cleanup(func() {
		s.Close()
		_ = recorder.Close()
		_ = x.Close()
	})
	return s
}

func (h *house) head(cell tracker.ID) tracker.Header {
	h.now = h.now.Add(time.Second)
	return tracker.Header{Time: h.now, Session: h.session, Execution: cell}
}

func (h *house) put(text string) tracker.Digest {
	d, err := h.w.Put([]byte(text))
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

func (h *house) append(all ...tracker.Entry) {
	h.t.Helper()
	for _, e := range all {
		if err := h.w.Append(e); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := h.w.Flush(); err != nil {
		h.t.Fatal(err)
	}
}

// cell records a cell execution that reads and writes files.
func (h *house) cell(notebookID, source string, files ...account.File) tracker.ID {
	id := tracker.NewID()
	var document strings.Builder
	for _, f := range files {
		b, _ := json.Marshal(f)
		document.Write(append(b, '\n'))
	}
	output := h.put("{\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"stream\",\"content\":{\"name\":\"stdout\",\"text\":\"1 \u202e <b>\\n\"}}\n")
	h.append(&tracker.CellStartedEntry{Header: h.head(id), Count: len(h.cells) + 1, CellID: notebookID, Notebook: "lab/plot.ipynb", Source: h.put(source), SourceSize: int64(len(source))},
		&tracker.CellOutputsEntry{Header: h.head(id), Outputs: output, Size: 100, Count: 1, Messages: 1},
		&tracker.CodeEntry{Header: h.head(id), Commit: "c0ffee", Branch: "main", Repository: "/r"},
		&tracker.FilesEntry{Header: h.head(id), Observed: h.put(document.String()), Read: 1},
		&tracker.CellFinishedEntry{Header: h.head(id), Status: tracker.OK})
	h.cells = append(h.cells, id)
	return id
}

// run records a run that logged a curve.
func (h *house) run(name string, cell tracker.ID, lr string, loss float64) tracker.ID {
	id := tracker.NewID()
	l := tracker.Logged{Params: []tracker.Param{{Key: "lr", Value: lr, Type: tracker.FloatValue}, {Key: "opt", Value: "adam"}}, Tags: []tracker.Tag{{Key: "team", Value: "red"}}}
	var points []tracker.Metric
	for i := range 5000 {
		points = append(points, tracker.Metric{Key: "loss", Value: loss + 1/float64(i+1), Step: int64(i), Time: epoch.UnixNano() + int64(i)*1e9})
	}
	h.append(&tracker.RunEntry{Header: h.head(cell), Run: id, Name: name, Status: tracker.RunRunning, Started: h.now, User: "ada", Source: "train.py"},
		&tracker.LoggedEntry{Header: h.head(cell), Run: id, Logged: h.put(string(l.Encode())), Params: 2, Tags: 1, Points: h.put(string(tracker.EncodePoints(points))), Metrics: len(points)},
		&tracker.ArtifactEntry{Header: h.head(cell), Run: id, Path: "out/page.html", Media: "text/html", Artifact: h.blob, Bytes: 3},
		&tracker.RunEntry{Header: h.head(cell), Run: id, Status: tracker.RunFinished, Ended: h.now})
	h.runs = append(h.runs, id)
	return id
}

// furnished is a house with a session of cells and runs.
func furnished(t testing.TB) *house {
	h := newHouse(t)
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab/plot.ipynb", PID: 7},
		&tracker.EnvironmentEntry{Header: h.head(tracker.ID{}), Environment: h.put(`{"name":"go.version","value":"go1.26.8"}` + "\n")})
	h.blob = h.put("<script>alert(1)</script>")
	a := h.cell("one", "x := 1", account.File{Path: "/d/in.csv", Read: true, Before: strings.Repeat("a", 64)})
	b := h.cell("two", "y := 2", account.File{Path: "/d/out.bin", Written: true, Created: true, After: strings.Repeat("b", 64)})
	h.cell("one", "x := 3", account.File{Path: "/d/out.bin", Written: true, After: strings.Repeat("c", 64)})
	h.run("first", a, "0.1", 1)
	h.run("second", b, "0.2", 0.5)
	snapshot := tracker.NewID()
	h.append(&tracker.SnapshotEntry{Header: h.head(b), Snapshot: snapshot, Name: "data", Path: "/d", Tree: h.put(`{}` + "\n"), Files: 1})
	h.append(&tracker.ModelEntry{Header: tracker.Header{Time: h.now}, Model: "m"}, &tracker.ModelEntry{Header: tracker.Header{Time: h.now}, Model: "m", Version: 1, Run: h.runs[1]})
	return h
}

// ask sends a request as the comm does: without a connection.
func (h *house) ask(method, path, body string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, strings.NewReader(body))
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	return w
}

// get asks for JSON.
func get[T any](h *house, path string) T {
	h.t.Helper()
	w := h.ask(http.MethodGet, path, "")
	if w.Code != http.StatusOK {
		h.t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		h.t.Fatalf("GET %s: %v", path, err)
	}
	return v
}
