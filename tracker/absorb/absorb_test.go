package absorb

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/track"
)

// recorder keeps the events.
type recorder struct {
	mu     sync.Mutex
	events []tracker.Event
	full   error
}

func (r *recorder) Record(e tracker.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

func (r *recorder) Flush(context.Context) error { return r.full }

// program is what runs when the test's own program is started again with a job to do.
var programs = map[string]func(){
	"everything": func() {
		run := track.Start("baseline", track.In("mnist"))
		child := track.Start("fold 1", track.In("mnist"), track.Under(run))
		run.Params(map[string]any{"lr": 0.01})
		run.Param("layers", 3)
		run.Param("name", "a \"b\"\n")
		run.Param("shape", []int{2, 3})
		run.Tag("why", "because")
		run.Hypothesis("it learns")
		for step := range 1000 {
			run.Metric("loss", 1/float64(step), step) // the first is +Inf
			child.Metric("acc", math.NaN(), -step)
		}
		run.Bytes("plot.png", "image/png", []byte("\x89PNG"))
		run.Artifact("", os.Args[0]+".missing")
		child.End(errors.New("it broke"))
		run.End(nil)
		os.Exit(3) // nothing is given time to finish
	},
	"keeps": func() {
		track.Start("keeper").Bytes("plot.png", "image/png", []byte("\x89PNG"))
		os.Exit(3)
	},
	"many": func() {
		run := track.Here()
		for step := range 10_000 {
			run.Metric("x", float64(step), step)
		}
	},
	"flood": flood,
	"killed": func() {
		run := track.Here()
		for step := 0; ; step++ {
			run.Metric("x", float64(step), step)
			if step == 100_000 {
				fmt.Println("here")
			}
		}
	},
}

func TestMain(m *testing.M) {
	if program := programs[os.Getenv("TRACK_TEST_PROGRAM")]; program != nil {
		program()
		return
	}
	os.Exit(m.Run())
}

// start runs this program again to do a job with the ledger in dir.
func start(t *testing.T, dir, job string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "TRACK_TEST_PROGRAM="+job, "GEMBA_LEDGER="+dir, "GEMBA_USAGE=off", "GEMBA_TRACK=")
	c.Stderr = os.Stderr
	return c
}

func newOptions(t *testing.T, dir string) (Options, *recorder) {
	packs := filepath.Join(dir, "packs")
	if err := os.MkdirAll(packs, 0o700); err != nil {
		t.Fatal(err)
	}
	bulk := blob.NewBulk(packs, blob.OpenStore(packs))
	t.Cleanup(func() { _ = bulk.Close() })
	r := &recorder{}
	return Options{Folder: filepath.Join(dir, "track"), Recorder: r, Store: bulk}, r
}

// told gathers what the events say of each run.
func told(events []tracker.Event) map[string]tracker.RunLogged {
	names, all := map[tracker.ID]string{}, map[string]tracker.RunLogged{}
	for _, e := range events {
		switch e := e.(type) {
		case tracker.RunChanged:
			if e.Name != "" {
				names[e.Run] = e.Name
			}
		case tracker.RunLogged:
			l := all[names[e.Run]]
			l.Params, l.Tags, l.Metrics = append(l.Params, e.Params...), append(l.Tags, e.Tags...), append(l.Metrics, e.Metrics...)
			all[names[e.Run]] = l
		}
	}
	return all
}

func TestEverythingIsTold(t *testing.T) {
	dir := t.TempDir()
	if err := start(t, dir, "everything").Run(); err == nil || err.Error() != "exit status 3" {
		t.Fatal(err)
	}
	o, r := newOptions(t, dir)
	if err := Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	all := told(r.events)
	want := []tracker.Param{{Key: "lr", Value: "0.01", Type: "float"}, {Key: "layers", Value: "3", Type: "int"}, {Key: "name", Value: "a \"b\"\n", Type: "text"}, {Key: "shape", Value: "[2,3]", Type: "json"}}
	if diff := cmp.Diff(want, all["baseline"].Params); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]tracker.Tag{{Key: "gemba.error", Value: "it broke"}}, all["fold 1"].Tags); diff != "" {
		t.Error(diff)
	}
	loss, acc := all["baseline"].Metrics, all["fold 1"].Metrics
	if len(loss) != 1000 || !math.IsInf(loss[0].Value, 1) || loss[999].Value != 1/999. || loss[999].Step != 999 {
		t.Errorf("%d points of loss", len(loss))
	}
	if len(acc) != 1000 || !math.IsNaN(acc[5].Value) || acc[5].Step != -5 {
		t.Errorf("%d points of acc", len(acc))
	}
	var ends []tracker.RunStatus
	var kept []tracker.ArtifactLogged
	var gaps int
	for _, e := range r.events {
		switch e := e.(type) {
		case tracker.RunChanged:
			ends = append(ends, e.Status)
		case tracker.ArtifactLogged:
			kept = append(kept, e)
		case tracker.Gap:
			gaps++
		}
	}
	if diff := cmp.Diff([]tracker.RunStatus{"running", "running", "failed", "finished"}, ends); diff != "" {
		t.Error(diff)
	}
	if len(kept) != 1 || kept[0].Kind != "image" || kept[0].Path != "plot.png" || gaps != 1 {
		t.Fatalf("artifacts %+v, %d gaps", kept, gaps)
	}
	if b, err := blob.OpenStore(filepath.Join(dir, "packs")).Get(kept[0].Artifact); err != nil || !bytes.Equal(b, []byte("\x89PNG")) {
		t.Errorf("artifact %q, %v", b, err)
	}
	if left, _ := filepath.Glob(filepath.Join(o.Folder, "*.*")); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}

