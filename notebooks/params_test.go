package notebooks

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// source makes a notebook of code cells; a cell that begins with "#tag\n" has that tag.
func source(cells ...string) *Notebook {
	n, err := Parse([]byte(`{"cells":[],"nbformat":4,"nbformat_minor":5}`))
	if err != nil {
		panic(err)
	}
	for _, text := range cells {
		var tags []string
		if rest, ok := strings.CutPrefix(text, "#"); ok {
			tag, body, _ := strings.Cut(rest, "\n")
			tags, text = []string{tag}, body
		}
		n.Insert(len(n.Cells), n.NewCodeCell(n.freshID("cell"), text, tags...))
	}
	return n
}

func params(t *testing.T, args ...string) (all []Param) {
	t.Helper()
	for _, arg := range args {
		p, err := ParseParam(arg)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestInjectKeepsDeclaredTypes(t *testing.T) {
	for _, test := range []struct{ name, cell, arg, want string }{
		{"a float32", "var lr float32 = 0.1", "lr=0.5", "var lr float32 = 0.5"},
		{"a float given a whole number", "var lr = 0.1", "lr=1", "var lr float64 = 1"},
		{"an int", "var n = 3", "n=-7", "var n int = -7"},
		{"a uint8", "var n uint8 = 3", "n=255", "var n uint8 = 255"},
		{"an int64 at its end", "var n int64", "n=-9223372036854775808", "var n int64 = -9223372036854775808"},
		{"leading zeros", "var n = 3", "n=010", "var n int = 10"},
		{"a string of digits", `var id = "a"`, "id=007", `var id string = "007"`},
		{"a string with quotes", `var s = "a"`, "s=say \"hi\"\n= ü\\", `var s string = "say \"hi\"\n= ü\\"`},
		{"an empty string", `var s = "a"`, "s=", `var s string = ""`},
		{"a bool as Python writes it", "var on = false", "on=True", "var on bool = true"},
		{"a slice", "var xs []float32", "xs=[1, 2.5]", "var xs []float32 = []float32{1, 2.5}"},
		{"a slice of strings", `var names = []string{"a"}`, `names=["b", "c"]`, `var names []string = []string{"b", "c"}`},
		{"an empty slice", "var xs []int", "xs=[]", "var xs []int = []int{}"},
		{"a type of the cell", "type Rate float32\nvar r Rate = 0.1", "r=0.2", "var r Rate = 0.2"},
		{"a group", "var (\n\ta = 1\n\tb, c = 2.5, \"x\"\n)", "c=y", `var c string = "y"`},
		{"an untyped constant", "const n = 3", "n=4", "const n = 4"},
		{"a typed constant", "const n int32 = 3", "n=4", "const n int32 = 4"},
		{"an expression", "var n = 10 * len(\"abc\")", "n=4", "var n int = 4"},
		{"a duration", "var d time.Duration", "d=1m30s", "var d time.Duration = time.Duration(90000000000)"},
		{"a duration by its unit", "import \"time\"\nvar d = 5 * time.Second", "d=1s", "var d time.Duration = time.Duration(1000000000)"},
		{"a type that is not known", "var d = math.Sqrt(2)", "d=1.5", "var d float64 = 1.5"},
		{"not a number", "var x float32", "x=nan", "var x float32 = float32(math.NaN())"},
		{"behind commands", "%autoget\n!ls\nvar n = 1\n%%\nfmt.Println(n)", "n=2", "var n int = 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := source("import \"fmt\"", "#parameters\n"+test.cell, "%%\nfmt.Println()")
			got, err := Inject(n, params(t, test.arg))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Injection{Source: "// Parameters\n" + test.want}, got); diff != "" {
				t.Errorf("injection (-want +got):\n%s", diff)
			}
			if c := n.Cells[2]; c.Source != got.Source || !c.Tagged("injected-parameters") || len(n.Cells) != 4 {
				t.Errorf("cell behind the parameters is %+v, of %d", c, len(n.Cells))
			}
			mustTypeCheck(t, got.Source)
		})
	}
}

// mustTypeCheck compiles an injected cell as far as it stands alone.
func mustTypeCheck(t *testing.T, source string) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "cell.go", "package cell\ntype Rate float32\n"+source, 0)
	if err != nil {
		t.Fatalf("parse injected cell: %v", err)
	}
	config := types.Config{Error: func(err error) {
		if !strings.Contains(err.Error(), "undefined: time") && !strings.Contains(err.Error(), "undefined: math") {
			t.Errorf("check injected cell: %v", err)
		}
	}}
	_, _ = config.Check("cell", fset, []*ast.File{file}, nil)
}

