package source

import (
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// notebook parses cells and gives what is remembered before the last one, and the last one.
func notebook(t testing.TB, cells ...string) (Declarations, *Cell) {
	t.Helper()
	var d Declarations
	for i, text := range cells {
		c, err := Parse("Cell["+string(rune('1'+i))+"]", text)
		if err != nil {
			t.Fatal(err)
		}
		if i == len(cells)-1 {
			return d, c
		}
		d = Merge(d, c.Declarations)
	}
	return d, &Cell{}
}

func TestMerge(t *testing.T) {
	tests := []struct {
		name  string
		cells []string
		want  []string
	}{
		{"function by variable", []string{"func f() {}", "var f = 1"}, []string{"f"}},
		{"tuple goes together", []string{"var a, b = f()", "var b = 1"}, []string{"b"}},
		{"names of one spec", []string{"var a, b = 1, 2", "var b = 1"}, []string{"a", "b"}},
		{"constants of a block", []string{"const (\n\tA = iota\n\tB\n)", "type A int"}, []string{"A", "B"}},
		{"all constants of a block", []string{"const (\n\tA = iota\n\tB\n)", "const A, B = 1, 2"}, []string{"A", "B"}},
		{"methods stay with a type", []string{"type T int\nfunc (T) M() {}", "type T string"}, []string{"T", "T~M"}},
		{"import by declaration", []string{"import \"math/rand\"", "func rand() {}"}, []string{"rand"}},
		{"two dot imports", []string{"import . \"a.b/c\"", "import . \"a.b/d\""}, []string{".~a.b/c", ".~a.b/d"}},
		{"cell run again", []string{"var _ = f()\nvar a = 1", "var _ = f()\nvar a = 1"}, []string{"_~000000", "a"}},
		{"init", []string{"func init() { a() }\nfunc init() { b() }", "func init() { c() }"}, []string{"init"}},
		{"C", []string{"// int f() { return 1; }\nimport \"C\"", "// int g(void) { return 1; }\nimport \"C\"", "// int f() { return 2; }\nimport \"C\""}, []string{"C~f", "C~g"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			old, last := notebook(t, test.cells...)
			before := old.Names()
			got := Merge(old, last.Declarations).Names()
			for i := range got {
				if strings.HasPrefix(got[i], "_~") {
					got[i] = "_~000000"
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(before, old.Names()); diff != "" {
				t.Errorf("the old declarations changed: %s", diff)
			}
		})
	}
}

func TestRemove(t *testing.T) {
	_, c := notebook(t, "import \"fmt\"\nvar a, b = f()\nvar x, y = 1, 2\ntype T int\nfunc (T) M() {}")
	d := c.Declarations
	for _, key := range []string{"fmt", "b", "y", "T"} {
		var found bool
		if d, found = d.Remove(key); !found {
			t.Errorf("%s not found", key)
		}
	}
	if diff := cmp.Diff([]string{"T~M", "x"}, d.Names()); diff != "" {
		t.Error(diff)
	}
	if _, found := d.Remove("a"); found {
		t.Error("half of a tuple stayed")
	}
	if kind, ok := d.KindOf("T~M"); !ok || kind != Func || kind.String() != "func" {
		t.Error(kind, ok)
	}
	if diff := cmp.Diff([]string{"x"}, d.Keys(Var)); diff != "" {
		t.Error(diff)
	}
}

func TestCompose(t *testing.T) {
	tests := []struct {
		name  string
		cells []string
		opts  Options
		want  string
	}{
		{"nothing", []string{""}, Options{}, "package main\n\nimport gemba_flag \"flag\"\n\n//line main.go:1:1\nfunc main() { gemba_flag.Parse() }\n"},
		{"main part", []string{"\n%%\n\n  f()"}, Options{}, `package main

import gemba_flag "flag"

/*line Cell[1]:2:1*/func main() { gemba_flag.Parse()
//line Cell[1]:4:3
f()
}
`},
		{"own main", []string{"// main runs.\nfunc main() {}"}, Options{}, `package main


//line Cell[1]:1:1
// main runs.
/*line Cell[1]:2:1*/func main() {}
`},
		{"kinds in order, functions by name", []string{"func b() {}\nfunc init_a() {}\nvar z, y = 1, a\nvar a = 2\nconst c = 3\ntype T int", "%exec b"}, Options{}, `package main

import gemba_flag "flag"

/*line Cell[1]:5:1*/const c = 3

type /*line Cell[1]:6:6*/T int

var /*line Cell[1]:3:5*/z, y = 1, a

var /*line Cell[1]:4:5*/a = 2

/*line Cell[1]:1:1*/func b() {}

/*line Cell[1]:2:1*/func init/*line Cell[1]:2:12*/() {}

/*line Cell[2]:1:1*/func main() { gemba_flag.Parse(); /*line Cell[2]:1:1*/b() }
`},
		{"comments and directives", []string{"var (\n\t// a is one.\n\ta = 1\n\n\t//go:embed x\n\tb string\n)\n\n//go:noinline\nfunc f() {}"}, Options{}, `package main

import gemba_flag "flag"

//line Cell[1]:2:2
// a is one.
var /*line Cell[1]:3:2*/a = 1

//line Cell[1]:5:2
//go:embed x
var /*line Cell[1]:6:2*/b string

//line Cell[1]:9:1
//go:noinline
func f() {}

//line main.go:1:1
func main() { gemba_flag.Parse() }
`},
		{"imports that are used", []string{"import (\n\t\"fmt\"\n\t\"os\"\n\tm \"math\"\n\tn \"math\"\n\t_ \"embed\"\n\t\"gopkg.in/yaml.v3\"\n)\nvar x = m.Pi", "%%\nvar os struct{ Args int }\nfmt.Println(os.Args)"},
			Options{Imports: []Imported{{"strings", ""}}}, `package main

import gemba_flag "flag"

import /*line Cell[1]:2:2*/"fmt"

import /*line Cell[1]:4:2*/m "math"

import /*line Cell[1]:6:2*/_ "embed"

var /*line Cell[1]:9:5*/x = m.Pi

/*line Cell[2]:1:1*/func main() { gemba_flag.Parse()
//line Cell[2]:2:1
var os struct{ Args int }
fmt.Println(os.Args)
}
`},
		{"imports found, constants, real names", []string{"import \"a.b/other\"\n\n%%\nstrings.ToUpper(real.X)"},
			Options{Imports: []Imported{{"strings", ""}, {"os", ""}}, Consts: map[string]string{"Dir": "a\"b"},
				PackageName: func(p string) string { return map[string]string{"a.b/other": "real"}[p] }}, `package main

import gemba_flag "flag"
import "strings"

import /*line Cell[1]:1:8*/"a.b/other"
const Dir = "a\"b"

/*line Cell[1]:3:1*/func main() { gemba_flag.Parse()
//line Cell[1]:4:1
strings.ToUpper(real.X)
}
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, c := notebook(t, test.cells...)
			p := Compose(Merge(d, c.Declarations), c.Main, test.opts)
			if diff := cmp.Diff(test.want, p.Text); diff != "" {
				t.Error(diff)
			}
			parses(t, p.Text)
		})
	}
}

func parses(t testing.TB, text string) {
	t.Helper()
	if _, err := parser.ParseFile(token.NewFileSet(), "main.go", text, 0); err != nil {
		t.Errorf("%v in\n%s", err, text)
	}
}

// TestDigest: the same cells under other names are the same program, and other ones are not.
func TestDigest(t *testing.T) {
	program := func(name, text string) Program {
		c, err := Parse(name, text)
		if err != nil {
			t.Fatal(err)
		}
		return Compose(c.Declarations, c.Main, Options{})
	}
	a, b := program("Cell[1]", "func f() {}\n%%\nf()"), program("Cell[12]", "func f() {}\n%%\nf()")
	if a.Digest != b.Digest || a.Text == b.Text {
		t.Error(a.Digest, b.Digest)
	}
	if c := program("Cell[1]", "func f() {}\n%%\n f()"); c.Digest == a.Digest {
		t.Error("another column, and the same digest")
	}
	if diff := cmp.Diff([]string{"Cell[12]"}, b.Cells); diff != "" {
		t.Error(diff)
	}
}

func TestLine(t *testing.T) {
	decls, _ := notebook(t, "var (\n\ta = 1\n)", "x := 1\n_ = x\n\n\tfunc f() {\n\t\tg()\n\t}", "")
	tests := []struct {
		cell      string
		line, col int
		want      string
	}{
		{"Cell[2]", 4, 7, " func f() {"}, {"Cell[2]", 5, 0, "\t\tg()"}, {"Cell[2]", 5, 3, "\t\tg()"},
		{"Cell[1]", 2, 2, " a = 1"}, {"Cell[1]", 2, 30, ""}, {"Cell[2]", 1, 1, ""}, {"Cell[3]", 5, 3, ""},
	}
	for _, test := range tests {
		if got, ok := decls.Line(test.cell, test.line, test.col); got != test.want || ok != (got != "") {
			t.Errorf("%s:%d:%d is %q, want %q", test.cell, test.line, test.col, got, test.want)
		}
	}
}

func TestUnresolved(t *testing.T) {
	d, c := notebook(t, "import \"fmt\"\nvar obj struct{ F int }", "func f(os T) { os.Exit(obj.F) }\n%%\nfmt.Println(rand.Intn(1), rand.Int(), error.Error)\nx := y.Z.W\nx.Y()")
	got := Unresolved(Merge(d, c.Declarations), c.Main, Options{})
	if diff := cmp.Diff(Refs{"rand": {"Intn", "Int"}, "y": {"Z"}}, got); diff != "" {
		t.Error(diff)
	}
}

// TestView: a cursor stays at its place, in cells that parse and in those being written.
func TestView(t *testing.T) {
	d, _ := notebook(t, "import \"os\"\nfunc f() int { return 1 }\nvar v = strings.ToUpper(\"\")", "")
	tests := []struct{ name, cell, before, after string }{
		{"main part", "%%\nfmt.‸", "func main() {\nfmt.", "\n\n}\n"},
		{"statements", "x := 1\nx.‸\n", "func main() {\nx := 1\n\nx.", "\n\n\n}\n"},
		{"declaration", "func g() { os.‸ }", "func g() { os.", " }\n\nfunc main() {\n\n}\n"},
		{"open function", "var a = 1\nfunc f() {\n\tstrings.‸", "func f() {\n\tstrings.", "\n\nfunc main() {\n\n}\n"},
		{"import", "import \"net/‸\"", "import \"net/", "\"\n"},
		{"behind a command and other letters", "!ls é\né := \"日本\" + os.‸", "é := \"日本\" + os.", "\n\n}\n"},
		{"empty", "‸", "func main() {\n", "\n\n}\n"},
		{"first place", "‸x()", "func main() {\n", "x()\n\n}\n"},
	}
	find := func(name string, _ []string) string {
		return map[string]string{"fmt": "fmt", "strings": "strings"}[name]
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cursor := strings.Index(test.cell, "‸")
			view := NewView(d, strings.Replace(test.cell, "‸", "", 1), find)
			at, ok := view.Program(cursor)
			if !ok || !strings.HasSuffix(view.Text[:at], test.before) || !strings.HasPrefix(view.Text[at:], test.after) {
				t.Fatalf("cursor at %d, %v in\n%s", at, ok, view.Text)
			}
			if back, ok := view.Cell(at); !ok || back != cursor {
				t.Errorf("cursor came back at %d, not %d", back, cursor)
			}
			if n := strings.Count(view.Text, "func f("); n != 1 {
				t.Errorf("f is declared %d times in\n%s", n, view.Text)
			}
			if n := strings.Count(view.Text, "import \"strings\""); n != 1 {
				t.Errorf("strings is imported %d times in\n%s", n, view.Text)
			}
		})
	}
}

// FuzzParse: no text makes the parser panic, and a cell that parses composes to Go that parses.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"% ", "!", "%%\nx()", "func f() {", "const (\n\tA = iota\n\tB\n)", "var a, _, c = f()", "x := `\n!ls`", "//gonb:%exec f -x",
		"import . \"fmt\"\n/* */ import \"C\"", "package x; func (T[K]) m() {}", "%%bash\n", "func init_x() {}\n\\",
		"type t t\n_ = t{a: {b: c{}}, (d): []*t{{e: f}}}", "type a b[a]\nvar _ = func() { <-b() }\n%test -x", "import . \"C\"\nfunc (a[b, c]) d[b any]() { C.e() }", "type (\n\tA = int\n)\nfor {\n}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		IsComplete(text)
		view := NewView(Declarations{}, text, nil)
		for i := range len(text) + 1 {
			if at, ok := view.Program(i); ok && at > len(view.Text) {
				t.Fatalf("offset %d is %d of %d", i, at, len(view.Text))
			}
		}
		c, err := Parse("Cell[1]", text)
		if err != nil || c.Magic != nil {
			return
		}
		d := Merge(c.Declarations, c.Declarations)
		for _, key := range d.Names() {
			d.Remove(key)
		}
		Unresolved(d, c.Main, Options{})
		if n := c.Named(c.Declarations, d); len(n.Unchanged) != len(n.Bound) || !slices.IsSorted(n.Bound) || len(n.Used) > 0 {
			t.Fatalf("%q uses of itself %q", n.Bound, n.Used)
		}
		parses(t, Compose(d, c.Main, Options{}).Text)
	})
}
