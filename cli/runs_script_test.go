package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
)

// recordRuns writes runs into a ledger through the real recorder: recordruns LEDGER, with the session of record and two
// runs that its cells told of: recordruns LEDGER cells, or with what is recorded of runs that nobody logged: recordruns LEDGER own.
func recordRuns() {
	flag.Parse()
	recorder := (&app{stderr: os.Stderr}).openRecorder(flag.Arg(0), "test")
	events := storyRuns()
	switch flag.Arg(1) {
	case "cells":
		events = storyFromCells()
	case "own":
		events = append(events, storyOfOwn()...)
	}
	for _, e := range events {
		recorder.Record(e)
	}
	if err := errors.Join(recorder.Flush(context.Background()), recorder.Close()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// storyRun returns the id of the nth run of storyRuns.
func storyRun(n byte) (id tracker.ID) {
	id[0], id[15] = 0xa0+n, n
	return id
}

// storyRuns are four runs of an experiment, one whose name would steer a terminal, and one that was deleted. The course of loss of "twin" is
// that of "base" but for one point; that of "wild" has what is no number, and infinity.
func storyRuns() (events []tracker.Event) {
	at := func(minute int) time.Time { return time.Date(2026, 1, 2, 3, minute, 0, 0, time.UTC) }
	lab := tracker.ExperimentNamed("lab")
	events = append(events, tracker.ExperimentChanged{Experiment: lab, Time: at(0), Name: "lab"})
	for n, r := range []struct {
		name   string
		lr     string
		status tracker.RunStatus
		loss   func(step int) float64
	}{
		{"base", "0.1", tracker.RunFinished, func(s int) float64 { return 1 / float64(1+s) }},
		{"twin", "0.1", tracker.RunFinished, func(s int) float64 {
			if s == 5 {
				return 2
			}
			return 1 / float64(1+s)
		}},
		{"wild", "0.01", tracker.RunFailed, func(s int) float64 {
			return map[int]float64{3: math.NaN(), 6: math.Inf(1), 8: math.Inf(-1)}[s] + 0.25*float64(s)
		}},
		{"evil\x1b]0;owned\x07\nrow", "0.5", tracker.RunKilled, func(s int) float64 { return 3 }},
		{"gone", "0.5", tracker.RunFinished, func(s int) float64 { return 0.001 }},
	} {
		id, start := storyRun(byte(n+1)), at(10*(n+1))
		logged := tracker.RunLogged{Run: id, Time: start,
			Params: []tracker.Param{{Key: "lr", Value: r.lr, Type: tracker.FloatValue}, {Key: "model", Value: "cnn"}},
			Tags:   []tracker.Tag{{Key: "team", Value: "red"}, {Key: account.NoteTag, Value: "A *note*."}}}
		for s := range 10 {
			logged.Metrics = append(logged.Metrics, tracker.Metric{Key: "loss", Value: r.loss(s), Step: int64(s * 10), Time: start.UnixNano() + int64(s)*1e9})
		}
		logged.Metrics = append(logged.Metrics, tracker.Metric{Key: "acc", Value: 0.5 + float64(n)/10, Time: start.UnixNano()})
		events = append(events,
			tracker.RunChanged{Run: id, Experiment: lab, Time: start, Name: r.name, Status: tracker.RunRunning, User: "ada", Source: "train.go", Started: start},
			logged,
			tracker.RunChanged{Run: id, Time: start.Add(time.Minute), Status: r.status, Ended: start.Add(time.Minute)})
	}
	return append(events, tracker.RunChanged{Run: storyRun(5), Time: at(59), Stage: tracker.Deleted})
}

// storyFromCells is story and two runs: "early" of which the first cell told, "late" of which the second did.
func storyFromCells() []tracker.Event {
	events := story()
	session := events[0].(tracker.SessionOpened).Session
	for n, name := range []string{"early", "late"} {
		cell := events[1+3*n].(tracker.CellStarted)
		events = append(events,
			tracker.RunChanged{Run: storyRun(byte(n + 1)), Session: session, Execution: cell.Execution, Time: cell.Time, Name: name, Status: tracker.RunFinished, Started: cell.Time},
			tracker.RunLogged{Run: storyRun(byte(n + 1)), Session: session, Execution: cell.Execution, Time: cell.Time, Params: []tracker.Param{{Key: "p", Value: "1"}}})
	}
	return events
}

// storyOfOwn is what "base" and "twin" have that differs and that nobody logged.
func storyOfOwn() (events []tracker.Event) {
	at := time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)
	for n := range 2 {
		events = append(events, tracker.RunLogged{Run: storyRun(byte(n + 1)), Time: at, Metrics: []tracker.Metric{{Key: "system/memory", Value: float64(n), Time: at.UnixNano()}},
			Tags: []tracker.Tag{{Key: "gemba.mlflow.dataset", Value: fmt.Sprint(n)}}})
	}
	return events
}
