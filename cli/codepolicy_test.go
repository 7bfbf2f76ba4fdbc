package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/lineage/gitstate"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/tracker"
)

// looks counts how often the code state is looked at.
type looks struct {
	codeState
	n int
}

func (l *looks) Capture(ctx context.Context, pace func() float64) (tracker.CodeCaptured, error) {
	l.n++
	return l.codeState.Capture(ctx, pace)
}

// TestPolicyLooksOnce: what the policy found before a cell is what is recorded of it, unless there are contents to keep.
func TestPolicyLooksOnce(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "file")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-q", "-m", "one"}} {
		c := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=e@example.org"}, args...)...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v %s", args, err, out)
		}
	}
	p := (&app{now: time.Now}).policyOf(settings.Settings{Code: settings.Warn}, dir, filepath.Join(dir, ".gemba"))
	defer p.close()
	var read []string
	p.read = func(path string) { read = append(read, path) }
	own := gitstate.NewCapturer(dir, gitstate.Options{})
	defer own.Close()
	l := &looks{codeState: codeState{own}}
	shared := p.shared(l)
	for _, step := range []struct {
		name, text string
		ask        bool // the policy, before
		dirty      int
		looks      int // in all
	}{
		{"clean", "one", true, 0, 0},
		{"nobody asked the policy", "one", false, 0, 1},
		{"dirty", "two", true, 1, 2},
		{"clean again", "one", true, 0, 2},
	} {
		write(step.text)
		if step.ask {
			p.notice(t.Context())
		}
		got, err := shared.Capture(t.Context(), nil)
		if err != nil || got.Dirty != step.dirty || len(got.Commit) != 40 || l.n != step.looks {
			t.Errorf("%s: %d dirty at %q after %d looks, %v, want %d and %d", step.name, got.Dirty, got.Commit, l.n, err, step.dirty, step.looks)
		}
	}
	if len(read) == 0 {
		t.Error("nobody was told of the files that the policy read")
	}
}
