package cli

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestClock asks about a clock that stands before, and after, what the ledger holds.
func TestClock(t *testing.T) {
	t.Setenv("GEMBA_CONFIG", t.TempDir())
	a := &app{stderr: t.Output(), ledger: filepath.Join(t.TempDir(), ".gemba")}
	r := a.openRecorder(a.ledger, "test")
	for _, e := range story() { // of January 2026
		r.Record(e)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		now  time.Time
		want health
		say  string
	}{
		{"before", time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), lacking, "before the newest cell"},
		{"a moment before", time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC), fine, "2026-01-02 03:04:00"},
		{"after", time.Date(2046, 1, 2, 3, 4, 0, 0, time.UTC), fine, "2046"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a.now = func() time.Time { return test.now }
			f := examineClock(context.Background(), a)
			if f.Health != test.want || !strings.Contains(f.Detail, test.say) {
				t.Errorf("finding is %+v, want %s with %q", f, test.want, test.say)
			}
		})
	}
}
