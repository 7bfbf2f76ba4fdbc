package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker/ui"
)

func TestExtensionIsReplacedWhole(t *testing.T) {
	if !ui.HasExtension() {
		t.Skip("tracker/ui/dist has no extension; make ui makes it")
	}
	prefix, elsewhere := t.TempDir(), t.TempDir()
	t.Setenv("JUPYTER_PATH", elsewhere)
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	var out, errs bytes.Buffer
	a := &app{stdout: &out, stderr: &errs}
	p := place{prefix: prefix}
	dir := filepath.Join(prefix, "share", "jupyter", "labextensions", ui.ExtensionName)
	for range 2 {
		if err := a.installExtension(p); err != nil {
			t.Fatal(err)
		}
		if !exists(filepath.Join(dir, "package.json")) || exists(filepath.Join(dir, "old.js")) {
			t.Fatalf("%s is not as it should be", dir)
		}
		if err := os.WriteFile(filepath.Join(dir, "old.js"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if errs.Len() > 0 {
		t.Errorf("warned though there is one copy: %s", &errs)
	}

	other := filepath.Join(elsewhere, "labextensions", ui.ExtensionName)
	if err := os.CopyFS(other, ui.Extension()); err != nil {
		t.Fatal(err)
	}
	if removed, err := a.uninstallExtension(p); err != nil || !removed || exists(dir) {
		t.Errorf("removed: %v, %v", removed, err)
	}
	if !strings.Contains(errs.String(), other) {
		t.Errorf("the other copy is not told of: %q", &errs)
	}

	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := a.installExtension(p); err == nil || !exists(dir) {
		t.Errorf("somebody else's extension was replaced: %v", err)
	}
}
