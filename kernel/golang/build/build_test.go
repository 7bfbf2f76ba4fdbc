package build

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// session is a notebook: what it remembers and the builder of its cells.
type session struct {
	testing.TB
	*Builder
	decls source.Declarations
	count int
	cell  *source.Cell
}

// newSession starts one whose caches are its own, so that no other test can fill them.
func newSession(t testing.TB) *session {
	t.Helper()
	b, err := New(Options{Dir: filepath.Join(t.TempDir(), "work"), Module: "gonb_test", CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return &session{TB: t, Builder: b}
}

// request parses a cell and makes its request.
func (s *session) request(text string) Request {
	s.Helper()
	s.count++
	cell, err := source.Parse("Cell["+strconv.Itoa(s.count)+"]", text)
	if err != nil {
		s.Fatal(err)
	}
	s.cell = cell
	return Request{Declarations: source.Merge(s.decls, cell.Declarations), Main: cell.Main, Test: cell.Test, Progress: func(l string) { s.Log(l) }}
}

// build builds a cell that has to build, and remembers its declarations.
func (s *session) build(text string, change ...func(*Request)) *Executable {
	s.Helper()
	r := s.request(text)
	for _, f := range change {
		f(&r)
	}
	exe, err := s.Build(s.Context(), r)
	if err != nil {
		s.Fatalf("build: %v", err)
	}
	s.decls = r.Declarations
	return exe
}

// output runs an executable and gives all that it prints.
func (s *session) output(exe *Executable, args ...string) string {
	s.Helper()
	cmd := exec.Command(exe.Path, args...)
	cmd.Env = append(cmd.Environ(), exe.Env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out) + err.Error()
	}
	return string(out)
}
