// Command many makes a ledger of many runs: FOLDER RUNS KEYS gives each run twenty metrics and twenty params; with KEYS it is 24 params, of
// so many different names in all. With another word behind it prints each run as a line of JSON.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

func main() {
	runs, err := strconv.Atoi(os.Args[2])
	keys, keysErr := strconv.Atoi(os.Args[3])
	if err = errors.Join(err, keysErr); err == nil {
		err = fill(os.Args[1], runs, keys, len(os.Args) > 4)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "many:", err)
		os.Exit(1)
	}
}

const few, many = 20, 24

// A told run is what is printed of one. Times are milliseconds since 1970.
type told struct {
	ID      string             `json:"id"`
	Name    string             `json:"name"`
	User    string             `json:"user"`
	Started int64              `json:"started"`
	Ended   int64              `json:"ended"`
	Params  map[string]string  `json:"params"`
	Metrics map[string]float64 `json:"metrics"`
}

func fill(dir string, runs, keys int, tell bool) (err error) {
	w, err := journal.Create(dir, journal.Options{Writer: "many"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	r := rand.New(rand.NewPCG(1, 1))
	epoch := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	out := bufio.NewWriter(os.Stdout)
	defer func() { err = errors.Join(err, out.Flush()) }()
	lines := json.NewEncoder(out)
	for i := range runs {
		h := tracker.Header{Time: epoch.Add(time.Duration(i) * time.Second)}
		l, points := logged(r, i, keys)
		e := &tracker.LoggedEntry{Header: h, Run: tracker.NewID(), Metrics: len(points)}
		var errs [2]error
		e.Logged, errs[0] = w.Put(l.Encode())
		e.Points, errs[1] = w.Put(tracker.EncodePoints(points))
		run := &tracker.RunEntry{Header: h, Run: e.Run, Name: fmt.Sprint("run-", i), Status: tracker.RunFinished, Started: h.Time, Ended: h.Time.Add(time.Minute), User: "ada"}
		if err := errors.Join(errs[0], errs[1], w.Append(run), w.Append(e)); err != nil {
			return err
		}
		if tell {
			if err := lines.Encode(tellOf(run, l, points)); err != nil {
				return err
			}
		}
	}
	return nil
}

func tellOf(run *tracker.RunEntry, l tracker.Logged, points []tracker.Metric) told {
	t := told{ID: run.Run.String(), Name: run.Name, User: run.User, Started: run.Started.UnixMilli(), Ended: run.Ended.UnixMilli(), Params: map[string]string{}, Metrics: map[string]float64{}}
	for _, p := range l.Params {
		t.Params[p.Key] = p.Value
	}
	for _, p := range points {
		t.Metrics[p.Key] = p.Value
	}
	return t
}

func logged(r *rand.Rand, run, keys int) (l tracker.Logged, points []tracker.Metric) {
	each := few
	if keys > 0 {
		each = many
	}
	keys = max(keys, each)
	for k := range each {
		key := fmt.Sprint("param_", (run*each+k)%keys)
		l.Params = append(l.Params, tracker.Param{Key: key, Value: fmt.Sprint(r.IntN(1000)), Type: tracker.IntValue})
	}
	for k := range 20 {
		points = append(points, tracker.Metric{Key: fmt.Sprint("metric_", k), Value: r.Float64(), Step: 1, Time: int64(run)})
	}
	return l, points
}
