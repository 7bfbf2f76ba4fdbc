package absorb

import (
	"context"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/track"
)

// slow is a recorder that counts how many points wait in it at most.
type slow struct {
	waiting, most, all int
}

func (s *slow) Record(e tracker.Event) {
	if l, ok := e.(tracker.RunLogged); ok {
		s.waiting += len(l.Metrics)
		s.all += len(l.Metrics)
		s.most = max(s.most, s.waiting)
	}
}

func (s *slow) Flush(context.Context) error {
	s.waiting = 0
	return nil
}

func flood() {
	run := track.Here()
	for step := range 1_000_000 {
		run.Metric("x", float64(step), step)
	}
}

// TestFlood reads a long log: a recorder drops what it cannot take at once, so it is not given more than that.
func TestFlood(t *testing.T) {
	dir := t.TempDir()
	o, _ := newOptions(t, dir)
	s := &slow{}
	o.Recorder = s
	if err := start(t, dir, "flood").Run(); err != nil {
		t.Fatal(err)
	}
	if err := Leftovers(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if most := maxWaiting / 10; s.all != 1_000_000 || s.most > most { // a point is more than ten bytes
		t.Errorf("%d points, at most %d waited, want a million and %d", s.all, s.most, most)
	}
}
