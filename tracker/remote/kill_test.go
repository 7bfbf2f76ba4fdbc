package remote

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestPushHelper is not a test: TestKilledPush runs it in a process of its own, to kill it.
func TestPushHelper(t *testing.T) {
	from, to := os.Getenv("GEMBA_TEST_PUSH_FROM"), os.Getenv("GEMBA_TEST_PUSH_TO")
	if from == "" {
		t.Skip("it is run by TestKilledPush")
	}
	b := openBucket(t, to)
	if os.Getenv("GEMBA_TEST_PULL") != "" {
		pulled(t, to, openBucket(t, from), PullOptions{})
		return
	}
	pushed(t, from, b)
}

// killed runs the helper and kills it after a while, unless it ends before.
func killed(t *testing.T, after time.Duration, env ...string) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestPushHelper$")
	c.Env = append(os.Environ(), env...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() })
	_ = c.Wait() // however it ended
	timer.Stop()
}

// TestKilledPush kills pushes and pulls at random moments. After each, the ledger verifies, and so does what came of
// the remote; the next push and pull complete.
func TestKilledPush(t *testing.T) {
	key, folder := newKey(t), t.TempDir()
	from, to := filepath.Join(t.TempDir(), ".gemba"), filepath.Join(t.TempDir(), ".gemba")
	record(t, from, key, 1)
	pushed(t, from, openBucket(t, folder))
	for range 8 {
		record(t, from, key, 3)
		killed(t, time.Duration(rand.IntN(120))*time.Millisecond, "GEMBA_TEST_PUSH_FROM="+from, "GEMBA_TEST_PUSH_TO="+folder)
		wantVerified(t, from)
		killed(t, time.Duration(rand.IntN(120))*time.Millisecond, "GEMBA_TEST_PUSH_FROM="+folder, "GEMBA_TEST_PUSH_TO="+to, "GEMBA_TEST_PULL=1")
		if _, err := os.Stat(filepath.Join(to, "format")); err == nil {
			wantVerified(t, to)
		}
	}
	pushed(t, from, openBucket(t, folder))
	if r := pulled(t, to, openBucket(t, folder), PullOptions{Key: key}); len(r.Problems) > 0 {
		t.Errorf("problems: %q", r.Problems)
	}
	wantSame(t, from, to)
}
