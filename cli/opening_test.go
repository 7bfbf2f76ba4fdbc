package cli

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestSlowOpeningIsExplained says what takes so long once a command was silent for too long, and nothing before.
func TestSlowOpeningIsExplained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stderr bytes.Buffer
		a := &app{stderr: &stderr}
		opened := a.explainOpening()
		time.Sleep(unexplained - time.Second)
		opened()
		time.Sleep(time.Minute)
		if stderr.Len() > 0 {
			t.Errorf("what was opened in time is explained: %s", &stderr)
		}
		opened = a.explainOpening()
		time.Sleep(unexplained + time.Second)
		opened()
		opened() // as when a command fails behind it
		if strings.Count(stderr.String(), "index") != 1 {
			t.Errorf("a slow opening says %q, want one line about the index", &stderr)
		}
	})
}
