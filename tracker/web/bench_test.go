package web_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// manyRuns makes runs with twenty params and twenty metrics each.
func manyRuns(b *testing.B, dir string, runs int) {
	w, err := journal.Create(dir, journal.Options{Writer: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for i := range runs {
		h := tracker.Header{Time: epoch.Add(time.Duration(i) * time.Second)}
		id := tracker.NewID()
		l := tracker.Logged{}
		var points []tracker.Metric
		for k := range 20 {
			l.Params = append(l.Params, tracker.Param{Key: fmt.Sprint("param_", k), Value: fmt.Sprint(r.IntN(1000)), Type: tracker.IntValue})
			points = append(points, tracker.Metric{Key: fmt.Sprint("metric_", k), Value: r.Float64(), Step: 1, Time: int64(i)})
		}
		e := &tracker.LoggedEntry{Header: h, Run: id, Metrics: len(points)}
		var errs [2]error
		e.Logged, errs[0] = w.Put(l.Encode())
		e.Points, errs[1] = w.Put(tracker.EncodePoints(points))
		if err := errors.Join(errs[0], errs[1], w.Append(&tracker.RunEntry{Header: h, Run: id, Name: fmt.Sprint("run-", i), Status: tracker.RunFinished, Started: h.Time, Ended: h.Time.Add(time.Minute), User: "ada"}), w.Append(e)); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFirstPage asks for the first page of many runs, for one that is filtered and ordered, and for the columns.
func BenchmarkFirstPage(b *testing.B) {
	const runs = 100_000
	dir := filepath.Join(b.TempDir(), ".gemba")
	manyRuns(b, dir, runs)
	began := time.Now()
	s := serve(b, dir)
	b.Logf("%d runs projected in %v", runs, time.Since(began))
	for _, q := range []struct{ name, path string }{
		{"newest", "/api/runs?limit=100"},
		{"filtered", "/api/runs?limit=100&order=metrics.metric_1+DESC&filter=metrics.metric_2+%3E+0.5+AND+params.param_3+%3C+500"},
		{"total", "/api/runs?limit=100&total=true"},
		{"columns", "/api/runs/columns"},
		{"groups", "/api/runs/groups?by=params.param_1"},
	} {
		var first time.Duration
		var took []time.Duration
		var size, packed int
		ask := func() {
			r := httptest.NewRequest(http.MethodGet, q.path, nil)
			r.Header.Set("Accept-Encoding", "gzip")
			w := httptest.NewRecorder()
			began := time.Now()
			s.ServeHTTP(w, r)
			took = append(took, time.Since(began))
			if packed = w.Body.Len(); w.Code != http.StatusOK {
				b.Fatal(w.Code, w.Body)
			}
		}
		ask()
		first, took = took[0], nil
		plain := httptest.NewRecorder()
		s.ServeHTTP(plain, httptest.NewRequest(http.MethodGet, q.path, nil))
		size = plain.Body.Len()
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				ask()
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
			b.ReportMetric(float64(first.Microseconds())/1000, "ms-first")
			b.ReportMetric(float64(size)/1000, "kB")
			b.ReportMetric(float64(packed)/1000, "kB-packed")
		})
	}
}
