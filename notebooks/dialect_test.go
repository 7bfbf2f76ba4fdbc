package notebooks

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The values are those that papermill's own translators write, but for lists and objects, which its command line takes from YAML only.
func TestDialects(t *testing.T) {
	texts := []string{"1", "-3", "0.5", "1e-3", "nan", "-inf", "inf", "True", "None", "it's \"a\" $x\n", "", "0x10", `[1, "a", null, true]`, `{"b": [1.5], "a": {}}`, "[1,", "{x}"}
	for language, want := range map[string][]string{
		"python": {"1", "-3", "0.5", "1e-3", "float('nan')", "float('-inf')", "float('inf')", "True", "None", `"it's \"a\" $x\n"`, `""`, `"0x10"`,
			`[1, "a", None, True]`, `{"a": {}, "b": [1.5]}`, `"[1,"`, `"{x}"`},
		"r": {"1", "-3", "0.5", "1e-3", "NaN", "-Inf", "Inf", "TRUE", "NULL", `"it's \"a\" $x\n"`, `""`, `"0x10"`,
			`list(1, "a", NULL, TRUE)`, `list("a" = list(), "b" = list(1.5))`, `"[1,"`, `"{x}"`},
		"julia": {"1", "-3", "0.5", "1e-3", "NaN", "-Inf", "Inf", "true", "nothing", `"it's \"a\" \$x\n"`, `""`, `"0x10"`,
			`[1, "a", nothing, true]`, `Dict("a" => Dict(), "b" => [1.5])`, `"[1,"`, `"{x}"`},
		"bash": {"1", "-3", "0.5", "1e-3", "nan", "-inf", "inf", "true", "''", `'it'"'"'s "a" $x` + "\n'", "''", "'0x10'",
			"(1 'a' '' true)", "error", "'[1,'", "'{x}'"},
	} {
		var got []string
		for _, text := range texts {
			expr, err := dialects[language].value(text)
			if err != nil {
				expr = "error"
			}
			got = append(got, expr)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", language, diff)
		}
	}
}

func TestInjectPython(t *testing.T) {
	n := pythonNotebook(t, "python", "rate = 0.1\nname: str = 'x'  # kept\nother=1")
	done, err := Inject(n, []Param{{"rate", "1"}, {"rate", "0.5"}, {"name", "y"}, {"more", "[1]"}})
	if err != nil {
		t.Fatal(err)
	}
	want := Injection{Source: "# Parameters\nrate = 0.5\nname = \"y\"\nmore = [1]", Unknown: []string{"more"}}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("injection (-want +got):\n%s", diff)
	}
	if !n.Cells[1].Tagged(injectedTag) || n.Cells[1].Source != want.Source {
		t.Errorf("the second cell is %+v", n.Cells[1])
	}
}

func TestInjectUnknownLanguage(t *testing.T) {
	_, err := Inject(pythonNotebook(t, "cobol", ""), []Param{{"a", "1"}})
	if err == nil || !strings.Contains(err.Error(), "cobol") {
		t.Errorf("error %v, want one that names the language", err)
	}
}

// pythonNotebook has one cell, tagged parameters.
func pythonNotebook(t *testing.T, language, source string) *Notebook {
	t.Helper()
	n, err := Read(strings.NewReader(`{"cells":[],"metadata":{"kernelspec":{"name":"k","language":"` + language + `"}},"nbformat":4,"nbformat_minor":5}`))
	if err != nil {
		t.Fatal(err)
	}
	n.Insert(0, n.NewCodeCell("a", source, parametersTag))
	return n
}
