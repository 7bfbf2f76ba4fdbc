package notebooks

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestSaveReplacesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nb.ipynb")
	n := mustParse(t, jupyter)
	for _, old := range []string{"", "something longer " + jupyter} {
		if old != "" {
			if err := errors.Join(os.WriteFile(path, []byte(old), 0o600), os.Chmod(path, 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		if err := n.Save(path); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != jupyter {
			t.Errorf("file is %q (%v)", got, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("permissions are %v (%v), want those the file had", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSaveThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	n := mustParse(t, jupyter)
	for _, path := range []string{folder, filepath.Join(dir, "no", "such", "nb.ipynb")} {
		if err := n.Save(path); err == nil || !strings.HasPrefix(err.Error(), "write notebook: ") {
			t.Errorf("save to %s: error is %v", path, err)
		}
		if err := CheckSave(path); err == nil || !strings.HasPrefix(err.Error(), "write notebook: ") {
			t.Errorf("check %s: error is %v", path, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestOpenSaysWhichFile(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "plain.txt")
	if err := os.WriteFile(text, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path, says string
		is         error
	}{
		{dir, "is a folder; name an .ipynb file in it", nil},
		{text, "plain.txt: not a Jupyter notebook", ErrNotNotebook},
		{filepath.Join(dir, "none.ipynb"), "none.ipynb", os.ErrNotExist},
	} {
		_, err := Open(test.path)
		if err == nil || !strings.Contains(err.Error(), test.says) || test.is != nil && !errors.Is(err, test.is) {
			t.Errorf("open %s: error is %v, want one that says %q", test.path, err, test.says)
		}
	}
}
