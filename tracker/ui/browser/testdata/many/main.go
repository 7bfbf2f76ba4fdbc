// Command many makes a ledger of many runs: FOLDER RUNS KEYS gives each run twenty metrics and twenty params; with KEYS the params are of
// so many different names in all.
package main

import (
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
		err = fill(os.Args[1], runs, keys)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "many:", err)
		os.Exit(1)
	}
}

const each = 24

func fill(dir string, runs, keys int) (err error) {
	w, err := journal.Create(dir, journal.Options{Writer: "many"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	r := rand.New(rand.NewPCG(1, 1))
	epoch := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range runs {
		h := tracker.Header{Time: epoch.Add(time.Duration(i) * time.Second)}
		l, points := logged(r, i, max(keys, each))
		e := &tracker.LoggedEntry{Header: h, Run: tracker.NewID(), Metrics: len(points)}
		var errs [2]error
		e.Logged, errs[0] = w.Put(l.Encode())
		e.Points, errs[1] = w.Put(tracker.EncodePoints(points))
		run := &tracker.RunEntry{Header: h, Run: e.Run, Name: fmt.Sprint("run-", i), Status: tracker.RunFinished, Started: h.Time, Ended: h.Time.Add(time.Minute), User: "ada"}
		if err := errors.Join(errs[0], errs[1], w.Append(run), w.Append(e)); err != nil {
			return err
		}
	}
	return nil
}

func logged(r *rand.Rand, run, keys int) (l tracker.Logged, points []tracker.Metric) {
	for k := range each {
		key := fmt.Sprint("param_", (run*each+k)%keys)
		l.Params = append(l.Params, tracker.Param{Key: key, Value: fmt.Sprint(r.IntN(1000)), Type: tracker.IntValue})
	}
	for k := range 20 {
		points = append(points, tracker.Metric{Key: fmt.Sprint("metric_", k), Value: r.Float64(), Step: 1, Time: int64(run)})
	}
	return l, points
}
