package python_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

// TestHardPoints logs points of all kinds and compares them bit by bit: NaN with payloads, negative zero, infinities, steps over all 64
// bits and back, keys that are empty, long, and no Unicode.
func TestHardPoints(t *testing.T) {
	dir := t.TempDir()
	out := succeed(t, program(t, dir, "hard", 20_000))
	runs, _ := byName(absorbed(t, dir))
	got, last := runs["hard"].metrics, int64(0)
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(got) != len(lines) || len(got) != 20_000 {
		t.Fatalf("%d points, of %d", len(got), len(lines))
	}
	for i, line := range lines {
		var want struct {
			Key  string
			Bits string
			Step int64
		}
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatal(err)
		}
		bits, _ := strconv.ParseUint(want.Bits, 10, 64)
		key := strings.ToValidUTF8(strings.ReplaceAll(got[i].Key, "\uFFFD\uFFFD\uFFFD", "\uFFFD"), "\uFFFD") // three bytes that are no character
		if key != want.Key || got[i].Step != want.Step || math.Float64bits(got[i].Value) != bits || got[i].Time < last {
			t.Fatalf("point %d is %+v, want %s", i, got[i], line)
		}
		last = got[i].Time
	}
}

// count checks that points of a series are 0, 1, 2, …, and returns how many there are.
func count(t *testing.T, points []tracker.Metric) int {
	t.Helper()
	for i, m := range points {
		if m.Step != int64(i) || m.Value != float64(i) {
			t.Fatalf("point %d is %+v", i, m)
		}
	}
	return len(points)
}

// TestManyAtOnce has 64 programs log at the same time.
func TestManyAtOnce(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	for range 64 {
		c := program(t, dir, "many", 2000)
		group.Go(func() {
			if out, err := c.Output(); err != nil || said(c) != "" {
				t.Errorf("%v\n%s%s", err, out, said(c))
			}
		})
	}
	group.Wait()
	runs := map[tracker.ID][]tracker.Metric{}
	for _, e := range absorbed(t, dir) {
		if e, ok := e.(tracker.RunLogged); ok {
			runs[e.Run] = append(runs[e.Run], e.Metrics...)
		}
	}
	if len(runs) != 64 {
		t.Errorf("%d runs", len(runs))
	}
	for id, points := range runs {
		if n := count(t, points); n != 2000 {
			t.Errorf("run %s has %d points", id, n)
		}
	}
}

// TestThreads has eight threads log to one run and to one of their own each.
func TestThreads(t *testing.T) {
	dir := t.TempDir()
	succeed(t, program(t, dir, "threads"))
	runs, gaps := byName(absorbed(t, dir))
	if len(runs) != 9 || len(gaps) != 0 {
		t.Fatalf("%d runs, gaps %q", len(runs), gaps)
	}
	sums := map[float64]int64{}
	for _, m := range runs["threads"].metrics {
		sums[m.Value] += m.Step
	}
	for thread := range 8 {
		r := runs["thread "+strconv.Itoa(thread)]
		if n := count(t, r.metrics); n != 5000 || len(r.params) != 1 || len(r.artifacts) != 1 || r.statuses() != "running finished" {
			t.Errorf("thread %d: %d points, params %v, %d artifacts, %s", thread, n, r.params, len(r.artifacts), r.statuses())
		}
		if want := int64(4999 * 5000 / 2); sums[float64(thread)] != want {
			t.Errorf("thread %d: the steps' sum is %d, want %d", thread, sums[float64(thread)], want)
		}
	}
}
