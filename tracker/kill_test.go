package tracker_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// childEnv makes the test binary a process that records cells into the ledger that it names.
const childEnv = "GEMBA_TEST_RECORD_INTO"

func TestMain(m *testing.M) {
	work := recordCells
	if os.Getenv(fullDiskEnv) != "" {
		work = recordOnFullDisk
	}
	if dir := os.Getenv(childEnv); dir != "" {
		if err := work(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// fullDiskEnv makes that process one whose disk is full for a while.
const fullDiskEnv = "GEMBA_TEST_FULL_DISK"

// recordCells records cells until standard input ends, and prints the number of each one whose record
// is flushed: what the client would have been told.
func recordCells(dir string) error {
	stop := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(stop)
	}()
	config, err := journal.ConfigDir()
	if err != nil {
		return err
	}
	key, err := journal.LoadKey(config)
	if err != nil {
		return err
	}
	r := tracker.NewRecorder(tracker.Options{
		Batch: time.Millisecond, SyncAfter: time.Millisecond,
		Open: func() (tracker.Journal, error) { return journal.Create(dir, journal.Options{Key: key, Writer: "test"}) },
	})
	session := tracker.NewID()
	r.Record(tracker.SessionOpened{Session: session, Time: time.Now(), Engine: "test"})
	for n := 1; ; n++ {
		recordCell(r, session, n)
		if err := r.Flush(context.Background()); err != nil {
			return err
		}
		fmt.Println(n)
		select {
		case <-stop:
			r.Record(tracker.SessionClosed{Session: session, Time: time.Now()})
			return r.Close()
		default:
		}
	}
}

func recordCell(r *tracker.Recorder, session tracker.ID, n int) {
	id := tracker.NewID()
	r.Record(tracker.CellStarted{Session: session, Execution: id, Time: time.Now(), Count: n, Source: fmt.Sprint("cell ", n)})
	for i := range 20 {
		content := fmt.Appendf(nil, `{"name":"stdout","text":"%d %s\n"}`, i, strings.Repeat("x", 100*n%5000))
		r.Record(tracker.CellOutput{Execution: id, Time: time.Now(), Type: "stream", Content: content})
	}
	r.Record(tracker.CellFinished{Execution: id, Time: time.Now(), Status: tracker.OK})
}

// child is a process that records.
type child struct {
	*exec.Cmd
	stdin  io.Closer
	stdout io.Reader
}

func startChild(t *testing.T, dir, config string, env ...string) *child {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(append(os.Environ(), childEnv+"="+dir, "GEMBA_CONFIG="+config), env...)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &child{cmd, stdin, stdout}
}

// told reads the child's output to its end and returns the last number in it.
func (c *child) told() (last int) {
	for lines := bufio.NewScanner(c.stdout); lines.Scan(); {
		last, _ = strconv.Atoi(lines.Text())
	}
	return last
}

// TestKilledRecorder kills a recording process again and again, in the same ledger: everything that
// was flushed is there, the ledger verifies, and what was cut is known to be.
func TestKilledRecorder(t *testing.T) {
	dir, config := filepath.Join(t.TempDir(), ".gemba"), t.TempDir()
	kills := 30
	if testing.Short() {
		kills = 5
	}
	seen := make(map[tracker.ID]bool)
	for i := range kills {
		c := startChild(t, dir, config)
		time.Sleep(time.Duration(rand.IntN(80)) * time.Millisecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		told := c.told()
		_ = c.Wait() // it was killed
		if _, err := os.Stat(filepath.Join(dir, "format")); err != nil && told == 0 {
			continue // killed before it made the ledger
		}
		finished := checkKilled(t, dir, seen)
		if finished < told {
			t.Errorf("kill %d: %d cells in the ledger, %d were flushed", i, finished, told)
		}
	}
}

// checkKilled verifies the ledger and returns how many finished cells the journals have that were not seen before.
func checkKilled(t *testing.T, dir string, seen map[tracker.ID]bool) (finished int) {
	t.Helper()
	report, err := journal.Verify(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Problems {
		t.Error(p)
	}
	l, err := journal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := l.Journals()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		if state, err := l.State(id); state != journal.Cut {
			t.Errorf("journal %s of a killed process is %s, %v", id, state, err)
		}
		finished += finishedCells(t, l, id)
	}
	return finished
}

func finishedCells(t *testing.T, l *journal.Ledger, id tracker.ID) (finished int) {
	t.Helper()
	running := 0
	for r, err := range l.Entries(id, journal.Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		switch r.Entry.(type) {
		case *tracker.CellStartedEntry:
			running++
		case *tracker.CellFinishedEntry:
			running--
			finished++
		}
	}
	if running < 0 || running > 1 {
		t.Errorf("%d cells were cut, at most one was running", running)
	}
	return finished
}

// TestProcessesAtOnce starts eight recording processes in a place where there is no ledger and no key
// yet: none loses anything, and they agree on one key.
func TestProcessesAtOnce(t *testing.T) {
	dir, config := filepath.Join(t.TempDir(), ".gemba"), t.TempDir()
	children := make([]*child, 8)
	for i := range children {
		children[i] = startChild(t, dir, config)
	}
	time.Sleep(200 * time.Millisecond)
	want := 0
	for _, c := range children {
		if err := c.stdin.Close(); err != nil {
			t.Fatal(err)
		}
		want += c.told()
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	report, err := journal.Verify(t.Context(), dir)
	if err != nil || !report.OK() {
		t.Fatalf("%+v, %v", report, err)
	}
	if len(report.Journals) != 9 || report.Unsigned != 0 {
		t.Errorf("%d journals, %d entries unsigned; want 9, 0", len(report.Journals), report.Unsigned)
	}
	l, err := journal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for _, j := range report.Journals[1:] {
		if j.State != journal.Closed || j.Key != report.Journals[0].Key {
			t.Errorf("journal: %+v", j)
		}
		id, err := tracker.ParseID(j.Name)
		if err != nil {
			t.Fatal(err)
		}
		got += finishedCells(t, l, id)
	}
	if got != want {
		t.Errorf("%d cells in the ledger, %d were recorded", got, want)
	}
}
