package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/lineage/settings"
)

// TestPolicyLeavesNothingOpen asks about a dirty repository whose objects are in a pack, and ends.
func TestPolicyLeavesNothingOpen(t *testing.T) {
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
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-q", "-m", "one"}, {"gc", "-q"}} {
		c := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=e@example.org"}, args...)...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v %s", args, err, out)
		}
	}
	write("two")
	p := (&app{now: time.Now}).policyOf(settings.Settings{Code: settings.Refuse}, dir, filepath.Join(dir, ".gemba"))
	if err := p.permit(t.Context()); err == nil {
		t.Error("a dirty work tree was let pass")
	}
	if len(openBelow(t, dir)) == 0 {
		t.Error("nothing of the repository is open: this test shows nothing")
	}
	p.close()
	if open := openBelow(t, dir); len(open) > 0 {
		t.Errorf("still open: %q", open)
	}
	if err := p.permit(t.Context()); err != nil {
		t.Errorf("after the end: %v", err)
	}
}

// openBelow returns the files below dir that this process has open.
func openBelow(t *testing.T, dir string) (paths []string) {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if path, err := os.Readlink(link); err == nil && strings.HasPrefix(path, dir+"/") {
			paths = append(paths, path)
		}
	}
	return paths
}
