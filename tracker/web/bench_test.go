package web_test

import (
	"encoding/json"
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

// manyKeys makes runs that have keys out of many different ones: each so many, behind those of the run before.
func manyKeys(b *testing.B, dir string, runs, keys, each int) (ids []tracker.ID) {
	w, err := journal.Create(dir, journal.Options{Writer: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	for i := range runs {
		h := tracker.Header{Time: epoch.Add(time.Duration(i) * time.Second)}
		id := tracker.NewID()
		l := tracker.Logged{}
		var points []tracker.Metric
		for k := range each {
			key := fmt.Sprint("key_", (i*each+k)%keys)
			if k%2 == 0 {
				l.Params = append(l.Params, tracker.Param{Key: key, Value: fmt.Sprint(i, "-", k), Type: tracker.TextValue})
			} else {
				points = append(points, tracker.Metric{Key: key, Value: float64(i) / 3, Step: 1, Time: int64(i)})
			}
		}
		e := &tracker.LoggedEntry{Header: h, Run: id, Metrics: len(points)}
		var errs [2]error
		e.Logged, errs[0] = w.Put(l.Encode())
		e.Points, errs[1] = w.Put(tracker.EncodePoints(points))
		if err := errors.Join(errs[0], errs[1], w.Append(&tracker.RunEntry{Header: h, Run: id, Name: fmt.Sprint("run-", i), Status: tracker.RunFinished, Started: h.Time}), w.Append(e)); err != nil {
			b.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return ids
}

// BenchmarkCompareRuns compares 500 runs that have 12,000 different keys.
func BenchmarkCompareRuns(b *testing.B) {
	dir := filepath.Join(b.TempDir(), ".gemba")
	ids := manyKeys(b, dir, 500, 12_000, 240)
	s := serve(b, dir)
	path := "/api/compare/runs?limit=100"
	for _, id := range ids {
		path += "&run=" + id.String()
	}
	ask := func(b *testing.B, query string) (next string, size int) {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path+query, nil))
		var page struct{ Next string }
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != http.StatusOK {
			b.Fatal(w.Code, err)
		}
		return page.Next, w.Body.Len()
	}
	began := time.Now()
	next, _ := ask(b, "")
	b.Logf("asked for the first time: %v", time.Since(began))
	for _, q := range []struct{ name, query string }{{"first page", ""}, {"next page", "&after=" + next}} {
		b.Run(q.name, func(b *testing.B) {
			size := 0
			for b.Loop() {
				_, size = ask(b, q.query)
			}
			b.ReportMetric(float64(size)/1000, "kB")
		})
	}
}
