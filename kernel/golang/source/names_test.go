package source

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNamed executes cells one after the other; told is what the last one binds and uses.
func TestNamed(t *testing.T) {
	const base = "import \"math\"\nconst half = 0.5\ntype point struct{ x, y float64 }\nfunc (p point) norm() float64 { return math.Hypot(p.x, p.y) }"
	tests := []struct {
		name  string
		cells []string
		told  string // bound | used
	}{
		{"declarations", []string{base}, "half math point point.norm |"},
		{"a type's methods, and what they use", []string{base, "var p = point{3, 4}"}, "p | math point point.norm"},
		{"through a variable", []string{base, "var p = point{3, 4}", "%%\nfmt.Println(p.x * half)"}, "| half math p point point.norm"},
		{"statements alone", []string{"var x = 1", "println(x)"}, "| x"},
		{"nothing", []string{"var x = 1", "%%\nprintln(1)"}, "|"},
		{"its own", []string{"var x = 1", "var x = 2\nprintln(x)"}, "x |"},
		{"its own, in func main", []string{"var x, y = 1, 2", "var x = 2\nfunc main() { println(x, y) }"}, "x | y"},

		{"shadowed by :=", []string{"var x = 1", "%%\nx := 2\nprintln(x)"}, "|"},
		{"used before it is shadowed", []string{"var x = 1", "%%\nprintln(x)\nx := 2\n_ = x"}, "| x"},
		{"used to shadow", []string{"var x = 1", "%%\nx := x\n_ = x"}, "| x"},
		{"shadowed in a block", []string{"var x = 1", "%%\n{\n\tx := 2\n\t_ = x\n}\nprintln(x)"}, "| x"},
		{"shadowed in one block", []string{"var x = 1", "%%\nfor x := range 3 {\n\tprintln(x)\n}\nif x := 1; x > 0 {\n}\nswitch x := any(1).(type) {\ncase int:\n\t_ = x\n}"}, "|"},
		{"shadowed by a parameter", []string{"var x, r = 1, 2", "func f(x int) (r int) { r = x; return }"}, "f |"},
		{"shadowed by a type", []string{"type t int", "func f() { type t string; var _ t }"}, "f |"},
		{"a name of the language that is declared", []string{"func max(a ...int) int { return 0 }", "%%\nprintln(max(1), min(1))"}, "| max"},
		{"assigned", []string{"var x = 1", "%%\nx = 2"}, "| x"},
		{"closures", []string{"var a, b, c = 1, 2, 3", "%%\nf := func(b int) int {\n\tc := 1\n\treturn func() int { return a + b + c }()\n}\n_ = f"}, "| a"},
		{"goroutines and deferred calls", []string{"func a() {}\nfunc b() {}", "%%\ngo func() { defer a() }()\nb := 1\n_ = b"}, "| a"},
		{"labels", []string{"var outer, inner = 1, 2", "%%\nouter:\nfor {\n\tfor {\n\t\tbreak outer\n\t}\n\tgoto inner\n}\ninner:\n"}, "|"},
		{"selections", []string{"var x, norm = 1, 2", "%%\nvar p struct{ x, norm int }\nprintln(p.x, p.norm)"}, "|"},
		{"embedded types", []string{"type base struct{}", "type more struct{ *base }"}, "more | base"},
		{"interfaces", []string{"type shape interface{ area() float64 }\nfunc area() {}", "type solid interface { shape; area() int }"}, "solid | shape"},
		{"struct types and tags", []string{"type a int\nvar name = 1", "type b struct {\n\tname a `json:\"name\"`\n}"}, "b | a"},

		{"fields of a struct", []string{"var x, y = 1, 2\ntype point struct{ x, y int }", "%%\n_ = point{x: y}"}, "| point y"},
		{"fields of a struct of this cell", []string{"var x = 1", "type point struct{ x int }\n%%\n_ = []*point{{x: 1}, {x: 2}}\n_ = map[string]point{\"a\": {x: 1}}"}, "point |"},
		{"fields of a local struct", []string{"var x = 1", "%%\ntype p struct{ x int }\n_ = p{x: 1}\n_ = struct{ x int }{x: 1}"}, "|"},
		{"fields of a named struct", []string{"var x = 1\ntype a struct{ x int }\ntype b a", "%%\n_ = b{x: 1}"}, "| a b"},
		{"fields of another package's struct", []string{"var Name = 1", "%%\n_ = xml.Attr{Name: xml.Name{}}"}, "|"},
		{"keys of a map", []string{"const key = \"k\"", "%%\n_ = map[string]int{key: 1}"}, "| key"},
		{"keys of a declared map", []string{"const key = \"k\"\ntype table map[string]int", "%%\n_ = table{key: 1}"}, "| key table"},
		{"keys of another package's map", []string{"const key = \"k\"", "%%\n_ = url.Values{key: nil}"}, "| key"},
		{"keys that are literals", []string{"const a = 1\ntype point struct{ a int }", "%%\n_ = map[point]int{{a: 2}: 1}"}, "| point"},
		{"indices of an array", []string{"const last = 3", "%%\n_ = [...]int{last: 1}"}, "| last"},
		{"a key that is local", []string{"const key = 1", "%%\nkey := 2\n_ = map[int]int{key: 1}"}, "|"},
		{"a type that is its own", []string{"const key = 1", "%%\ntype t []t\n_ = t{key: {}}"}, "| key"},

		{"generics", []string{"type Number interface{ ~int | ~float64 }\nvar T, K = 1, 2", "func sum[T Number, K comparable](m map[K]T) (s T) { return }"}, "sum | Number"},
		{"generic methods", []string{"type stack[T any] []T\nvar E = 1", "func (s *stack[E]) push(e E) { *s = append(*s, e) }"}, "stack.push | stack"},
		{"type arguments", []string{"type stack[T any] []T\nfunc (s *stack[E]) push(e E) {}\ntype item int", "%%\nvar s stack[item]\n_ = s"}, "| item stack stack.push"},
		{"a generic function", []string{"type num interface{ ~int }\nfunc zero[T num]() (z T) { return }", "%%\n_ = zero[int]()"}, "| num zero"},

		{"methods of a type that is declared anew", []string{base, "type point struct{ x, y float64 }"}, "point | math point.norm"},
		{"method expressions", []string{"type t int\nfunc (t) m() {}", "%%\n_ = (*t).m"}, "| t t.m"},
		{"types in a switch", []string{"type a int\ntype b int", "%%\nswitch any(1).(type) {\ncase a, *b:\n}"}, "| a b"},
		{"aliases", []string{"type set[K comparable] = map[K]bool\nconst key = 1", "%%\n_ = set[int]{key: true}"}, "| key set"},
		{"fields of a generic struct", []string{"type pair[A, B any] struct { a A; b B }\nvar a, b = 1, 2", "%%\n_ = pair[int, int]{a: b}\n_ = []pair[int, int]{{a: 1, b: a}}"}, "| a b pair"},
		{"a literal in a literal whose type is not known", []string{"type rows []struct{ x int }\nvar x, y = 1, 2", "%%\n_ = rows{{x: y}}"}, "| rows x y"},
		{"channels, sends and selections", []string{"var in, out = make(chan int), make(chan int)\nvar v = 1", "%%\nselect {\ncase v := <-in:\n\tout <- v\ndefault:\n}"}, "| in out"},
		{"functions as ranges", []string{"func seq(yield func(int) bool) {}\nvar i = 1", "%%\nfor i := range seq {\n\t_ = i\n}"}, "| seq"},
		{"constraints", []string{"type num interface{ ~int }", "type box[T num] struct{ v T }\nfunc (b box[T]) get() T { return b.v }"}, "box box.get | num"},
		{"a local function that calls itself", []string{"var f = 1", "%%\nvar f func()\nf = func() { f() }"}, "|"},
		{"named results and bare returns", []string{"var n, err = 1, 2", "func f() (n int, err error) { return }"}, "f |"},
		{"an array's length", []string{"const size = 3", "type grid [size][size]int"}, "grid | size"},
		{"what a local type hides", []string{"var x = 1\ntype t struct{ x int }", "%%\ntype t map[int]int\n_ = t{x: 1}"}, "| x"},
		{"byte order and line ends", []string{"var x = 1", "%%\r\nprintln(x)\r\n"}, "| x"},

		{"constants by iota", []string{"const (\n\tred = iota\n\tgreen\n\tblue\n)", "%%\nprintln(green)"}, "| green"},
		{"constants of constants", []string{"const n = 3", "const (\n\ta = n * iota\n\tb\n)", "%%\nprintln(b)"}, "| b n"},
		{"a group that was declared in part anew", []string{"const (\n\ta = iota\n\tb\n)", "const a = \"x\"", "%%\nprintln(a, b)"}, "| a b"},
		{"several results", []string{"func two() (int, int) { return 1, 2 }", "var a, b = two()", "%%\nprintln(a)"}, "| a two"},
		{"order of initialisation", []string{"var a = b + 1\nvar b = f()\nfunc f() int { return c }\nvar c = 1\nvar d = 2", "%%\nprintln(a)"}, "| a b c f"},
		{"functions that call each other", []string{"func even(n int) bool { return n == 0 || odd(n-1) }\nfunc odd(n int) bool { return n != 0 && even(n-1) }", "%%\nodd(3)"}, "| even odd"},
		{"what is declared in between counts", []string{"var x = 1", "func f() int { return x }", "func f() int { return 2 }", "%%\nf()"}, "| f"},
		{"another cell's declaration is replaced beneath", []string{"var y = 1", "func g() int { return 1 }", "func f() int { return g() }", "func g() int { return y }", "%%\nf()"}, "| f g y"},

		{"imports", []string{"import (\n\t\"fmt\"\n\tm \"math\"\n\t\"os\"\n)", "%%\nfmt.Println(m.Pi)"}, "| fmt m"},
		{"an import's name is shadowed", []string{"import \"os\"", "%%\nos := struct{ Args int }{}\n_ = os.Args"}, "|"},
		{"an import of another name than its path", []string{"import \"gopkg.in/yaml.v3\"\nimport \"example.com/lib/python-go\"", "%%\nyaml.Marshal(pythongo.X)"}, "| yaml"},
		{"an import that its path tells in part", []string{"import \"example.com/my-plot-lib\"", "%%\nplot.New()"}, "| my"},
		{"an import whose path has the name of another package in it", []string{"import \"github.com/sirupsen/logrus\"\nimport \"example.com/regression/v2\"\nimport \"example.com/time/runtime-x\"", "%%\nlog.Println(io.EOF, time.Now())"}, "|"},
		{"a word of the last element before a version", []string{"import \"example.com/golang-lru/v2\"", "%%\nlru.New()"}, "| golang"},
		{"dot imports of which a variable's method is called", []string{"import . \"net/http\"\nvar Own struct{ x int }", "%%\nDefaultClient.Get(u)"}, "| .~net/http"},
		{"dot imports where something else is selected", []string{"import . \"net/http\"\nvar Own struct{ x int }", "%%\nprintln(Own.x, os.Args)"}, "| Own"},
		{"dot imports", []string{"import . \"math\"", "%%\nprintln(Sqrt(2))"}, "| .~math"},
		{"dot imports that are not needed", []string{"import . \"math\"", "%%\nprintln(len(\"\"))"}, "|"},
		{"blank imports", []string{"import _ \"embed\"", "%%\n"}, "| _~embed"},
		{"blank imports where nothing runs", []string{"import _ \"embed\"", "var x = 1"}, "x |"},
		{"C", []string{"/*\nint add(int a, int b) { return a + b; }\nstruct pair { int a; };\n*/\nimport \"C\"", "%%\nC.add(1, 2)\nvar _ C.struct_pair"}, "| C.add C.pair"},

		{"init functions", []string{"var seed = 1\nfunc init_seed() { println(seed) }\nfunc other() {}", "%%\n"}, "| init_seed seed"},
		{"init functions that are replaced", []string{"func init() {}\nfunc init() {}", "func init() {}", "%%\n"}, "| init"},
		{"init functions of this cell", []string{"func init_a() {}", "func init_a() {}"}, "init_a |"},
		{"blank variables", []string{"func set() int { return 1 }\nvar _ = set()\nvar _ error = (*e)(nil)\ntype e struct{}\nvar _ = func() { set() }", "%%\n"}, "| _~* set"},
		{"initialised and not used", []string{"var x = f()\nfunc f() int { return 1 }", "%%\n"}, "|"},

		{"%exec", []string{"func run() {}\nfunc other() {}", "%exec run -x"}, "| run"},
		{"%test", []string{"func double(x int) int { return 2 * x }\nfunc TestOld(t *testing.T) {}\nfunc TestMain(m *testing.M) {}", "%test\nfunc TestNew(t *testing.T) { double(1) }"}, "TestNew | TestMain double"},
		{"%test of all", []string{"func TestOld(t *testing.T) {}\nfunc Testify() {}\nfunc BenchmarkOld(b *testing.B) {}", "%test"}, "| TestOld"},
		{"%test with arguments", []string{"func TestOld(t *testing.T) {}\nfunc BenchmarkOld(b *testing.B) {}", "%test -test.bench=."}, "| BenchmarkOld TestOld"},
		{"benchmarks run with others", []string{"func BenchmarkOld(b *testing.B) {}\nfunc TestOld(t *testing.T) {}", "%test\nfunc BenchmarkNew(b *testing.B) {}"}, "BenchmarkNew | BenchmarkOld"},
		{"%wasm", []string{"var x = 1", "%wasm\n%%\nprintln(x)"}, "| x"},
		{"commands", []string{"var x = 1", "!echo x\n%args x\n//gonb:!ls x\n%%\n"}, "|"},
		{"not Go", []string{"var x = 1", "%%bash\necho $x"}, "|"},
		{"other letters", []string{"var größe, 数 = 1, 2", "%%\nprintln(größe, 数)"}, "| größe 数"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var decls Declarations
			var got string
			for i, text := range test.cells {
				c, err := Parse(fmt.Sprintf("Cell[%d]", i+1), text)
				if err != nil {
					t.Fatal(err)
				}
				before := decls
				decls = Merge(before, c.Declarations)
				got = told(c.Named(before, decls))
			}
			if diff := cmp.Diff(test.told, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestUnchanged: what a cell declares just as an earlier one did.
func TestUnchanged(t *testing.T) {
	tests := []struct{ name, before, cell, unchanged string }{
		{"new", "", "var x = 1", ""},
		{"the same", "var x = 1\nfunc f() {}", "var x = 1\nfunc f() {}", "f x"},
		{"one of two", "var x = 1\nfunc f() {}", "var x = 2\nfunc f() {}", "f"},
		{"laid out in another way", "func f() { g(); h() }", "// f does it.\nfunc f() {\n\tg() // first\n\th()\n}", "f"},
		{"comments and blanks", "func f() {\n\tg()\n}", "// f does it.\nfunc f() { // how\n\n\tg( )\n}", "f"},
		{"line ends that count", "func f() {\n\ta := b\n\t(c)()\n}", "func f() {\n\ta := b(c)()\n}", ""},
		{"strings", "var s = \"a b\"", "var s = \"a  b\"", ""},
		{"in a group or not", "var x = 1", "var (\n\tx = 1\n\ty = 2\n)", "x"},
		{"another kind", "var x = 1", "const x = 1", ""},
		{"constants of a group", "const (\n\ta = 1\n\tb = 2\n)", "const (\n\tb = 2\n\ta = 3\n)", "b"},
		{"constants by iota", "const (\n\ta = iota\n\tb\n)", "const (\n\tz = iota\n\ta\n\tb\n)", ""},
		{"a group by iota", "const (\n\ta = iota\n\tb\n)", "const (\n\ta = iota\n\n\tb\n)", "a b"},
		{"methods", "type t int\nfunc (t) m() {}\nfunc (t) n() {}", "func (t) m() {}\nfunc (t) n() int { return 1 }", "t.m"},
		{"imports", "import \"math\"\nimport r \"math/rand\"", "import (\n\t\"math\"\n\tr \"math/rand/v2\"\n)", "math"},
		{"what is embedded", "//go:embed a.txt\nvar s string", "//go:embed b.txt\nvar s string", ""},
		{"C", "/*\nint f() { return 1; }\n*/\nimport \"C\"", "/*\nint f() { return 2; }\n*/\nimport \"C\"", ""},
		{"the same C", "/*\nint f() { return 1; }\n*/\nimport \"C\"", "/*\nint f() { return 1; }\n*/\nimport \"C\"", "C.f"},
		{"init functions", "func init() { a() }\nfunc init() { b() }", "func init() { a() }\nfunc init() { c() }", "init"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before, err := Parse("Cell[1]", test.before)
			if err != nil {
				t.Fatal(err)
			}
			c, err := Parse("Cell[2]", test.cell)
			if err != nil {
				t.Fatal(err)
			}
			n := c.Named(before.Declarations, Merge(before.Declarations, c.Declarations))
			if diff := cmp.Diff(test.unchanged, strings.Join(n.Unchanged, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// told writes names in one line, with a star for the digits of nameless variables.
func told(n Named) string {
	used := strings.Join(n.Used, " ")
	if at := strings.Index(used, "_~"); at >= 0 && len(used) >= at+8 && strings.Trim(used[at+2:at+8], "0123456789") == "" {
		used = used[:at+2] + "*" + used[at+8:]
	}
	return strings.TrimSpace(strings.Join(n.Bound, " ") + " | " + used)
}
