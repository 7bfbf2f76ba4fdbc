package python_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

// TestInterrupted logs while signals' handlers log too and break calls off by KeyboardInterrupt: no point is changed or told
// twice, and none that was logged is missing.
func TestInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no timers that send signals")
	}
	dir := t.TempDir()
	out := succeed(t, program(t, dir, "interrupted", 3))
	var did struct{ Tried, Handled, Broken int }
	if err := json.Unmarshal(out, &did); err != nil {
		t.Fatal(err)
	}
	var handled, tried []int64
	for _, m := range one(t, absorbed(t, dir)).metrics {
		if m.Value != float64(m.Step) || m.Key != "handled" && m.Key != "key "+strconv.FormatInt(m.Step%1000, 10) {
			t.Fatalf("a point is %+v", m)
		}
		if m.Key == "handled" {
			handled = append(handled, m.Step)
		} else {
			tried = append(tried, m.Step)
		}
	}
	t.Logf("%d points, %d of handlers, %d calls broken off", len(tried), len(handled), did.Broken)
	if did.Broken < 10 || len(handled) > did.Handled || len(tried) > did.Tried || len(handled)+len(tried) < did.Handled+did.Tried-did.Broken {
		t.Errorf("%d points of %d (%d broken off), %d of %d handlers'", len(tried), did.Tried, did.Broken, len(handled), did.Handled)
	}
	for _, steps := range [][]int64{handled, tried} {
		slices.Sort(steps)
		if n := len(steps); len(slices.Compact(steps)) != n {
			t.Error("a point is told twice")
		}
	}
}

const fullSteps = 300_000 // of jobs.py

// fill runs a program that finds no room. It is told of the artifact at most.
func fill(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Run(); err != nil || said(c) != "" && !strings.HasPrefix(said(c), "gemba: artifact 'large' is not kept: ") {
		t.Errorf("%v\n%s", err, said(c))
	}
}

// fits checks what is left of a program that had no room for all it logged: a beginning, and the number of the rest.
func fits(t *testing.T, list []tracker.Event) {
	t.Helper()
	points := count(t, one(t, list).metrics)
	_, gaps := byName(list)
	lost := 0
	for _, reason := range gaps {
		if n, err := strconv.Atoi(strings.Fields(reason)[0]); err == nil {
			lost += n
		}
	}
	if more := points + lost - fullSteps; points < 1000 || points >= fullSteps || more < 1 || more > 3 { // the param, and perhaps artifact and end
		t.Errorf("%d points, gaps %q", points, gaps)
	}
}

// TestFileTooLarge: the system lets no file grow beyond a megabyte.
func TestFileTooLarge(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such limit")
	}
	dir := t.TempDir()
	fill(t, program(t, dir, "full", 1_000_000))
	fits(t, absorbed(t, dir))
}

// TestClosed: a program closes all its files and opens another one where the log was. That one is not written to.
func TestClosed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "other")
	if out := succeed(t, program(t, dir, "closes", path)); string(out) != "0" {
		t.Errorf("the other file has %s bytes", out)
	}
	if b, err := os.ReadFile(path); err != nil || runtime.GOOS != "windows" && string(b) != "1" {
		t.Errorf("the other file is %q, %v", b, err)
	}
	list := absorbed(t, dir)
	if n := count(t, one(t, list).metrics); n < 1000 {
		t.Errorf("%d points", n)
	}
	if _, gaps := byName(list); len(gaps) != 1 || !strings.HasSuffix(gaps[0], "found no room on the disk") {
		t.Errorf("gaps %q", gaps)
	}
}

// TestNowhere: where no log can be, the program is told once, and goes on.
func TestNowhere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := program(t, dir, "many", 1000)
	if err := c.Run(); err != nil || !strings.HasPrefix(said(c), "gemba: what this program logs is not kept: ") || strings.Count(said(c), "\n") != 1 {
		t.Errorf("%v\n%s", err, said(c))
	}
}

// TestWrong gives all that is wrong: each is told, nothing fails, and what is right is kept.
func TestWrong(t *testing.T) {
	dir := t.TempDir()
	c := program(t, dir, "wrong")
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s", err, said(c))
	}
	list := absorbed(t, dir)
	run := one(t, list)
	if len(run.metrics) != 1 || run.metrics[0].Key != "right" || run.statuses() != "running failed" {
		t.Errorf("metrics %v, %s", run.metrics, run.statuses())
	}
	_, gaps := byName(list)
	for _, name := range []string{"i", "n", "a", "file", "null"} {
		if !slices.ContainsFunc(gaps, func(reason string) bool { return strings.HasPrefix(reason, "artifact "+name+": ") }) {
			t.Errorf("nothing tells of %s: %q", name, gaps)
		}
	}
	if n := strings.Count(said(c), " is not logged: "); n < 10 {
		t.Errorf("the program is told %d things:\n%s", n, said(c))
	}
	if strings.Contains(said(c), "Traceback") {
		t.Error(said(c))
	}
}

// TestWithoutSharedMemory runs where nothing can be mapped, as on Windows: what is logged is the same.
func TestWithoutSharedMemory(t *testing.T) {
	dir := t.TempDir()
	c := run(t, dir, "-c", "import sys; sys.modules['fcntl'] = sys.modules['mmap'] = None\nsys.path.insert(0, 'testdata')\nimport gemba, jobs\n"+
		"assert type(gemba._program.opened_log()).__name__ == 'WrittenLog'\njobs.hard(3000); jobs.threads()")
	out := succeed(t, c)
	runs, gaps := byName(absorbed(t, dir))
	if n := bytes.Count(out, []byte("\n")); len(runs["hard"].metrics) != n || len(runs["threads"].metrics) != 40_000 || len(gaps) != 0 {
		t.Errorf("%d points of %d, %d of 40000, gaps %q", len(runs["hard"].metrics), n, len(runs["threads"].metrics), gaps)
	}
}
