package others

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/kerneltest/peer"
)

// site is a Jupyter installation, apart from the user's own, in which other kernels are installed and wrapped.
type site struct {
	t      *testing.T
	gemba  string
	python string   // that has nbclient and those kernels that are Python's packages
	env    []string // beside this process's
	dir    string   // where everything is written
}

func newSite(t *testing.T) *site {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, dir: t.TempDir()}
	venv, gonb := kernels(t, root), installGoNB(t, root)
	s.python, s.gemba = filepath.Join(venv, "bin", "python"), filepath.Join(s.dir, "gemba")
	list := string(os.PathListSeparator)
	s.env = []string{
		"PATH=" + filepath.Join(venv, "bin") + list + gonb.Bin + list + os.Getenv("PATH"),
		"JUPYTER_PATH=" + filepath.Join(venv, "share", "jupyter") + list + gonb.Jupyter,
		"JUPYTER_DATA_DIR=" + filepath.Join(s.dir, "data"), "JUPYTER_RUNTIME_DIR=" + filepath.Join(s.dir, "runtime"),
		"JUPYTER_CONFIG_DIR=" + filepath.Join(s.dir, "jupyter"), "IPYTHONDIR=" + filepath.Join(s.dir, "ipython"),
		"GEMBA_CONFIG=" + filepath.Join(s.dir, "config"), "GEMBA_USAGE=off", "PYTHONDONTWRITEBYTECODE=1", "VIRTUAL_ENV=", "CONDA_PREFIX=",
	}
	s.run(root, "go", "build", "-o", s.gemba, ".")
	s.run(s.dir, s.gemba, "install", "--wrap", "bash,xpython,gonb")
	return s
}

// in is the site in a part of the test.
func (s *site) in(t *testing.T) *site {
	part := *s
	part.t = t
	return &part
}

// kernels returns a virtual environment with the kernels of the lock file, which sees what .venv has. It is kept in the checkout's
// cache, and made again when the lock file is another one.
func kernels(t *testing.T, root string) string {
	t.Helper()
	python := filepath.Join(root, ".venv", "bin", "python")
	if _, err := os.Stat(filepath.Join(root, ".venv", "bin", "jupyter")); err != nil {
		kerneltest.Lacking(t, "Jupyter is not in .venv: run make venv")
	}
	const file = "testdata/requirements.lock"
	lock, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	venv := filepath.Join(root, ".cache", "kernels")
	done := filepath.Join(venv, "requirements.lock")
	if have, err := os.ReadFile(done); err == nil && string(have) == string(lock) {
		return venv
	}
	own := filepath.Join(venv, "bin", "python")
	for _, words := range [][]string{
		{python, "-m", "venv", "--clear", "--without-pip", venv},
		{python, "-m", "pip", "--python", own, "install", "-q", "--disable-pip-version-check", "--retries", "10", "--no-deps", "-r", file},
		{own, "-c", "import sys, sysconfig; open(sysconfig.get_path('purelib') + '/jupyter.pth', 'w').write(sys.argv[1])", packages(t, python)},
		{own, "-m", "bash_kernel.install", "--prefix", venv},
	} {
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			kerneltest.Lacking(t, "install kernels: "+err.Error()+"\n"+string(out))
		}
	}
	if err := os.WriteFile(done, lock, 0o644); err != nil {
		t.Fatal(err)
	}
	return venv
}

// packages is the folder of a Python's packages.
func packages(t *testing.T, python string) string {
	t.Helper()
	out, err := exec.Command(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").Output()
	if err != nil {
		kerneltest.Lacking(t, "ask .venv where its packages are: "+err.Error())
	}
	return strings.TrimSpace(string(out))
}

func installGoNB(t *testing.T, root string) peer.GoNB {
	t.Helper()
	g, err := peer.InstallGoNB(t.Context(), filepath.Join(root, ".cache", "peers"))
	if err != nil {
		kerneltest.Lacking(t, err.Error())
	}
	return g
}

func (s *site) command(dir, name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir, c.Env = dir, append(os.Environ(), s.env...)
	return c
}

// run runs a program and returns what it wrote on stdout.
func (s *site) run(dir, name string, args ...string) []byte {
	s.t.Helper()
	c := s.command(dir, name, args...)
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s%s", filepath.Base(name), strings.Join(args, " "), err, out, said.String())
	}
	return out
}

// notebook writes a notebook of code cells, the first of which is tagged parameters, into a folder of its own.
func (s *site) notebook(folder, kernel, language string, sources []string) string {
	s.t.Helper()
	var cells []any
	for i, source := range sources {
		cell := map[string]any{"cell_type": "code", "id": string(rune('a' + i)), "metadata": map[string]any{}, "source": source, "outputs": []any{}, "execution_count": nil}
		if i == 0 {
			cell["metadata"] = map[string]any{"tags": []string{"parameters"}}
		}
		cells = append(cells, cell)
	}
	text, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "cells": cells,
		"metadata": map[string]any{"kernelspec": map[string]any{"name": kernel, "display_name": kernel, "language": language}}})
	if err != nil {
		s.t.Fatal(err)
	}
	folder = filepath.Join(s.dir, folder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "notebook.ipynb"), text, 0o644); err != nil {
		s.t.Fatal(err)
	}
	return folder
}
