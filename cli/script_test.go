package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gemba-ml/gemba/tracker"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"gemba":      func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"record":     record,
		"recordruns": recordRuns,
		"tracks":     tracks,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("GEMBA_CONFIG", filepath.Join(env.WorkDir, "config"))
			env.Setenv("GOCACHE", filepath.Join(env.WorkDir, "cache"))
			env.Setenv("TZ", "UTC")
			program, err := exec.LookPath("gemba")
			if err != nil {
				return err
			}
			env.Setenv("GEMBA", program)
			return os.Mkdir(filepath.Join(env.WorkDir, ".git"), 0o755) // no ledger further up is found
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"corrupt": corrupt, "lose": lose, "spoil": spoil, "status": status, "glob": glob, "await": await, "vanish": vanish, "terminate": terminate},
	})
}

// status runs a command and checks its exit status: status 3 gemba show 12ab.
func status(ts *testscript.TestScript, _ bool, args []string) {
	var want int
	if _, err := fmt.Sscan(args[0], &want); err != nil {
		ts.Fatalf("usage: status N command...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// corrupt flips a bit in the middle of the only journal of a ledger: corrupt LEDGER.
func corrupt(ts *testscript.TestScript, _ bool, args []string) {
	alter(ts, args[0], func(text []byte) { text[len(text)/2] ^= 1 })
}

// spoil makes the sixth line of the only journal of a ledger something that is no entry: spoil LEDGER.
func spoil(ts *testscript.TestScript, _ bool, args []string) {
	alter(ts, args[0], func(text []byte) {
		at := 0
		for range 5 {
			at += bytes.IndexByte(text[at:], '\n') + 1
		}
		text[at] = '}'
	})
}

// lose removes the only journal of a ledger: lose LEDGER.
func lose(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.Remove(onlyJournal(ts, args[0])))
}

func alter(ts *testscript.TestScript, ledger string, change func([]byte)) {
	file := onlyJournal(ts, ledger)
	text, err := os.ReadFile(file)
	ts.Check(err)
	change(text)
	ts.Check(os.WriteFile(file, text, 0o644))
}

func onlyJournal(ts *testscript.TestScript, ledger string) string {
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(ledger), "journals", "*.jsonl"))
	ts.Check(err)
	files = slices.DeleteFunc(files, func(f string) bool { return filepath.Base(f) == "ledger.jsonl" })
	if len(files) != 1 {
		ts.Fatalf("%d journals in %s, want 1", len(files), ledger)
	}
	return files[0]
}

// Ids of what record records: two of them begin alike.
const (
	storySession = "5e551011000000000000000000000001"
	storyFit     = "ce11f170000000000000000000000001"
	storyPlot    = "ce11f170000000000000000000000002"
	storyFail    = "ce11dead000000000000000000000003"
	storyEndless = "ce11e9d1000000000000000000000004"
)

// record writes a session into a ledger through the real recorder, as a kernel would: record LEDGER.
func record() {
	flag.Parse()
	recorder := (&app{stderr: os.Stderr}).openRecorder(flag.Arg(0), "kernel")
	for _, e := range story() {
		recorder.Record(e)
	}
	if err := recorder.Flush(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := recorder.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// story is a session of four cells: one that prints, one that draws, one that fails and is
// interrupted, and one without an end.
func story() []tracker.Event {
	at := func(second int) time.Time { return time.Date(2026, 1, 2, 3, 4, second, 0, time.UTC) }
	id := func(text string) tracker.ID {
		id, err := tracker.ParseID(text)
		if err != nil {
			panic(err)
		}
		return id
	}
	session := id(storySession)
	start := func(second, count int, cell, source string) tracker.CellStarted {
		return tracker.CellStarted{Session: session, Execution: id(cell), Time: at(second), Count: count, CellID: "c" + fmt.Sprint(count),
			Notebook: "lab/iris.ipynb", Source: source}
	}
	output := func(second int, cell, kind, content string) tracker.CellOutput {
		return tracker.CellOutput{Execution: id(cell), Time: at(second), Type: kind, Content: json.RawMessage(content)}
	}
	return []tracker.Event{
		tracker.SessionOpened{Session: session, Time: at(0), Engine: "go", EngineVersion: "go1.26.8", Gemba: "v0.1.0",
			Notebook: "lab/iris.ipynb", Dir: "/lab", Host: "bench", User: "ada", PID: 42, Command: "kernel"},
		start(1, 1, storyFit, "import \"fmt\"\n\n%%\n// Fit the model\nfit()\n"),
		output(2, storyFit, "stream", `{"name":"stdout","text":"loss 0.25\n\u001b]0;owned\u0007\u001b[31mred\u001b[0m\n"}`),
		tracker.CellFinished{Execution: id(storyFit), Time: at(3), Status: tracker.OK, Build: 120 * time.Millisecond, Run: 1500 * time.Millisecond,
			UserCPU: time.Second, SystemCPU: 20 * time.Millisecond, MaxRSS: 12 << 20, Declarations: []string{"fit", "loss"}, Backend: "go", Program: "package main\n"},
		start(4, 2, storyPlot, "plot()"),
		output(5, storyPlot, "display_data", `{"data":{"image/svg+xml":"<svg/>","text/plain":"a plot"},"metadata":{}}`),
		tracker.CellFinished{Execution: id(storyPlot), Time: at(6), Status: tracker.OK, Run: 80 * time.Millisecond, Reused: true},
		start(7, 3, storyFail, "panic(\"no\")"),
		tracker.Interrupted{Session: session, Execution: id(storyFail), Time: at(8), By: "interrupt_request"},
		output(8, storyFail, "error", `{"ename":"panic","evalue":"no","traceback":["panic: no","cell 3, line 1"]}`),
		tracker.CellFinished{Execution: id(storyFail), Time: at(9), Status: tracker.Failed, ErrorName: "panic", ErrorValue: "no", Run: 5 * time.Millisecond},
		start(10, 4, storyEndless, "for {}"),
		tracker.Gap{Session: session, Execution: id(storyEndless), Time: at(11), Reason: "the disk was full"},
	}
}
