package papermill

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/notebooks"
	"github.com/google/go-cmp/cmp"
)

// python returns the interpreter that has papermill, which make test installs. In CI it must be there.
func python(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../.venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no .venv with papermill: run make venv")
	}
	t.Skip("no .venv with papermill: run make venv")
	return ""
}

const parametersCell = `// what may be set
const size = 3 // of a batch
var (
	rate float32 = 0.1
	steps        = 10 // how many
	name         = "a // b"
	on           = false
	names        = []string{"a"}
	weights      []float64
	pause        = 2 * time.Second
	limit int64
)
%%
local := 1`

func notebook(t *testing.T, cells ...string) string {
	t.Helper()
	n, err := notebooks.Parse([]byte(`{"cells":[],"metadata":{"kernelspec":{"name":"gemba","language":"go","display_name":"Go"},"language_info":{"name":"go"}},"nbformat":4,"nbformat_minor":5}`))
	if err != nil {
		t.Fatal(err)
	}
	for i, cell := range cells {
		var tags []string
		if cell == parametersCell {
			tags = []string{"parameters"}
		}
		n.Insert(i, n.NewCodeCell("cell-"+string(rune('a'+i)), cell, tags...))
	}
	path := filepath.Join(t.TempDir(), "in.ipynb")
	if err := n.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// prepare has papermill, which finds the translator in site, inject parameters given as JSON. It
// returns the notebook and what papermill said.
func prepare(t *testing.T, site, in, params string) (*notebooks.Notebook, string, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.ipynb")
	cmd := exec.Command(python(t), "-m", "papermill", "--prepare-only", "--no-progress-bar", in, out, "-y", params)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+site, "PYTHONDONTWRITEBYTECODE=1")
	said, err := cmd.CombinedOutput()
	if err != nil {
		return nil, string(said), err
	}
	n, err := notebooks.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	return n, string(said), nil
}

func TestPapermillInjectsGo(t *testing.T) {
	site := t.TempDir()
	if _, err := Install(site); err != nil {
		t.Fatal(err)
	}
	params := map[string]any{
		"size": 4, "rate": 0.5, "steps": 20, "name": "say \"hi\"\n= ü\\", "on": true, "names": []string{"x", "y"},
		"weights": []float64{1, 2.5}, "pause": "1m30s", "limit": 7, "unknown": []any{1, "x"}, "bag": map[string]int{"a": 1},
	}
	b, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	n, said, err := prepare(t, site, notebook(t, "import \"fmt\"", parametersCell, "%%\nfmt.Println(rate)"), string(b))
	if err != nil {
		t.Fatalf("papermill: %v\n%s", err, said)
	}
	if len(n.Cells) != 4 || !n.Cells[2].Tagged("injected-parameters") {
		t.Fatalf("papermill wrote\n%s", n.Bytes())
	}
	want := []string{
		"// Parameters",
		`var bag map[string]int = map[string]int{"a": 1}`,
		"var limit int64 = 7",
		`var name string = "say \"hi\"\n= ü\\"`,
		`var names []string = []string{"x", "y"}`,
		"var on bool = true",
		"var pause time.Duration = time.Duration(90000000000)",
		"var rate float32 = 0.5",
		"const size = 4",
		"var steps int = 20",
		`var unknown []any = []any{1, "x"}`,
		"var weights []float64 = []float64{1, 2.5}",
	}
	if diff := cmp.Diff(want, strings.Split(n.Cells[2].Source, "\n")); diff != "" {
		t.Errorf("injected cell (-want +got):\n%s", diff)
	}
	for _, name := range []string{"unknown", "bag"} {
		if !strings.Contains(said, "Passed unknown parameter: "+name) {
			t.Errorf("papermill does not say that %s is not declared:\n%s", name, said)
		}
	}
	if strings.Contains(said, "parameter: rate") || strings.Contains(said, "parameter: size") {
		t.Errorf("papermill does not know what the cell declares:\n%s", said)
	}
}

