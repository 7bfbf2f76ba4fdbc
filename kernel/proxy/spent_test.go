package proxy

import (
	"os"
	"testing"
	"time"
)

// TestWhatAProcessSpent looks at this one.
func TestWhatAProcessSpent(t *testing.T) {
	s := newStatistics(os.Getpid())
	defer s.close()
	before := s.spent()
	for begin := time.Now(); time.Since(begin) < 5*time.Second; {
		if now := s.spent(); now.user+now.system > before.user+before.system {
			if !now.known || now.peak < 1<<20 {
				t.Errorf("%+v", now)
			}
			return
		}
	}
	t.Errorf("five seconds of work were not counted: %+v", before)
}
