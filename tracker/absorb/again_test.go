package absorb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// TestFailedOnce asks for an experiment in vain at first: what was logged is told of the same runs afterwards, once.
func TestFailedOnce(t *testing.T) {
	dir := t.TempDir()
	if err := start(t, dir, "everything").Run(); err == nil {
		t.Fatal("the program should end with status 3")
	}
	o, r := newOptions(t, dir)
	asked := 0
	o.Experiment = func(_ context.Context, name string) (tracker.ID, bool, error) {
		if asked++; asked == 1 {
			return tracker.ID{}, false, errors.New("the index is busy")
		}
		return tracker.ExperimentNamed(name), true, nil
	}
	if err := Leftovers(t.Context(), o); err == nil {
		t.Fatal("the failure is not told")
	}
	f := New(o)
	if _, err := f.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	all := told(r.events)
	if a, b := all["baseline"], all["fold 1"]; len(a.Metrics) != 1000 || a.Metrics[0].Key != "loss" || len(b.Metrics) != 1000 || b.Metrics[0].Key != "acc" {
		t.Errorf("%d points of the first run, %d of the other", len(a.Metrics), len(b.Metrics))
	}
}

// TestRecordedArtifact reads a log whose runs were recorded to its end by a reader that died: nothing is told again, and nothing
// is missed.
func TestRecordedArtifact(t *testing.T) {
	dir := t.TempDir()
	if err := start(t, dir, "everything").Run(); err == nil {
		t.Fatal("the program should end with status 3")
	}
	paths, _ := filepath.Glob(filepath.Join(dir, "track", "*.track"))
	log, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	o, r := newOptions(t, dir)
	if err := Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	done := map[tracker.ID]int64{}
	for _, e := range r.events {
		if e, ok := e.(tracker.RunLogged); ok {
			done[e.Run] = max(done[e.Run], e.End)
		}
	}
	r.events = nil
	if err := os.WriteFile(paths[0], log, 0o600); err != nil {
		t.Fatal(err)
	}
	o.Known = func(context.Context, tracker.ID) (map[tracker.ID]int64, error) { return done, nil }
	if err := Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for _, e := range r.events {
		if _, ok := e.(tracker.RunChanged); !ok { // how runs ended may be told twice
			t.Errorf("told again: %+v", e)
		}
	}
}

// TestZerosAreDamage reads a log whose end never reached the disk.
func TestZerosAreDamage(t *testing.T) {
	l := &log{sink: &sink{}}
	if err := l.take(2, 0, nil); !errors.Is(err, errDamaged) {
		t.Errorf("zeros give %v", err)
	}
}

// TestHalfArtifacts removes the bytes that a killed program left behind, and those of no other.
func TestHalfArtifacts(t *testing.T) {
	dir := t.TempDir()
	o, _ := newOptions(t, dir)
	old := time.Now().Add(-time.Hour)
	for name, age := range map[string]time.Time{"1.artifact": old, "2.artifact": time.Now(), "aabb/3.artifact": old} {
		path := filepath.Join(o.Folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600), os.Chtimes(path, age, age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(o.Folder, "*"))
	if diff := cmp.Diff([]string{filepath.Join(o.Folder, "2.artifact"), filepath.Join(o.Folder, "owner")}, left); diff != "" {
		t.Error(diff)
	}
}
