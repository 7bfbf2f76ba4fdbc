package track_test

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/absorb"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/track"
)

// programs are what runs when the test's own program is started again with a job to do.
var programs = map[string]func(){
	"million": func() {
		run := track.Here()
		for p := range points(1_000_000) {
			run.Metric(p.Key, p.Value, int(p.Step))
		}
	},
	"full": func() {
		run := track.Here()
		for step := range fullSteps {
			run.Metric("x", float64(step), step)
		}
		run.Bytes("large", "", make([]byte, 8<<20))
		run.Param("too_long", strings.Repeat("x", 40<<20))
		run.End(nil)
	},
	"resume": func() {
		run := track.Start("", track.Resume(os.Getenv("TRACK_TEST_RUN")))
		run.Metric("x", 2, 2)
		run.End(nil)
	},
	"begin": func() {
		run := track.Start("long", track.In("mnist"))
		run.Metric("x", 1, 1)
		_, _ = os.Stdout.WriteString(run.ID())
	},
}

const fullSteps = 300_000

func TestMain(m *testing.M) {
	if program := programs[os.Getenv("TRACK_TEST_PROGRAM")]; program != nil {
		limit()
		program()
		return
	}
	os.Exit(m.Run())
}

// points yields n points as a hard case would have them: any bits, steps that go back, many keys.
func points(n int) func(func(tracker.Metric) bool) {
	return func(yield func(tracker.Metric) bool) {
		random := rand.New(rand.NewPCG(1, 2))
		for range n {
			p := tracker.Metric{Key: "key " + strconv.Itoa(random.IntN(100)), Value: math.Float64frombits(random.Uint64()), Step: int64(random.Uint64())}
			if !yield(p) {
				return
			}
		}
	}
}

// program starts this program again to do a job with the ledger in dir.
func program(dir, job string, more ...string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(append(os.Environ(), "TRACK_TEST_PROGRAM="+job, "GEMBA_LEDGER="+dir, "GEMBA_USAGE=off", track.Variable+"="), more...)
	c.Stderr = os.Stderr
	return c
}

// events is a recorder that keeps what it is told.
type events struct{ list []tracker.Event }

func (e *events) Record(event tracker.Event)  { e.list = append(e.list, event) }
func (e *events) Flush(context.Context) error { return nil }

// absorbed returns what gemba reads of a ledger's logs.
func absorbed(t *testing.T, dir string) []tracker.Event {
	t.Helper()
	packs := t.TempDir()
	bulk := blob.NewBulk(packs, blob.OpenStore(packs))
	defer bulk.Close()
	r := &events{}
	if err := absorb.Leftovers(t.Context(), absorb.Options{Folder: filepath.Join(dir, "track"), Recorder: r, Store: bulk}); err != nil {
		t.Fatal(err)
	}
	return r.list
}

// metrics returns the points of all runs, in the order in which they were logged for each key.
func metrics(list []tracker.Event) (all []tracker.Metric) {
	for _, e := range list {
		if e, ok := e.(tracker.RunLogged); ok {
			all = append(all, e.Metrics...)
		}
	}
	return all
}

// TestMillionPoints logs a million points of all kinds and compares them bit by bit.
func TestMillionPoints(t *testing.T) {
	dir := t.TempDir()
	if err := program(dir, "million").Run(); err != nil {
		t.Fatal(err)
	}
	got := metrics(absorbed(t, dir))
	if len(got) != 1_000_000 {
		t.Fatalf("%d points", len(got))
	}
	i, last := 0, int64(0)
	for want := range points(len(got)) {
		if p := got[i]; p.Key != want.Key || p.Step != want.Step || math.Float64bits(p.Value) != math.Float64bits(want.Value) || p.Time < last {
			t.Fatalf("point %d is %+v, want %+v", i, p, want)
		}
		last = got[i].Time
		i++
	}
}

// TestResume: another program goes on with a run whose own one is gone.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	id, err := program(dir, "begin").Output()
	if err != nil {
		t.Fatal(err)
	}
	first := absorbed(t, dir)
	if err := program(dir, "resume", "TRACK_TEST_RUN="+string(id)).Run(); err != nil {
		t.Fatal(err)
	}
	var statuses []tracker.RunStatus
	for _, e := range append(first, absorbed(t, dir)...) {
		switch e := e.(type) {
		case tracker.RunChanged:
			if e.Run.String() != string(id) {
				t.Errorf("another run: %+v", e)
			}
			statuses = append(statuses, e.Status)
		case tracker.RunLogged:
			if len(e.Metrics) != 1 || e.Run.String() != string(id) {
				t.Errorf("logged is %+v", e)
			}
		}
	}
	want := []tracker.RunStatus{"running", "killed", "running", "finished"}
	if len(statuses) != 4 || statuses[0] != want[0] || statuses[1] != want[1] || statuses[2] != want[2] || statuses[3] != want[3] {
		t.Errorf("the run was %v, want %v", statuses, want)
	}
}

// fits checks what is left of a program that had no room for all it logged: a beginning, and the number of the rest.
func fits(t *testing.T, list []tracker.Event) {
	t.Helper()
	got := metrics(list)
	for i, p := range got {
		if p.Step != int64(i) || p.Value != float64(i) {
			t.Fatalf("point %d is %+v", i, p)
		}
	}
	if len(got) < 1000 || len(got) >= fullSteps {
		t.Errorf("%d points found room", len(got))
	}
	lost, large := "", ""
	for _, e := range list {
		if g, ok := e.(tracker.Gap); ok {
			if strings.Contains(g.Reason, "artifact large") {
				large = g.Reason
			} else {
				lost, _, _ = strings.Cut(g.Reason, " ")
			}
		}
	}
	n, err := strconv.Atoi(lost)
	if more := n + len(got) - fullSteps; err != nil || more < 1 || more > 3 { // the param, and perhaps the artifact and the end
		t.Errorf("%d points, and the gap tells of %q things (%v)", len(got), lost, err)
	}
	if n > 0 && large == "" && n+len(got)-fullSteps < 2 {
		t.Error("nothing tells of the artifact")
	}
}