// TestManyAtOnce has 64 programs log at the same time.
func TestManyAtOnce(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			if err := start(t, dir, "many").Run(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	o, r := newOptions(t, dir)
	if err := Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	counts := map[tracker.ID]int{}
	for _, e := range r.events {
		if e, ok := e.(tracker.RunLogged); ok {
			counts[e.Run] += len(e.Metrics)
		}
	}
	if len(counts) != 64 {
		t.Errorf("%d runs", len(counts))
	}
	for run, n := range counts {
		if n != 10_000 {
			t.Errorf("run %s has %d points", run, n)
		}
	}
}

// TestKilled follows a program live, is itself replaced by another reader in the middle, and sees the program killed: each
// point is told once, and none is missing before the last.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	c := start(t, dir, "killed")
	out, err := c.StdoutPipe()
	if err != nil || c.Start() != nil {
		t.Fatal(err)
	}
	o, r := newOptions(t, dir)
	o.Live = true
	mine, taken, err := Own(o.Folder)
	if err != nil || taken {
		t.Fatal(taken, err)
	}
	first := New(o)
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if left, err := first.Poll(t.Context()); left != 1 || err != nil {
		t.Fatal(left, err)
	}
	if err := Leftovers(t.Context(), o); err != nil { // of a folder that has its reader
		t.Fatal(err)
	}
	done := map[tracker.ID]int64{}
	for _, e := range r.events {
		if e, ok := e.(tracker.RunLogged); ok {
			done[e.Run] = e.End
		}
	}
	if err := errors.Join(first.Close(), mine.Close(), c.Process.Kill()); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	o.Live, o.Known = false, func(context.Context, tracker.ID) (map[tracker.ID]int64, error) { return done, nil }
	if err := Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	next := 0
	for _, e := range r.events {
		if e, ok := e.(tracker.RunLogged); ok {
			for _, m := range e.Metrics {
				if m.Step != int64(next) || m.Value != float64(next) {
					t.Fatalf("point %d is %+v", next, m)
				}
				next++
			}
		}
	}
	if next < 100_000 {
		t.Errorf("%d points", next)
	}
	if last, ok := r.events[len(r.events)-1].(tracker.RunChanged); !ok || last.Status != tracker.RunKilled || last.Ended.IsZero() {
		t.Errorf("the last event is %+v", r.events[len(r.events)-1])
	}
	if left, _ := filepath.Glob(filepath.Join(o.Folder, "*.track")); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}

// TestDamagedLog cuts and changes a log at each of its bytes: it is told as far as it can be, and what cannot be told is
// kept, or nothing is wrong with it.
func TestDamagedLog(t *testing.T) {
	dir := t.TempDir()
	if err := start(t, dir, "everything").Run(); err == nil {
		t.Fatal("the program should end with status 3")
	}
	paths, _ := filepath.Glob(filepath.Join(dir, "track", "*.track"))
	whole, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	end := int(binary.LittleEndian.Uint64(whole[endAt:]))
	for at := range min(end, 3000) {
		copied := bytes.Clone(whole[:end])
		copied[at] ^= 0x55
		if at%2 == 1 {
			copied = copied[:at]
		}
		if err := os.WriteFile(paths[0], copied, 0o600); err != nil {
			t.Fatal(err)
		}
		o, _ := newOptions(t, dir)
		if err := Leftovers(t.Context(), o); err != nil {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
}
