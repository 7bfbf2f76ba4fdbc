package python_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/absorb"
	"github.com/gemba-ml/gemba/tracker/track"
)

// TestKilled reads a program's log while it lives, and the rest when it was killed: each point is told once, and none is missing.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	c := program(t, dir, "killed")
	out, err := c.StdoutPipe()
	if err != nil || c.Start() != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Process.Kill() }()
	o, r := options(t, dir)
	o.Live = true
	f := absorb.New(o)
	defer f.Close()
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err, said(c))
	}
	if left, err := f.Poll(t.Context()); left != 1 || err != nil {
		t.Fatal(left, err)
	}
	if n := count(t, one(t, r.list).metrics); n < 100_000 {
		t.Errorf("%d points are read live", n)
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); { // many reads of a log that grows
		before := len(r.list)
		if _, err := f.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(r.list) > before+20 || len(r.list) > 40 {
			break
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if left, err := f.Poll(t.Context()); left != 0 || err != nil {
		t.Fatal(left, err)
	}
	run := one(t, r.list)
	count(t, run.metrics)
	if got := run.statuses(); got != "running killed" {
		t.Errorf("the run was %s", got)
	}
}

// TestFork has children log to the run of their parent, one of which outlives it: the run ends with the parent, each child has
// a log of its own, and the parent's is not locked by a child.
func TestFork(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no fork")
	}
	dir := t.TempDir()
	c := program(t, dir, "fork")
	in, err := c.StdinPipe() // the child lives until it is closed
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil || c.Start() != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, out); err != nil || said(c) != "" {
		t.Fatal(err, said(c))
	}
	o, r := options(t, dir)
	o.Live = true
	f := absorb.New(o)
	defer f.Close()
	poll := func(want int) {
		left := -1
		for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline) && left != want; time.Sleep(10 * time.Millisecond) {
			if left, err = f.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if left != want {
			t.Fatalf("%d logs are of programs that live, want %d", left, want)
		}
	}
	poll(1)
	if err := errors.Join(in.Close(), c.Wait()); err != nil {
		t.Error(err)
	}
	poll(0)
	runs, gaps := byName(r.list)
	if len(gaps) != 0 || len(runs) != 3 || runs["parent"].statuses() != "running finished" || len(runs["parent"].metrics) != 2002 || len(runs["child 2"].metrics) != 0 {
		t.Errorf("%d runs, gaps %q; the parent's was %s and has %d points", len(runs), gaps, runs["parent"].statuses(), len(runs["parent"].metrics))
	}
}

// TestLeaves has a child leave the block that its parent is in: the run is the parent's to end.
func TestLeaves(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no fork")
	}
	dir := t.TempDir()
	succeed(t, program(t, dir, "leaves"))
	runs, _ := byName(absorbed(t, dir))
	r := runs["block"]
	if r.statuses() != "running finished" || len(r.params) != 2 || len(r.tags) != 1 {
		t.Errorf("the run was %s and has %v, %v", r.statuses(), r.params, r.tags)
	}
}

// TestEnds ends runs in all ways.
func TestEnds(t *testing.T) {
	for _, test := range []struct{ how, statuses, error string }{
		{"block", "running finished", ""},
		{"raises", "running failed", "RuntimeError: it broke"},
		{"interrupted", "running killed", "KeyboardInterrupt: "},
		{"given", "running failed", "it is wrong"},
		{"left", "running finished", ""},
		{"uncaught", "running failed", "RuntimeError: nobody caught it"},
		{"vanishes", "running killed", ""},
	} {
		t.Run(test.how, func(t *testing.T) {
			dir := t.TempDir()
			_ = program(t, dir, "ends", test.how).Run() // with any status
			runs, _ := byName(absorbed(t, dir))
			got := ""
			for _, tag := range runs[test.how].tags {
				got += tag.Value
			}
			if s := runs[test.how].statuses(); s != test.statuses || got != test.error {
				t.Errorf("the run was %s, for %q; want %s, %q", s, got, test.statuses, test.error)
			}
		})
	}
}

// TestUsage: outside of notebooks a run that ends has what its program used.
func TestUsage(t *testing.T) {
	dir := t.TempDir()
	c := program(t, dir, "ends", "block")
	c.Env = append(c.Env, "GEMBA_USAGE=")
	succeed(t, c)
	used := map[string]float64{}
	for _, m := range one(t, absorbed(t, dir)).metrics {
		used[m.Key] = m.Value
	}
	if mb := used["system/program_memory_megabytes"]; len(used) != 3 || mb < 1 || mb > 10_000 || used["system/program_user_seconds"] <= 0 {
		t.Errorf("it used %v", used)
	}
}

// TestCells moves a program from cell to cell: what it logs belongs to the cell of now, and so does what it logs to a run that an
// earlier cell began. A cell that logs nothing has nothing.
func TestCells(t *testing.T) {
	dir := t.TempDir()
	place := track.Place{Folder: filepath.Join(dir, "track"), Run: tracker.NewID().String(), Name: "notebook", Session: tracker.NewID().String(), Experiment: "mnist",
		Notebook: "a.ipynb", Live: filepath.Join(dir, "place.json")}
	text, _ := json.Marshal(place)
	c := program(t, dir, "cells", place.Live, 4)
	c.Env = append(c.Env, track.Variable+"="+string(text))
	in, _ := c.StdinPipe()
	out, _ := c.StdoutPipe()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	var executions, runs []string
	for cell := range 4 {
		place.Execution = tracker.NewID().String()
		if cell == 3 {
			place.Run = tracker.NewID().String() // of another experiment
		}
		executions, runs = append(executions, place.Execution), append(runs, place.Run)
		text, _ := json.Marshal(place)
		if err := os.WriteFile(place.Live, append(text, strings.Repeat(" ", 100)...), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := in.Write([]byte("\n")); err != nil {
			t.Fatal(err)
		}
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err, said(c))
		}
	}
	if err := c.Wait(); err != nil || said(c) != "" {
		t.Fatal(err, said(c))
	}
	list := absorbed(t, dir)
	all, _ := byName(list)
	early := all["early"].changed[0].Run.String()
	var got []string
	for _, e := range list {
		if e, ok := e.(tracker.RunLogged); ok {
			got = append(got, strings.Join([]string{e.Metrics[0].Key, e.Run.String(), e.Execution.String(), e.Session.String()}, " "))
		}
	}
	want := []string{"x " + runs[0] + " " + executions[0] + " " + place.Session, "x " + runs[2] + " " + executions[2] + " " + place.Session,
		"y " + early + " " + executions[2] + " " + place.Session, "x " + runs[3] + " " + executions[3] + " " + place.Session}
	if diff := cmp.Diff(want, got); diff != "" || all["early"].statuses() != "running" {
		t.Errorf("%s\nthe early run was %s", diff, all["early"].statuses())
	}
}

// TestResume: another program goes on with a run whose own one is gone.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	_ = program(t, dir, "ends", "vanishes").Run()
	first := absorbed(t, dir)
	id := one(t, first).changed[0].Run.String()
	succeed(t, program(t, dir, "resume", id))
	run := one(t, append(first, absorbed(t, dir)...))
	if got := run.statuses(); got != "running killed running finished" || len(run.metrics) != 1 {
		t.Errorf("the run was %s and has %v", got, run.metrics)
	}
}
