package index

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// benchWriter writes runs without waiting for the disk.
func benchWriter(b *testing.B, dir string, write func(w *journal.Writer) error) {
	b.Helper()
	w, err := journal.Create(dir, journal.Options{Writer: "bench"})
	if err == nil {
		err = errors.Join(write(w), w.Close())
	}
	if err != nil {
		b.Fatal(err)
	}
}

// logTo records what a run logged.
func logTo(w *journal.Writer, h tracker.Header, run tracker.ID, l tracker.Logged, points []tracker.Metric) error {
	e := &tracker.LoggedEntry{Header: h, Run: run, Metrics: len(points)}
	var errs [3]error
	if lines := l.Encode(); lines != nil {
		e.Logged, errs[0] = w.Put(lines)
	}
	if len(points) > 0 {
		e.Points, errs[1] = w.Put(tracker.EncodePoints(points))
	}
	errs[2] = w.Append(e)
	return errors.Join(errs[:]...)
}

// manyRuns makes runs with five params, five metrics and two tags each.
func manyRuns(b *testing.B, dir string, runs int) {
	r := rand.New(rand.NewPCG(1, 1))
	benchWriter(b, dir, func(w *journal.Writer) error {
		for i := range runs {
			h := tracker.Header{Time: epoch.Add(time.Duration(i) * time.Second)}
			id := tracker.NewID()
			l := tracker.Logged{Tags: []tracker.Tag{{Key: "mlflow.runName", Value: fmt.Sprint("run-", i)}, {Key: "team", Value: fmt.Sprint(r.IntN(5))}}}
			var points []tracker.Metric
			for k := range 5 {
				l.Params = append(l.Params, tracker.Param{Key: fmt.Sprint("p", k), Value: fmt.Sprint(r.IntN(10)), Type: tracker.IntValue})
				points = append(points, tracker.Metric{Key: fmt.Sprint("m", k), Value: r.Float64(), Step: 1, Time: int64(i)})
			}
			err := errors.Join(
				w.Append(&tracker.RunEntry{Header: h, Run: id, Name: fmt.Sprint("run-", i), Status: tracker.RunRunning, Started: h.Time, User: "ada"}),
				logTo(w, h, id, l, points),
				w.Append(&tracker.RunEntry{Header: tracker.Header{Time: h.Time.Add(1)}, Run: id, Status: tracker.RunFinished, Ended: h.Time.Add(time.Minute)}))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkSearch searches, filters and orders runs.
func BenchmarkSearch(b *testing.B) {
	for _, runs := range []int{10_000, 100_000} {
		dir := newLedger(b)
		manyRuns(b, dir, runs)
		began := time.Now()
		x := open(b, dir)
		b.Logf("%d runs projected in %v", runs, time.Since(began))
		for _, search := range []struct{ name, filter, order string }{
			{"all", "", ""},
			{"filter and order", "metrics.m1 > 0.5 AND params.p1 = '3'", "metrics.m2 DESC"},
			{"numbers", "params.p1 > 3 AND metrics.m1 < 0.9 AND status = 'FINISHED'", "params.p2, metrics.m2"},
			{"texts", "tags.team IN ('1', '2') AND tags.mlflow.runName LIKE '%9%' OR params.p3 = '7'", "tags.team DESC"},
			{"few", "metrics.m1 > 0.9999", "start_time"},
		} {
			for _, limit := range []int{100, 1000} {
				q := parsedSearch(b, search.filter, search.order)
				q.Limit, q.Columns = limit, Columns{Params: true, Tags: true, Metrics: true, Inputs: true}
				began := time.Now()
				if _, err := x.SearchRuns(b.Context(), q); err != nil {
					b.Fatal(err)
				}
				first := time.Since(began)
				b.Run(fmt.Sprintf("%d runs/%s/%d", runs, search.name, limit), func(b *testing.B) {
					for b.Loop() {
						if _, err := x.SearchRuns(b.Context(), q); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(first.Microseconds())/1000, "ms-first")
				})
			}
		}
		_ = x.Close()
	}
}

// BenchmarkSearchAfterLog searches among runs that change between searches.
func BenchmarkSearchAfterLog(b *testing.B) {
	dir := newLedger(b)
	manyRuns(b, dir, 10_000)
	x := open(b, dir)
	q := parsedSearch(b, "metrics.m1 > 0.5 AND params.p1 = '3'", "metrics.m2 DESC")
	q.Limit, q.Columns = 100, Columns{Params: true, Tags: true, Metrics: true}
	page := must[RunPage](b)(x.SearchRuns(b.Context(), q))
	benchWriter(b, dir, func(w *journal.Writer) error {
		for i := 0; b.Loop(); i++ {
			err := logTo(w, tracker.Header{Time: epoch}, page.Runs[i%100].ID, tracker.Logged{}, []tracker.Metric{{Key: "m1", Value: 0.7, Step: int64(i)}})
			if err = errors.Join(err, w.Flush(), x.Sync(b.Context())); err != nil {
				return err
			}
			if _, err := x.SearchRuns(b.Context(), q); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkSyncOneMetric measures what it costs to take in one logged metric, without and with the journal's own work.
func BenchmarkSyncOneMetric(b *testing.B) {
	dir := newLedger(b)
	manyRuns(b, dir, 100)
	x := open(b, dir)
	run, spent := tracker.NewID(), time.Duration(0)
	benchWriter(b, dir, func(w *journal.Writer) error {
		for i := 0; b.Loop(); i++ {
			err := logTo(w, tracker.Header{Time: epoch}, run, tracker.Logged{}, []tracker.Metric{{Key: "loss", Value: float64(i), Step: int64(i), Time: int64(i) * 1e6}})
			if err = errors.Join(err, w.Flush()); err != nil {
				return err
			}
			began := time.Now()
			if err := x.Sync(b.Context()); err != nil {
				return err
			}
			spent += time.Since(began)
		}
		return nil
	})
	b.ReportMetric(float64(spent.Microseconds())/float64(b.N), "µs-sync")
}

// longSeries writes runs with series of points.
func longSeries(b *testing.B, dir string, runs, keys, points int) (ids []tracker.ID) {
	benchWriter(b, dir, func(w *journal.Writer) error {
		for range runs {
			id := tracker.NewID()
			ids = append(ids, id)
			for from := 0; from < points; from += 2000 {
				var batch []tracker.Metric
				for i := from; i < min(from+2000, points); i++ {
					for k := range keys {
						batch = append(batch, tracker.Metric{Key: fmt.Sprint("m", k), Value: math.Sin(float64(i*k) / 100), Step: int64(i), Time: epoch.UnixNano() + int64(i)*1_234_567})
					}
				}
				if err := logTo(w, tracker.Header{Time: epoch}, id, tracker.Logged{}, batch); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return ids
}

// BenchmarkProjectPoints projects five series of 200,000 points.
func BenchmarkProjectPoints(b *testing.B) {
	dir := newLedger(b)
	longSeries(b, dir, 1, 5, 200_000)
	x := open(b, dir)
	for b.Loop() {
		if err := x.Rebuild(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDraw draws 100 runs × 10 metrics × 10,000 steps at 1,000 points each, and reads one history of 20,000 points.
func BenchmarkDraw(b *testing.B) {
	dir := newLedger(b)
	ids := longSeries(b, dir, 100, 10, 10_000)
	history := longSeries(b, dir, 1, 1, 20_000)
	x := open(b, dir)
	b.Run("1000 series at 1000 points", func(b *testing.B) {
		for b.Loop() {
			for _, id := range ids {
				for k := range 10 {
					points, err := x.Series(b.Context(), SeriesSearch{Run: id, Key: fmt.Sprint("m", k), Points: 1000})
					if err != nil || len(points) < 300 {
						b.Fatal(err, len(points))
					}
				}
			}
		}
	})
	b.Run("history of 20000 points", func(b *testing.B) {
		for b.Loop() {
			points, err := x.Series(b.Context(), SeriesSearch{Run: history[0], Key: "m0"})
			if err != nil || len(points) != 20_000 {
				b.Fatal(err, len(points))
			}
		}
	})
}

// BenchmarkProjectRuns projects runs with what they logged.
func BenchmarkProjectRuns(b *testing.B) {
	const runs = 10_000
	dir := newLedger(b)
	manyRuns(b, dir, runs)
	x := open(b, dir)
	for b.Loop() {
		if err := x.Rebuild(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/runs, "µs/run")
}
