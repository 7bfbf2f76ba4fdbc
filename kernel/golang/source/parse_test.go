package source

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestWords(t *testing.T) {
	tests := map[string][]string{
		"":                              nil,
		"  ls \t":                       {"ls"},
		`args --msg="hello world" -x=1`: {"args", "--msg=hello world", "-x=1"},
		`goflags ""`:                    {"goflags", ""},
		`args "a \"b\"\n\t" c`:          {"args", "a \"b\"\n\t", "c"},
		`args a\b 'c d' it's 'e`:        {"args", `a\b`, "c d", "it's", "'e"},
		`args "open`:                    {"args", "open"},
		`args "ends in \`:               {"args", "ends in "},
		"env V é 日本":                    {"env", "V", "é", "日本"},
		`args ''`:                       {"args", ""},
	}
	for text, want := range tests {
		if diff := cmp.Diff(want, Words(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestCommands(t *testing.T) {
	tests := []struct {
		name, text string
		want       []Command
	}{
		{"none", "x := `\n!ls\n%ls\n`\n/*\n!ls\n*/ // `\n", nil},
		{"in order", "!ls -l \"x\"\n%cd  /tmp\nx()\n//gonb:!pwd", []Command{
			{Kind: '!', Line: 1, Lines: 1, Text: `ls -l "x"`},
			{Kind: '%', Line: 2, Lines: 1, Text: "cd  /tmp", Words: []string{"cd", "/tmp"}},
			{Kind: '!', Line: 4, Lines: 1, Text: "pwd"}}},
		{"continued", "!* go \\\n//gonb:  get \\\n x", []Command{{Kind: '!', Line: 1, Lines: 3, Text: "go    get   x", Work: true}}},
		{"continued to the end", "!ls \\", []Command{{Kind: '!', Line: 1, Lines: 1, Text: "ls  "}}},
		{"quotes of a shell", "!echo 'it`s' /* \"\n%ls", []Command{
			{Kind: '!', Line: 1, Lines: 1, Text: "echo 'it`s' /* \""},
			{Kind: '%', Line: 2, Lines: 1, Text: "ls", Words: []string{"ls"}}}},
		{"blank after the sign", "% ls", []Command{{Kind: '%', Line: 1, Lines: 1, Text: "ls", Words: []string{"ls"}}}},
		{"runes and strings", "x := '`'; y := \"`\\\"/*\"\n!ls", []Command{{Kind: '!', Line: 2, Lines: 1, Text: "ls"}}},
		{"unknown", "%%nothing a", []Command{{Kind: '%', Line: 1, Lines: 1, Text: "%nothing a", Words: []string{"%nothing", "a"}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, goText := splitCommands(test.text)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if len(goText) != len(test.text) || strings.Count(goText, "\n") != strings.Count(test.text, "\n") {
				t.Errorf("offsets moved: %q", goText)
			}
		})
	}
}

func TestMagic(t *testing.T) {
	tests := map[string]*Magic{
		"%%bash\nls `\n":                {Name: "bash", Body: "ls `\n"},
		"//gonb:%%writefile -a \"x y\"": {Name: "writefile", Args: []string{"-a", "x y"}},
		"%%script bc\n7 + 11":           {Name: "script", Args: []string{"bc"}, Body: "7 + 11"},
		"%% bash\nx()":                  nil,
		"\n%%bash":                      nil,
	}
	for text, want := range tests {
		c, _ := Parse("Cell[1]", text)
		if diff := cmp.Diff(want, c.Magic, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestParse(t *testing.T) {
	type summary struct {
		Names, Args, Tests, Benchmarks []string
		Main                           string
		Test, Wasm, Go                 bool
	}
	tests := []struct {
		name, text string
		want       summary
	}{
		{"empty", " \n", summary{}},
		{"comment", "// nothing", summary{}},
		{"commands", "!ls\n%ls", summary{}},
		{"declarations", "package x; import (\n\t\"fmt\"\n\tm \"math\"\n)\ntype T int\nfunc (t T) M() {}\nfunc f() {}", summary{Names: []string{"T", "T~M", "f", "fmt", "m"}, Go: true}},
		{"imports by last element", "import \"gopkg.in/yaml.v3\"\nimport \"math/rand/v2\"\nimport \"x.y/go-bar\"\nimport . \"a.b/c\"\nimport _ \"a.b/d\"\nimport \"C\"", summary{Names: []string{".~a.b/c", "C", "_~a.b/d", "bar", "rand", "yaml"}, Go: true}},
		{"receivers", "func (t *T[K, V]) A() {}\nfunc (T[K]) B() {}\nfunc (t (*T)) C() {}", summary{Names: []string{"T~A", "T~B", "T~C"}, Go: true}},
		{"tuple", "var a, _, c = f()", summary{Names: []string{"_~356723", "a", "c"}, Go: true}},
		{"main part", "var x = 1\n%% -x=1 \"a b\"\nfmt.Println(x)\n", summary{Names: []string{"x"}, Args: []string{"-x=1", "a b"}, Main: "fmt.Println(x)", Go: true}},
		{"all behind the mark is main", "//gonb:%main\nconst answer = 42\nimport_ := 3\n_, _ = answer, import_", summary{Main: "const answer = 42\nimport_ := 3\n_, _ = answer, import_", Go: true}},
		{"empty main part", "%%", summary{Go: true}},
		{"statements", "x := 1 // one\nfunc f() {}\nfmt.Println(x)", summary{Names: []string{"f"}, Main: "x := 1 // one\n           \nfmt.Println(x)", Go: true}},
		{"function literal", "func(x int) int { return x }(3)\nfunc() {}()", summary{Main: "func(x int) int { return x }(3)\nfunc() {}()", Go: true}},
		{"blocks", "for i := range 3 {\n\tf(i)\n}\nif x {\n} else {\n}", summary{Main: "for i := range 3 {\n\tf(i)\n}\nif x {\n} else {\n}", Go: true}},
		{"own main", "func main() { f() }", summary{Main: "func main() { f() }", Go: true}},
		{"exec", "func f() {}\n%exec f -x=1", summary{Names: []string{"f"}, Args: []string{"-x=1"}, Main: "f", Go: true}},
		{"args", "%args --who=Wally\nfunc main() {}", summary{Args: []string{"--who=Wally"}, Main: "func main() {}", Go: true}},
		{"tests", "func TestA(t *testing.T) {}\nfunc TestMain(m *testing.M) {}\nfunc BenchmarkB(b *testing.B) {}\n%test", summary{Names: []string{"BenchmarkB", "TestA", "TestMain"}, Tests: []string{"TestA"}, Benchmarks: []string{"BenchmarkB"}, Test: true, Go: true}},
		{"test alone", "%test -test.v", summary{Args: []string{"-test.v"}, Test: true, Go: true}},
		{"wasm", "%wasm\n%%\nf()", summary{Main: "f()", Wasm: true, Go: true}},
		{"raw string", "%%\ns := `\n%%\n!ls`\n_ = s", summary{Main: "s := `\n%%\n!ls`\n_ = s", Go: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := Parse("Cell[1]", test.text)
			if err != nil {
				t.Fatal(err)
			}
			got := summary{c.Declarations.Names(), c.Args, c.Tests, c.Benchmarks, c.Main.text(), c.Test, c.Wasm, c.Go}
			if len(got.Args) == 0 {
				got.Args = nil
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// text is what a test may compare a main part by.
func (m Main) text() string {
	if m.kind == mainBody {
		return m.body.text
	}
	return m.mark.text
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		text string
		want []Diagnostic
	}{
		{"% ", []Diagnostic{{"C", 1, 1, `nothing follows '%': a command (%help lists them) or a shell command is missing`}}},
		{"x()\n! ", []Diagnostic{{"C", 2, 1, `nothing follows '!': a command (%help lists them) or a shell command is missing`}}},
		{"!*", []Diagnostic{{"C", 1, 1, `nothing follows '!': a command (%help lists them) or a shell command is missing`}}},
		{"X=17\n%%sh\necho $X", []Diagnostic{{"C", 2, 1, "%%sh can only be the first line of a cell"}}},
		{"%%\nfmt.Println(\"é\"\n", []Diagnostic{{"C", 2, 17, "missing ',' before newline in argument list"}}},
		{"func f() {", []Diagnostic{{"C", 1, 11, "expected '}', found 'EOF'"}}},
		{"func f() {}\nvar f = 1", []Diagnostic{{"C", 2, 5, "f redeclared in this cell; other declaration at line 1"}}},
		{"%%\n}\nfunc f() {", []Diagnostic{{"C", 2, 1, "unexpected }: it closes no block of this cell"}}},
		{"%exec", []Diagnostic{{"C", 1, 1, "%exec needs the name of a function without parameters: %exec name [arguments]"}}},
		{"%exec f;g", []Diagnostic{{"C", 1, 1, `%exec needs the name of a function, and "f;g" is none`}}},
		{"%exec f\nx()", []Diagnostic{{"C", 2, 1, "statements next to %exec: they would never run"}}},
		{"%%\nf()\n%main", []Diagnostic{{"C", 3, 1, "a cell has one main part, and %main begins another one"}}},
		{"func main() {}\n%%\nf()", []Diagnostic{{"C", 1, 1, "func main is declared, and the cell has another main part or statements outside of it"}}},
		{"%wasm x", []Diagnostic{{"C", 1, 1, "%wasm takes no arguments"}}},
		{"func main() {}\nfunc main() {}", []Diagnostic{{"C", 2, 1, "main redeclared in this cell; other declaration at line 1"}}},
		{"import x", []Diagnostic{{"C", 1, 9, "missing import path"}}},
		{"import \"\"", []Diagnostic{{"C", 1, 8, `invalid import path ""`}}},
		{"import \"a b\"", []Diagnostic{{"C", 1, 8, `invalid import path "a b"`}}},
		{"\n/* open", []Diagnostic{{"C", 2, 1, "comment not terminated"}}},
		{"%test\nf()", []Diagnostic{{"C", 2, 1, "statements next to %test: they would never run"}}},
	}
	for _, test := range tests {
		c, err := Parse("C", test.text)
		var wrong *Error
		if !errors.As(err, &wrong) {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		if diff := cmp.Diff(test.want, wrong.Diagnostics); diff != "" {
			t.Errorf("%q: %s", test.text, diff)
		}
		if c == nil || c.Go {
			t.Errorf("%q: something is left to run", test.text)
		}
	}
}

// TestCommandsOfBrokenCell: commands are there to be carried out even when the Go text is wrong.
func TestCommandsOfBrokenCell(t *testing.T) {
	c, err := Parse("C", "!ls\nfunc {")
	if err == nil || len(c.Commands) != 1 {
		t.Error(err, c.Commands)
	}
}

func TestTestArgs(t *testing.T) {
	c, err := Parse("C", "func TestA(t *testing.T) {}\nfunc BenchmarkB(b *testing.B) {}\n%test")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"-test.v", "-test.bench=.", "-test.run=^TestA$|^BenchmarkB$"}, c.TestArgs()); diff != "" {
		t.Error(diff)
	}
}

// TestOwnTests: what go test runs of a cell is what it would run of a file.
func TestOwnTests(t *testing.T) {
	c, err := Parse("C", `%test
func TestMain(m *testing.M) {}
func Testify() {}
func Test_x(t *testing.T) {}
func FuzzY(f *testing.F) {}
func ExampleZ() {}
func (T) TestM() {}`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Test_x", "FuzzY", "ExampleZ"}, c.Tests); diff != "" {
		t.Error(diff)
	}
}

func TestIsComplete(t *testing.T) {
	type verdict struct {
		Status Status
		Indent string
	}
	tests := map[string]verdict{
		"":                               {Complete, ""},
		"x := 1":                         {Complete, ""},
		"!ls":                            {Complete, ""},
		"!ls \\":                         {Incomplete, ""},
		"%%":                             {Incomplete, ""},
		"%%\nf()":                        {Complete, ""},
		"%%bash\nls":                     {Incomplete, ""},
		"%%bash\nls\n\n":                 {Complete, ""},
		"func f() {":                     {Incomplete, "\t"},
		"func f() {\n\tfor {":            {Incomplete, "\t\t"},
		"f(1,":                           {Incomplete, ""},
		"x := `a":                        {Incomplete, ""},
		"/* a":                           {Incomplete, ""},
		"x := 1 +":                       {Incomplete, ""},
		"type T":                         {Incomplete, ""},
		"}":                              {Invalid, ""},
		"x := := 2\ny":                   {Invalid, ""},
		"import \"fmt\"\nfmt.Println(1)": {Complete, ""},
	}
	for text, want := range tests {
		var got verdict
		got.Status, got.Indent = IsComplete(text)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// TestOwnText reads every example that a notebook of this repository's Go sources could hold: this package itself.
func TestOwnText(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(name, string(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if c.Declarations.Empty() && name != "doc.go" {
			t.Errorf("%s: nothing declared", name)
		}
	}
}
