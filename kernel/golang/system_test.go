package golang

import (
	"os"
	"path/filepath"
	"testing"
)

// TestSystem: what is installed is what counts, not what this program was built with or on.
func TestSystem(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{"VERSION": "go1.99.2\ntime 2030-01-02T03:04:05Z\n", "bin/go": "#!/bin/sh\nexit 1\n"} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", filepath.Join(root, "bin"))
	n := newNotebook(t)
	if got := n.engine.Info().Language.Version; got != "1.99.2" {
		t.Errorf("the language is Go %s, and 1.99.2 is installed", got)
	}
	n.prints("!echo no bash here", "stdout: no bash here\n")
}

// TestEnvironmentsAreValues: one cell's copy changes without the session's.
func TestEnvironmentsAreValues(t *testing.T) {
	session := newEnvironment([]string{"A=1", "B=2", "C=3"})
	cell := session
	cell.set("A", "4")
	if got := session.get("A") + session.get("B") + session.get("C"); got != "123" {
		t.Errorf("the session's variables are now %q", got)
	}
	if got := cell.get("A"); got != "4" {
		t.Errorf("the cell's variable is %q", got)
	}
}
