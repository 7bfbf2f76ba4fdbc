package build

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// countingGo makes a go command that takes note of being called, and a function that counts.
func countingGo(t testing.TB) (path string, calls func() int) {
	t.Helper()
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	path = filepath.Join(dir, "go")
	write(t, path, "#!/bin/sh\necho \"$@\" >> "+log+"\nexec "+real+" \"$@\"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path, func() int {
		data, _ := os.ReadFile(log)
		os.Remove(log)
		n := 0
		for _, c := range data {
			if c == '\n' {
				n++
			}
		}
		return n
	}
}

// TestGoCommandSpared: the go command is asked once about packages, for this session and those to come.
func TestGoCommandSpared(t *testing.T) {
	command, calls := countingGo(t)
	cache := t.TempDir()
	open := func() *session {
		b, err := New(Options{Dir: filepath.Join(t.TempDir(), "work"), Module: "gonb_" + filepath.Base(t.TempDir()), CacheDir: cache, Go: command})
		if err != nil {
			t.Fatal(err)
		}
		return &session{TB: t, Builder: b}
	}
	s := open()
	s.build("import \"net/http\"\n\n%%\nfmt.Println(http.StatusOK, strings.ToUpper(\"a\"))")
	if calls() == 0 {
		t.Error("packages became known without the go command")
	}
	s.build("%%\nfmt.Println(strings.ToUpper(\"b\"))") // needs less
	s.build("import \"net/http\"\nfmt.Println(http.StatusOK, strings.ToUpper(\"c\"))")
	next := open()
	if diff := cmp.Diff("200 D\n", next.output(next.build("import \"net/http\"\nfmt.Println(http.StatusOK, strings.ToUpper(\"d\"))"))); diff != "" {
		t.Error(diff)
	}
	if n := calls(); n != 0 {
		t.Errorf("the go command was called %d times", n)
	}
}

// TestCleanedCache: what the build cache dropped is compiled again.
func TestCleanedCache(t *testing.T) {
	t.Setenv("GOCACHE", t.TempDir())
	s := newSession(t)
	s.build("fmt.Println(1)")
	for _, list := range s.store().Exports {
		if err := os.Remove(list["fmt"].Export); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff("2\n", s.output(s.build("fmt.Println(2)"))); diff != "" {
		t.Error(diff)
	}
}

// TestShelf: old executables go, and one that is gone is built again.
func TestShelf(t *testing.T) {
	s := newSession(t)
	first := s.build("fmt.Println(0)")
	if err := os.Remove(first.Path); err != nil {
		t.Fatal(err)
	}
	if again := s.build("fmt.Println(0)"); again.Reused || s.output(again) != "0\n" {
		t.Error("not built again")
	}
	s.fill(shelfSize)
	if exists(first.Path) {
		t.Error("the oldest executable is still there")
	}
}

// fill puts so many other executables on the shelf.
func (s *session) fill(n int) {
	for i := range n {
		name := string(rune('a' + i))
		s.built.put(&built{digest: name, path: filepath.Join(s.Dir(), ".gemba", name, "x")})
	}
}

// TestShelfHoldsEachOnce: a program that embeds a file is built each time, to the same place. It goes when it is the
// oldest, not when its first build would be.
func TestShelfHoldsEachOnce(t *testing.T) {
	s := newSession(t)
	write(t, filepath.Join(s.Dir(), "hello.txt"), "hello")
	cell := "import _ \"embed\"\n\n//go:embed hello.txt\nvar hello string\n\n%%\nfmt.Print(hello)"
	s.build(cell)
	exe := s.build(cell)
	s.fill(shelfSize - 1)
	if diff := cmp.Diff("hello", s.output(exe)); diff != "" {
		t.Error(diff)
	}
}

// TestFailuresLeaveNoFolders: a session may try thousands of programs that do not build.
func TestFailuresLeaveNoFolders(t *testing.T) {
	s := newSession(t)
	s.build("fmt.Println(0)")
	before := s.folders()
	s.fails("fmt.Println(undefined1)")
	s.fails("fmt.Println(undefined2)")
	if diff := cmp.Diff(before, s.folders()); diff != "" {
		t.Error(diff)
	}
}

func (s *session) folders() []string {
	found, err := filepath.Glob(filepath.Join(s.Dir(), ".gemba", "*"))
	if err != nil {
		s.Fatal(err)
	}
	return found
}

// TestCacheIsPruned: what sessions leave for each other does not grow for ever, and what is in use stays.
func TestCacheIsPruned(t *testing.T) {
	b := newSession(t).Builder
	dir := t.TempDir()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range 5 {
		copied := filepath.Join(dir, string(rune('a'+i)))
		write(t, filepath.Join(copied, "go.mod"), "module x\n")
		b.opts.Now = func() time.Time { return now.Add(time.Duration(i) * time.Hour) }
		b.use(copied)
	}
	b.use(filepath.Join(dir, "b"))
	prune(dir, 2)
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if diff := cmp.Diff([]string{filepath.Join(dir, "b"), filepath.Join(dir, "e")}, left); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