func TestInjectGuessesTypes(t *testing.T) {
	for _, test := range []struct{ arg, want string }{
		{"a=1", "var a int = 1"},
		{"a=1e3", "var a float64 = 1e3"},
		{"a=99999999999999999999", "var a float64 = 99999999999999999999"},
		{"a=True", "var a bool = true"},
		{"a=x y", `var a string = "x y"`},
		{"a=[x", `var a string = "[x"`},
		{"a=[1, 2]", "var a []int = []int{1, 2}"},
		{"a=[1, 2.5]", "var a []float64 = []float64{1, 2.5}"},
		{`a=["1"]`, `var a []string = []string{"1"}`},
		{"a=[true]", "var a []bool = []bool{true}"},
		{"a=2026-01-02", `var a string = "2026-01-02"`},
	} {
		n := source("%%\nfmt.Println(a)")
		got, err := Inject(n, params(t, test.arg))
		if err != nil {
			t.Errorf("%s: %v", test.arg, err)
			continue
		}
		if diff := cmp.Diff(Injection{Source: "// Parameters\n" + test.want, AtTop: true}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.arg, diff)
		}
		if n.Cells[0].Source != got.Source {
			t.Errorf("%s: the first cell is %q", test.arg, n.Cells[0].Source)
		}
		mustTypeCheck(t, got.Source)
	}
}

func TestInjectRefuses(t *testing.T) {
	for _, test := range []struct{ name, cell, arg, says string }{
		{"a name that is not there", "var lr, steps = 0.1, 5", "rl=1", "does not declare it; it declares lr, steps"},
		{"a cell that declares nothing", "// nothing", "a=1", "declares nothing"},
		{"a cell that is no Go", "lr = 0.1", "lr=1", "declares nothing"},
		{"a statement", "%%\nlr := 0.1", "lr=1", "var lr ="},
		{"a cell of statements", "lr := 0.1\nfmt.Println(lr)", "lr=1", "which no other cell can replace"},
		{"a var among statements", "%%\nvar lr = 0.1", "lr=1", "which no other cell can replace"},
		{"text for a number", "var n = 1", "n=many", `"many" is no number, but it is declared as int`},
		{"a fraction for an int", "var n = 1", "n=1.5", "no whole number"},
		{"too much for its type", "var n int8 = 1", "n=128", "does not fit in int8"},
		{"a negative unsigned", "var n uint = 1", "n=-1", "does not fit in uint"},
		{"a huge float32", "var x float32", "x=1e39", "does not fit in float32"},
		{"text for a bool", "var on bool", "on=yes", "write true or false"},
		{"text for a slice", "var xs []int", "xs=1,2", "write it as [1, 2, 3]"},
		{"a string in numbers", "var xs []int", `xs=["1"]`, "element 1 is no int"},
		{"a fraction in ints", "var xs []int", "xs=[1, 1.5]", "element 2"},
		{"a map", "var m map[string]int", "m={}", "its type is map[string]int"},
		{"a type of a package", "var u url.URL", "u=x", "its type is url.URL"},
		{"text for a duration", "var d time.Duration", "d=soon", "write it as 1m30s"},
		{"a constant of no number", "const x float64 = 1", "x=inf", "declare it with var"},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := source("#parameters\n" + test.cell)
			before := string(n.Bytes())
			_, err := Inject(n, params(t, test.arg))
			if !errors.Is(err, ErrParameter) || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("error is %v, want one that says %q", err, test.says)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error is more than a line: %v", err)
			}
			if diff := cmp.Diff(before, string(n.Bytes())); diff != "" {
				t.Errorf("the notebook changed:\n%s", diff)
			}
		})
	}
}

func TestInjectReplacesAnInjectedCell(t *testing.T) {
	n := source("#parameters\nvar a, b = 1, 2", "#injected-parameters\n// Parameters\nvar a int = 5", "%%\nfmt.Println(a)")
	if _, err := Inject(n, params(t, "b=1", "a=6", "b=7")); err != nil {
		t.Fatal(err)
	}
	want := "// Parameters\nvar a int = 6\nvar b int = 7"
	if len(n.Cells) != 3 || n.Cells[1].Source != want {
		t.Errorf("%d cells, the second is %q, want 3 and %q", len(n.Cells), n.Cells[1].Source, want)
	}
	if n.Cells[1].ID == n.Cells[0].ID || n.Cells[1].ID == "" {
		t.Errorf("the injected cell has id %q", n.Cells[1].ID)
	}
}

func TestNothingToInjectChangesNothing(t *testing.T) {
	n := source("#parameters\nvar a = 1")
	before := string(n.Bytes())
	got, err := Inject(n, nil)
	if err != nil || got.Source != "" || got.AtTop || got.Unknown != nil || string(n.Bytes()) != before {
		t.Errorf("injection %+v, error %v, notebook\n%s", got, err, n.Bytes())
	}
}

func TestParseParam(t *testing.T) {
	for _, test := range []struct {
		in   string
		want Param
		says string
	}{
		{"a=b=c", Param{"a", "b=c"}, ""},
		{"größe=1", Param{"größe", "1"}, ""},
		{"a", Param{}, "has no value"},
		{"a-b=1", Param{}, "no name of a variable"},
		{"=1", Param{}, "no name"},
		{"func=1", Param{}, "no name"},
	} {
		got, err := ParseParam(test.in)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: error %v, want one that says %q", test.in, err, test.says)
		}
		if got != test.want {
			t.Errorf("%s: %+v, want %+v", test.in, got, test.want)
		}
	}
}
