//go:build unix

package track_test

import (
	"math"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

// TestUsage: outside of notebooks a run that ends has what its program used, unless that is switched off.
func TestUsage(t *testing.T) {
	keys := func(more ...string) map[string]float64 {
		dir := t.TempDir()
		if err := program(dir, "resume", more...).Run(); err != nil {
			t.Fatal(err)
		}
		all := map[string]float64{}
		for _, e := range absorbed(t, dir) {
			if e, ok := e.(tracker.RunLogged); ok {
				for _, m := range e.Metrics {
					all[m.Key] = m.Value
				}
			}
		}
		return all
	}
	got := keys("GEMBA_USAGE=")
	busy := got["system/program_user_seconds"] + got["system/program_system_seconds"]
	if len(got) != 4 || busy <= 0 || math.IsNaN(busy) || got["system/program_memory_megabytes"] < 1 || got["system/program_memory_megabytes"] > 10_000 {
		t.Errorf("the run has %v", got)
	}
	if got := keys(); len(got) != 1 {
		t.Errorf("the run has %v", got)
	}
}
