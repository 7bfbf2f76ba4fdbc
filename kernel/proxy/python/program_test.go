package python

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// program runs a Python program under the hook and returns what it printed and what it told.
func program(t *testing.T, dir string, path []string, args ...string) (string, wire.Facts) {
	t.Helper()
	site, spool := t.TempDir(), filepath.Join(t.TempDir(), "spool")
	for name, text := range Files() {
		path := filepath.Join(site, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.Command(python(t), args...)
	c.Dir = dir
	path = append([]string{site}, path...)
	c.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", SpoolVariable+"="+spool, "PYTHONPATH="+strings.Join(path, string(os.PathListSeparator)))
	out, err := c.CombinedOutput()
	if err != nil && c.ProcessState.ExitCode() != 3 {
		t.Fatalf("%s: %v\n%s", args, err, out)
	}
	facts, found := NewReader(spool).Read("")
	if !found {
		t.Fatalf("%s: nothing was told; it printed %s", args, out)
	}
	return strings.TrimSpace(string(out)), facts
}

func TestProgram(t *testing.T) {
	k := &kernel{t: t}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k.dir = dir
	k.write("a.csv", "1")
	for _, name := range []string{"json", "ast", "os", "_thread", "binascii", "typing", "random2"} {
		k.write(name+".py", "raise SystemExit('shadowed')")
	}
	k.write("train.py", strings.Join([]string{"import random, subprocess, sys", "seed = 7", "random.seed(seed)", "open('a.csv').read()",
		"open('b.csv', 'w').close()", "subprocess.run([sys.executable, '-c', \"open('child', 'w').close()\"])", "print(sys.path[1:2])"}, "\n"))
	said, facts := program(t, dir, nil, "train.py")
	files := brief(k, facts.Seen)
	for _, want := range []string{"a.csv unlooked", "b.csv new", "child new"} {
		if !slices.Contains(files, want) {
			t.Errorf("files %q, want %s; it said %s", files, want, said)
		}
	}
	if strings.Contains(said, "TestProgram") {
		t.Errorf("sys.path: %s", said)
	}
	expect(t, "seeds", facts.Seeds, []wire.Seed{{Call: "random.seed", Value: "7"}})
	expect(t, "missed", facts.Seen.Missed, nil)
}

func TestProgramThatKillsItself(t *testing.T) {
	k := &kernel{t: t, dir: t.TempDir()}
	_, facts := program(t, k.dir, nil, "-c", "import os\nopen('b', 'w').close()\nos._exit(3)")
	if !slices.Contains(brief(k, facts.Seen), "b new") || facts.Seen.Missed == nil {
		t.Errorf("%+v", facts.Seen)
	}
}

func TestUsersSitecustomize(t *testing.T) {
	own := t.TempDir()
	if err := os.WriteFile(filepath.Join(own, "sitecustomize.py"), []byte("import builtins; builtins.mine = 'his own'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	said, _ := program(t, t.TempDir(), []string{own}, "-c", "import builtins, sitecustomize; print(builtins.mine, sitecustomize.__file__)")
	expect(t, "his own", said, "his own "+filepath.Join(own, "sitecustomize.py"))
	said, _ = program(t, t.TempDir(), nil, "-c", "import sys; print('sitecustomize' in sys.modules)")
	expect(t, "none", said, "True")
}