// TestPapermillAgreesWithInject gives papermill and gemba the same parameters.
func TestPapermillAgreesWithInject(t *testing.T) {
	site := t.TempDir()
	if _, err := Install(site); err != nil {
		t.Fatal(err)
	}
	in := notebook(t, parametersCell)
	theirs, said, err := prepare(t, site, in, `{"rate": 1, "size": 5, "name": "x", "on": false, "names": ["b"], "pause": "5ms", "limit": -3}`)
	if err != nil {
		t.Fatalf("papermill: %v\n%s", err, said)
	}
	ours, err := notebooks.Open(in)
	if err != nil {
		t.Fatal(err)
	}
	injection, err := notebooks.Inject(ours, []notebooks.Param{
		{Name: "rate", Value: "1"}, {Name: "size", Value: "5"}, {Name: "name", Value: "x"}, {Name: "on", Value: "False"},
		{Name: "names", Value: `["b"]`}, {Name: "pause", Value: "5ms"}, {Name: "limit", Value: "-3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(injection.Source, theirs.Cells[1].Source); diff != "" {
		t.Errorf("injected cell (-gemba +papermill):\n%s", diff)
	}
}

func TestPapermillRefuses(t *testing.T) {
	site := t.TempDir()
	if _, err := Install(site); err != nil {
		t.Fatal(err)
	}
	for params, says := range map[string]string{
		`{"steps": 1.5}`:    "parameter steps cannot be set: it is declared as int, and 1.5 is no whole number",
		`{"steps": "many"}`: "parameter steps cannot be set: it is declared as int, which 'many' is not",
		`{"on": 1}`:         "parameter on cannot be set: it is declared as bool",
		`{"pause": "soon"}`: "write it as 1m30s",
		`{"new": null}`:     "parameter new cannot be set: Go has no None",
	} {
		if _, said, err := prepare(t, site, notebook(t, parametersCell), params); err == nil || !strings.Contains(said, says) {
			t.Errorf("%s: papermill (%v) says\n%s\nwant %q", params, err, said, says)
		}
	}
}

func TestPapermillListsParameters(t *testing.T) {
	site := t.TempDir()
	if _, err := Install(site); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python(t), "-m", "papermill", "--help-notebook", notebook(t, parametersCell))
	cmd.Env = append(os.Environ(), "PYTHONPATH="+site, "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("papermill: %v\n%s", err, out)
	}
	for _, want := range []string{
		"size: int (default 3)", "of a batch", "rate: float32 (default 0.1)", "steps: int (default 10)",
		`name: string (default "a // b")`, "pause: time.Duration",
	} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("papermill does not list %q:\n%s", want, out)
		}
	}
	if bytes.Contains(out, []byte("local")) {
		t.Errorf("papermill lists what is no parameter:\n%s", out)
	}
}

func TestInstallIsAPackageThatPipKnows(t *testing.T) {
	site := t.TempDir()
	old := filepath.Join(site, "gemba_papermill-0.1.dist-info")
	if err := os.Mkdir(old, 0o755); err != nil {
		t.Fatal(err)
	}
	paths, err := Install(site)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the version before is still there (%v)", err)
	}
	out, err := exec.Command(python(t), "-m", "pip", "list", "--path", site, "--format", "freeze").Output()
	if err != nil || strings.TrimSpace(string(out)) != "gemba_papermill==1.0" && strings.TrimSpace(string(out)) != "gemba-papermill==1.0" {
		t.Errorf("pip lists %q (%v)", out, err)
	}
	if err := Uninstall(site); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there (%v)", path, err)
		}
	}
	if err := Uninstall(site); err != nil {
		t.Errorf("removing nothing: %v", err)
	}
}

func TestSite(t *testing.T) {
	site, err := Site(t.Context(), python(t))
	if err != nil || filepath.Base(site) != "site-packages" {
		t.Errorf("site is %q (%v)", site, err)
	}
	if _, err := Site(t.Context(), filepath.Join(t.TempDir(), "python")); err == nil {
		t.Error("a Python that does not exist has a site")
	}
}
