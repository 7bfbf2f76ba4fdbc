package python_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker/track/python"
)

// TestSourceIsWhole lays the module out and imports it from there.
func TestSourceIsWhole(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, python.Source()); err != nil {
		t.Fatal(err)
	}
	want, _ := filepath.Glob("gemba/*.py") // the pattern is right
	got, _ := fs.Glob(python.Source(), "*/*")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	c := run(t, t.TempDir(), "-W", "error", "-c", "import gemba; print(gemba.__file__)")
	c.Env, c.Dir = append(c.Env, "PYTHONPATH="+dir), t.TempDir()
	if got := strings.TrimSpace(string(succeed(t, c))); got != filepath.Join(dir, "gemba", "__init__.py") {
		t.Errorf("the module is %s", got)
	}
}

// TestOldPython: the module is one for Python 3.8, as far as its grammar tells.
func TestOldPython(t *testing.T) {
	const check = "import ast, glob, sys\nfiles = glob.glob('gemba/*.py')\n" +
		"for file in files: ast.parse(open(file, encoding='utf-8').read(), file, feature_version=(3, 8))\nprint(len(files))"
	if got := strings.TrimSpace(string(succeed(t, run(t, t.TempDir(), "-c", check)))); got == "0" {
		t.Error("there are no files")
	}
}
