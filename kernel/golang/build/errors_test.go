package build

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/kernel/golang/source"
	"github.com/google/go-cmp/cmp"
)

// fails builds a cell that must not build.
func (s *session) fails(text string, change ...func(*Request)) *Error {
	s.Helper()
	r := s.request(text)
	for _, f := range change {
		f(&r)
	}
	_, err := s.Build(s.Context(), r)
	var wrong *Error
	if !errors.As(err, &wrong) {
		s.Fatalf("want a build error, got %v", err)
	}
	return wrong
}

// TestErrorPlaces: complaints are about the user's cell, line and column, in whatever cell that is.
func TestErrorPlaces(t *testing.T) {
	tests := []struct {
		name  string
		cells []string
		want  []source.Diagnostic
	}{
		{"main", []string{"%%\nx := 1\nfmt.Println(\"é\", y)\n"}, []source.Diagnostic{
			{File: "Cell[1]", Line: 2, Col: 1, Message: "declared and not used: x"},
			{File: "Cell[1]", Line: 3, Col: 19, Message: "undefined: y"}}},
		{"in a group", []string{"var (\n\ta = 1\n\tb int = \"x\"\n)"}, []source.Diagnostic{
			{File: "Cell[1]", Line: 3, Col: 10, Message: `cannot use "x" (untyped string constant) as int value in variable declaration`}}},
		{"remembered", []string{"func f() int { return 1 }\n\nfunc g() int { return f() }", "func f() string { return \"\" }"}, []source.Diagnostic{
			{File: "Cell[1]", Line: 3, Col: 23, Message: "cannot use f() (value of type string) as int value in return statement"}}},
		{"behind init_", []string{"func init_a() { undefined() }"}, []source.Diagnostic{
			{File: "Cell[1]", Line: 1, Col: 17, Message: "undefined: undefined"}}},
		{"exec", []string{"\n%exec nothing"}, []source.Diagnostic{{File: "Cell[1]", Line: 2, Col: 1, Message: "undefined: nothing"}}},
		{"statements and declarations", []string{"y := z\nfunc f() {}\n  _ = y + w"}, []source.Diagnostic{
			{File: "Cell[1]", Line: 1, Col: 6, Message: "undefined: z"}, {File: "Cell[1]", Line: 3, Col: 11, Message: "undefined: w"}}},
		{"slip in a package's name", []string{"fmt.Printn(1)"}, []source.Diagnostic{{File: "Cell[1]", Line: 1, Col: 5, Message: "undefined: fmt.Printn"}}},
		{"more than one line", []string{"type I interface{ M() }\ntype T struct{}\n\nvar _ I = T{}"}, []source.Diagnostic{
			{File: "Cell[1]", Line: 4, Col: 11, Message: "cannot use T{} (value of struct type T) as I value in variable declaration: T does not implement I (missing method M)"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSession(t)
			for _, cell := range test.cells[:len(test.cells)-1] {
				s.build(cell)
			}
			got := s.fails(test.cells[len(test.cells)-1])
			if diff := cmp.Diff(test.want, got.Diagnostics); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNoSuchPackage: an import that nobody provides is complained of where it stands.
func TestNoSuchPackage(t *testing.T) {
	s := newSession(t)
	got := s.fails("import \"fmt\"\nimport x \"nosuchpackage\"\n\n%%\nx.F()")
	if d := got.Diagnostics[0]; d.File != "Cell[1]" || d.Line != 2 || d.Col != 8 || !strings.Contains(d.Message, "nosuchpackage is not in std") {
		t.Errorf("%v", got)
	}
	got = s.fails("import \"github.com/pkg/errors\"\n\n%%\nerrors.New(\"\")", func(r *Request) { r.NoGet = true })
	if d := got.Diagnostics[0]; d.Line != 1 || !strings.Contains(d.Message, "github.com/pkg/errors") || !strings.Contains(got.Hint, "%autoget") {
		t.Errorf("%v", got)
	}
}

// TestRefusedImports: calling the compiler ourselves lets nobody import what the go command would refuse.
func TestRefusedImports(t *testing.T) {
	tests := map[string]string{
		"internal/abi": "use of internal package internal/abi not allowed",
		"cmd/go":       `import "cmd/go" is a program, not an importable package`,
	}
	for path, want := range tests {
		s := newSession(t)
		got := s.fails("import p " + strconv.Quote(path) + "\n\n%%\n_ = p.Kind(0)")
		if diff := cmp.Diff([]source.Diagnostic{{File: "Cell[1]", Line: 1, Col: 8, Message: want}}, got.Diagnostics); diff != "" {
			t.Error(diff)
		}
	}
}

// TestInternalTo follows the examples of `go help packages`.
func TestInternalTo(t *testing.T) {
	for path, want := range map[string]string{"internal/abi": "", "a.b/c/internal": "a.b/c", "a.b/internal/c/internal/d": "a.b/internal/c"} {
		if got, is := internalTo(path); !is || got != want {
			t.Errorf("%s: %q %v", path, got, is)
		}
	}
	if _, is := internalTo("a.b/internals"); is {
		t.Error("a.b/internals is not internal")
	}
}

func TestNoGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("GOROOT", "")
	s := newSession(t)
	if _, err := s.Build(t.Context(), s.request("fmt.Println(1)")); !errors.Is(err, ErrNoGo) {
		t.Error(err)
	}
}

// TestInterrupt: a build ends with its context, and so does every process that it started.
func TestInterrupt(t *testing.T) {
	s := newSession(t)
	s.build("fmt.Println(1)")
	var big strings.Builder
	for i := range 4_000 {
		n := strconv.Itoa(i)
		big.WriteString("func f" + n + "(x map[string]int) int { for k, v := range x { x[k+\"" + n + "\"] = v }; return len(x) }\n")
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	r := s.request(big.String())
	go func() {
		_, err := s.Build(ctx, r)
		ended <- err
	}()
	for !hasProcess(s.Dir()) {
		select {
		case err := <-ended:
			t.Fatalf("ended before the compiler was seen: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if hasProcess(s.Dir()) {
		t.Error("the compiler still runs")
	}
	if diff := cmp.Diff("2\n", s.output(s.build("fmt.Println(2)"))); diff != "" {
		t.Error(diff)
	}
}

// hasProcess says that some process has that working directory.
func hasProcess(dir string) bool {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, l := range links {
		if where, err := os.Readlink(l); err == nil && where == dir {
			return true
		}
	}
	return false
}

// TestFlags: the user's flags reach the build.
func TestFlags(t *testing.T) {
	s := newSession(t)
	with := func(flags ...string) func(*Request) { return func(r *Request) { r.Flags = flags } }
	cell := "func A() int { return 1 }\n\nfunc B() int { return 2 }\n\n%%\nfmt.Println(A())"
	plain := s.build(cell)
	if debug := s.build(cell, with("-gcflags=-N -l")); debug.Reused || size(t, debug) < size(t, plain)*5/4 {
		t.Errorf("no DWARF for a debugger: %d bytes, %d without", size(t, debug), size(t, plain))
	}
	if got := s.output(s.build("var v = \"\"\n%%\nfmt.Println(v)", with("-ldflags=-X main.v=42"))); got != "42\n" {
		t.Error(got)
	}
	covered := s.build(cell, with("-cover", "-covermode=set"))
	dir := t.TempDir()
	t.Setenv("GOCOVERDIR", dir)
	s.output(covered)
	out, err := exec.Command("go", "tool", "covdata", "func", "-i", dir).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "A\t\t100.0%") || !strings.Contains(string(out), "B\t\t0.0%") {
		t.Errorf("%v %s", err, out)
	}
	if got := s.fails(cell, with("-nosuchflag")); !strings.Contains(got.Error(), "nosuchflag") {
		t.Error(got)
	}
}

func size(t *testing.T, exe *Executable) int64 {
	t.Helper()
	info, err := os.Stat(exe.Path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
