package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// collaborating returns the lab with a server of its own, where pages work on one document together: jupyter-collaboration is installed for
// that server alone, since it changes how every notebook is opened.
func collaborating(t *testing.T) *lab {
	t.Helper()
	l := *enter(t)
	packages, err := l.collaboration()
	if err != nil {
		lacking(t, fmt.Errorf("%w: jupyter-collaboration: %w", errMissing, err))
	}
	l.dir = t.TempDir()
	l.jupyter = jupyter{ // the shared one is running, and its end is not this test's
		program: l.program,
		env: append(slices.Clone(l.env), "PYTHONPATH="+packages, "JUPYTER_PATH="+filepath.Join(packages, "share", "jupyter"),
			"JUPYTER_CONFIG_PATH="+filepath.Join(packages, "etc", "jupyter")),
		options: []string{"--YDocExtension.document_cleanup_delay=1"}, // the server waits as many seconds for pages to come back before it ends
	}
	t.Cleanup(l.jupyter.stop)
	if err := l.jupyter.start(l.dir); err != nil {
		t.Fatal(err)
	}
	return &l
}

// collaboration returns the folder that jupyter-collaboration is in, beside what .venv has. It is kept in the checkout's cache, and made
// again when the lock file is another one.
func (l *lab) collaboration() (string, error) {
	const lock = "testdata/collaboration.lock"
	wanted, err := os.ReadFile(lock)
	if err != nil {
		return "", err
	}
	root, err := goCommand("list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, ".cache", "collaboration")
	done := filepath.Join(folder, "installed")
	if have, err := os.ReadFile(done); err == nil && string(have) == string(wanted) {
		return folder, nil
	}
	pip := []string{filepath.Join(filepath.Dir(l.program), "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps",
		"--target", folder, "-r", lock}
	if err := os.RemoveAll(folder); err != nil {
		return "", err
	}
	if err := l.command(".", filepath.Join(root, ".ci", "again"), pip...); err != nil {
		return "", err
	}
	return folder, os.WriteFile(done, wanted, 0o644)
}
