package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/kernel/golang/source"
	"github.com/google/go-cmp/cmp"
)

// TestCells runs notebooks of a few cells; the last one's output counts.
func TestCells(t *testing.T) {
	tests := []struct {
		name  string
		cells []string
		want  string
	}{
		{"statements only", []string{"x := 40\nfmt.Println(x + 2)"}, "42\n"},
		{"remembered", []string{"var x = 40\nfunc f() int { return x }", "%%\nfmt.Println(f() + 2)"}, "42\n"},
		{"own main", []string{"import \"fmt\"\n\nfunc main() { fmt.Println(42) }"}, "42\n"},
		{"exec", []string{"func f() { fmt.Println(42) }", "%exec f"}, "42\n"},
		{"alias", []string{"import m \"math\"\n\n%%\nfmt.Println(m.Sqrt(4))"}, "2\n"},
		{"dot import", []string{"import . \"strings\"\n\n%%\nfmt.Println(ToUpper(\"a\"))"}, "A\n"},
		{"dot import not used any more", []string{"import . \"strings\"\n\n%%\nfmt.Println(ToUpper(\"a\"))", "%%\nfmt.Println(1)"}, "1\n"},
		{"version as last element", []string{"import \"math/rand/v2\"\n\n%%\nfmt.Println(rand.IntN(1))"}, "0\n"},
		{"import not used any more", []string{"import \"strings\"\nimport \"os\"\n\n%%\nfmt.Println(strings.ToUpper(\"a\"))", "%%\nfmt.Println(1)"}, "1\n"},
		{"blank import", []string{"import _ \"image/png\"\n\n%%\n_, _, err := image.Decode(strings.NewReader(\"\\x89PNG\\r\\n\\x1a\\nx\"))\nfmt.Println(err)"}, "unexpected EOF\n"},
		{"name of flag taken", []string{"func flag() int { return 42 }", "%%\nfmt.Println(flag())"}, "42\n"},
		{"several init", []string{"func init_b() { fmt.Print(\"b \") }\nfunc init_a() { fmt.Print(\"a \") }", "func init() { fmt.Print(\"init \") }\n%%\nfmt.Println(\"main\")"}, "init a b main\n"},
		{"variables in their order", []string{"func say(s string) string { fmt.Print(s, \" \"); return s }", "var (\n\tb = say(\"b\")\n\ta = say(\"a\")\n)\n\n%%\nfmt.Println(\"main\")"}, "b a main\n"},
		{"iota with a name taken", []string{"const (\n\tA = iota\n\tB\n\tC\n)", "func B() int { return 42 }\n\n%%\nfmt.Println(A, B(), C)"}, "0 42 2\n"},
		{"method of a generic type", []string{"type T[K any] struct{ k K }\nfunc (t *T[K]) Get() K { return t.k }", "%%\nfmt.Println((&T[int]{42}).Get())"}, "42\n"},
		{"raw string", []string{"%%\nfmt.Print(`\n!no command\n%nor this\n`)"}, "\n!no command\n%nor this\n"},
		{"template of two", []string{"%%\nfmt.Println(template.HTMLEscapeString(\"<\"), rand.Intn(1))"}, "&lt; 0\n"},
		{"embedded in comments", []string{"/*\n%%\n*/\nfmt.Println(1)"}, "1\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSession(t)
			var got string
			for _, cell := range test.cells {
				got = s.output(s.build(cell))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestArguments: flags are parsed before main begins.
func TestArguments(t *testing.T) {
	s := newSession(t)
	exe := s.build("var x = flag.Int(\"x\", 0, \"\")\n\n%% -x=17\nfmt.Println(*x, flag.Args())")
	if diff := cmp.Diff("17 [rest]\n", s.output(exe, append(s.cell.Args, "rest")...)); diff != "" {
		t.Error(diff)
	}
}

// TestTrace: stack traces name cell and line, and an executable that is used again says how cells are called now.
func TestTrace(t *testing.T) {
	s := newSession(t)
	s.build("// f panics.\nfunc f() {\n\tpanic(\"é\")\n}")
	cell := "x := 1\n\nfunc g() { f() }\n%%\n_ = x\ng()"
	got := s.output(s.build(cell))
	for _, want := range []string{"main.f(...)\n\tCell[1]:3", "main.g(...)\n\tCell[2]:3", "main.main()\n\tCell[2]:6"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	again := s.build(cell)
	if diff := cmp.Diff(map[string]string{"Cell[2]": "Cell[3]"}, again.Rename); diff != "" || !again.Reused {
		t.Error(again.Reused, diff)
	}
}

// TestOtherFiles: what users put beside main.go is part of the program.
func TestOtherFiles(t *testing.T) {
	s := newSession(t)
	write(t, filepath.Join(s.Dir(), "other.go"), "package main\n\nfunc other() int { return 42 }\n")
	write(t, filepath.Join(s.Dir(), "hello.txt"), "hello")
	cell := "import _ \"embed\"\n\n//go:embed hello.txt\nvar hello string\n\n%%\nfmt.Println(other(), hello)"
	if diff := cmp.Diff("42 hello\n", s.output(s.build(cell))); diff != "" {
		t.Error(diff)
	}
	write(t, filepath.Join(s.Dir(), "other.go"), "package main\n\nfunc other() int { return 43 }\n")
	if diff := cmp.Diff("43 hello\n", s.output(s.build(cell))); diff != "" {
		t.Error(diff)
	}
}

// TestTestCell: %test makes a test binary of the cell and of what is remembered.
func TestTestCell(t *testing.T) {
	s := newSession(t)
	s.build("func f() int { return 42 }")
	exe := s.build("func TestF(t *testing.T) {\n\tif f() != 42 {\n\t\tt.Error(f())\n\t}\n}\n\nfunc TestG(t *testing.T) { t.Error(\"no\") }\n\n%test")
	got := s.output(exe, s.cell.TestArgs()...)
	for _, want := range []string{"--- PASS: TestF", "--- FAIL: TestG", "Cell[2]:7: no"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	bench := s.build("func BenchmarkF(b *testing.B) {\n\tfor b.Loop() {\n\t\tf()\n\t}\n}\n\n%test")
	if got := s.output(bench, append(s.cell.TestArgs(), "-test.benchtime=1x")...); !strings.Contains(got, "BenchmarkF") || strings.Contains(got, "TestF") {
		t.Error(got)
	}
}

// TestCgo: C belongs to the cell that imports it.
func TestCgo(t *testing.T) {
	s := newSession(t)
	s.build("/*\nstatic int twice(int x) { return 2*x; }\n*/\nimport \"C\"\n\nfunc twice(x int) int { return int(C.twice(C.int(x))) }")
	if diff := cmp.Diff("42\n", s.output(s.build("%%\nfmt.Println(twice(21))"))); diff != "" {
		t.Error(diff)
	}
	got := s.fails("\n/*\nint f() { return x; }\n*/\nimport \"C\"\n\n%%\nfmt.Println(C.f())")
	if len(got.Diagnostics) == 0 || got.Diagnostics[0].File != "Cell[3]" || got.Diagnostics[0].Line != 3 {
		t.Errorf("%v", got)
	}
	got = s.fails("// int f() { return x; }\nimport \"C\"\n\n%%\nfmt.Println(C.f())")
	if len(got.Diagnostics) == 0 || got.Diagnostics[0].File != "Cell[4]" || got.Diagnostics[0].Line != 1 {
		t.Errorf("%v", got)
	}
}

// TestExport: C calls back what the cell exports.
func TestExport(t *testing.T) {
	s := newSession(t)
	s.build("/*\nextern int back(int);\nstatic int call(int x) { return back(x); }\n*/\nimport \"C\"\n\n  //export back\n  func back(x C.int) C.int { return 2*x }")
	if diff := cmp.Diff("8\n", s.output(s.build("%%\nfmt.Println(C.call(4))"))); diff != "" {
		t.Error(diff)
	}
	got := s.fails("// f is wrong.\n  func f() { x() }")
	if diff := cmp.Diff([]source.Diagnostic{{File: "Cell[3]", Line: 2, Col: 14, Message: "undefined: x"}}, got.Diagnostics); diff != "" {
		t.Error(diff)
	}
}

// TestWasm: a program for the browser knows its page.
func TestWasm(t *testing.T) {
	s := newSession(t)
	page := &Wasm{Dir: t.TempDir(), URL: "/files/x", DivID: "div1"}
	exe := s.build("%wasm\n%%\nfmt.Println(GonbWasmDir, GonbWasmUrl, GonbWasmDivId, js.Global())", func(r *Request) { r.Wasm = page })
	data, err := os.ReadFile(filepath.Join(page.Dir, WasmName))
	if err != nil || !strings.HasPrefix(string(data), "\x00asm") || !strings.Contains(string(data), "div1") {
		t.Error(exe.Path, err, len(data))
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
