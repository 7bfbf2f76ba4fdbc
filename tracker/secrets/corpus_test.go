package secrets_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker/secrets"
)

// TestCorpusWithoutSecrets looks through what holds no secrets: Go's and Python's standard libraries (whose
// tests of cryptography hold keys nevertheless), and GoNB's and our own sources, notebooks and tables, but
// for our tests, in which secrets are planted. Of a hundred files less than one may have a hit.
func TestCorpusWithoutSecrets(t *testing.T) {
	s := secrets.New(secrets.Options{})
	roots := map[string]string{
		"Go's standard library": goEnv(t, "list", "-f", "{{.Root}}/src", "fmt"),
		"GoNB":                  goEnv(t, "list", "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb"),
		"gemba":                 filepath.Join("..", ".."),
	}
	if out, err := exec.CommandContext(t.Context(), "python3", "-c", "import os; print(os.path.dirname(os.__file__))").Output(); err == nil {
		roots["Python's standard library"] = strings.TrimSpace(string(out))
	}
	for name, root := range roots {
		files, hits := corpus(t, s, root)
		t.Logf("%s: %d of %d files with a hit, %.2f %%", name, hits, files, 100*float64(hits)/float64(files))
		if files < 50 || hits*100 >= files {
			t.Errorf("%s: %d of %d files have a hit, want less than 1 %%", name, hits, files)
		}
	}
}

func goEnv(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// corpus looks through the sources, notebooks and tables below root.
func corpus(t *testing.T, s *secrets.Screener, root string) (files, hits int) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "node_modules" || name == "site-packages" || len(name) > 2 && name[0] == '.') {
			return filepath.SkipDir
		}
		if ours := !filepath.IsAbs(root); !d.Type().IsRegular() || ours && strings.HasSuffix(path, "_test.go") {
			return nil
		}
		find := s.Text
		switch filepath.Ext(path) {
		case ".ipynb":
			find = s.JSON
		case ".go", ".py", ".csv", ".md", ".txt", ".txtar", ".s", ".html", ".json":
		default:
			return nil
		}
		text, err := os.ReadFile(path)
		if files++; len(find(text)) > 0 {
			hits++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, hits
}
