package absorb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	asked, mnist := 0, tracker.ID{7}
	o.Experiment = func(context.Context, string) (tracker.ID, bool, error) {
		if asked++; asked == 1 {
			return tracker.ID{}, false, errors.New("the index is busy")
		}
		return mnist, true, nil
	}
	f := New(o)
	if _, err := f.Poll(t.Context()); err == nil {
		t.Fatal("the failure is not told")
	}
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
	opened := map[string]int{}
	for _, e := range r.events {
		if e, ok := e.(tracker.RunChanged); ok && e.Name != "" {
			if opened[e.Name]++; e.Experiment != mnist {
				t.Errorf("%s is in %s", e.Name, e.Experiment)
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"baseline": 1, "fold 1": 1}, opened); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

// TestFailedFlush has a recorder that cannot write: the log and the bytes stay, and are read again.
func TestFailedFlush(t *testing.T) {
	dir := t.TempDir()
	if err := start(t, dir, "keeps").Run(); err == nil {
		t.Fatal("the program should end with status 3")
	}
	o, r := newOptions(t, dir)
	r.full = errors.New("the disk is full")
	if err := Leftovers(t.Context(), o); !errors.Is(err, r.full) {
		t.Errorf("the failure is told as %v", err)
	}
	r.full, r.events = nil, nil
	if err := Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if kinds := kindsOf(r.events); !slices.Contains(kinds, "tracker.ArtifactLogged") {
		t.Errorf("the artifact is lost: %v", kinds)
	}
}

func kindsOf(events []tracker.Event) (kinds []string) {
	for _, e := range events {
		kinds = append(kinds, fmt.Sprintf("%T", e))
	}
	return kinds
}

// TestOrderOfArtifacts wants an artifact told before how far its log is recorded: who dies between them reads it again.
func TestOrderOfArtifacts(t *testing.T) {
	dir := t.TempDir()
	if err := start(t, dir, "keeps").Run(); err == nil {
		t.Fatal("the program should end with status 3")
	}
	o, r := newOptions(t, dir)
	if err := Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	want := []string{"tracker.RunChanged", "tracker.ArtifactLogged", "tracker.RunLogged", "tracker.RunChanged"}
	if diff := cmp.Diff(want, kindsOf(r.events)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// TestTimesAreTheLogs reads logs long after they were written: how runs began and ended has the time at which they did, as logs are read in
// any order, and the last word by time counts.
func TestTimesAreTheLogs(t *testing.T) {
	for _, job := range []string{"everything", "keeps"} { // one ends its runs, the other is gone
		dir := t.TempDir()
		if err := start(t, dir, job).Run(); err == nil {
			t.Fatal("the program should end with status 3")
		}
		o, r := newOptions(t, dir)
		o.Now = func() time.Time { return time.Date(2222, 1, 1, 0, 0, 0, 0, time.UTC) }
		if err := Leftovers(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		ends := 0
		for _, e := range r.events {
			c, ok := e.(tracker.RunChanged)
			if !ok {
				continue
			}
			want := c.Started
			if !c.Ended.IsZero() {
				want = c.Ended
				ends++
			}
			if !c.Time.Equal(want) {
				t.Errorf("%s: at %s: %+v", job, c.Time, c)
			}
		}
		if ends == 0 {
			t.Errorf("%s: no run ends", job)
		}
	}
}

// TestRecordedArtifact reads a log whose runs were recorded to its end by a reader that died: nothing is told again, and nothing
// is missed.
func TestRecordedArtifact(t *testing.T) {
	for _, job := range []string{"everything", "keeps"} {
		t.Run(job, func(t *testing.T) { recordedArtifact(t, job) })
	}
}

func recordedArtifact(t *testing.T, job string) {
	dir := t.TempDir()
	if err := start(t, dir, job).Run(); err == nil {
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

// TestHalfArtifacts removes the bytes that a killed program left behind, and those of no other; none when a log was set aside, which may tell
// of any.
func TestHalfArtifacts(t *testing.T) {
	for _, test := range []struct {
		beside string
		left   []string
	}{
		{"", []string{"2.artifact", "owner"}},
		{"4.track.damaged", []string{"1.artifact", "2.artifact", "4.track.damaged", "owner"}},
	} {
		o, _ := newOptions(t, t.TempDir())
		old := time.Now().Add(-time.Hour)
		files := map[string]time.Time{"1.artifact": old, "2.artifact": time.Now(), "aabb/3.artifact": old}
		if test.beside != "" {
			files[test.beside] = old
		}
		for name, age := range files {
			path := filepath.Join(o.Folder, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600), os.Chtimes(path, age, age)); err != nil {
				t.Fatal(err)
			}
		}
		if err := Leftovers(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		var left []string
		entries, _ := os.ReadDir(o.Folder)
		for _, e := range entries {
			left = append(left, e.Name())
		}
		if diff := cmp.Diff(test.left, left); diff != "" {
			t.Errorf("beside %q (-want +got):\n%s", test.beside, diff)
		}
	}
}
