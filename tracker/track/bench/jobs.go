//go:build unix

package main

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/gemba-ml/gemba/tracker/track"
)

// This program starts itself again to log: as a program of its own, as users' programs are.
const (
	jobVariable   = "TRACK_BENCH_JOB"
	stepsVariable = "TRACK_BENCH_STEPS"
)

var jobs = map[string]func(){"scalars": logScalars, "events": logEvents}

// timing is what a logging program tells of itself. Times are nanoseconds.
type timing struct {
	P50   int64 `json:"p50"` // of a step
	P99   int64 `json:"p99"`
	Total int64 `json:"total"` // of all steps, and of what has to be done after the last one
	Steps int   `json:"steps"`
}

func steps() int {
	n, _ := strconv.Atoi(os.Getenv(stepsVariable)) // who started this program set it
	return n
}

// logScalars logs five scalars a step.
func logScalars() {
	n := steps()
	took := make([]int64, n)
	start := time.Now()
	run := track.Here()
	for i := range n {
		begin := time.Now()
		x := 0.5 * float64(i)
		run.Metric("loss", x, i)
		run.Metric("accuracy", x+1, i)
		run.Metric("learning_rate", x+2, i)
		run.Metric("grad_norm", x+3, i)
		run.Metric("throughput", x+4, i)
		took[i] = int64(time.Since(begin))
	}
	run.End(run.Err())
	total := time.Since(start)
	slices.Sort(took)
	_ = json.NewEncoder(os.Stdout).Encode(timing{took[n/2], took[n*99/100], int64(total), n}) // who reads misses it
}

// logEvents logs one scalar a step.
func logEvents() {
	run := track.Here()
	for i := range steps() {
		run.Metric("x", float64(i), i)
	}
}
