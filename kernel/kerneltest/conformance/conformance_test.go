package conformance

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/kerneltest/peer"
)

// notebooks are those of GoNB's examples/tests that need neither a browser nor a person.
var notebooks = []string{
	"bash_script", "errors", "functions", "goflags", "gonbui", "gotest", "gowork", "hello", "init", "script", "vartuple", "writefile", "capture",
}

// A difference is a cell that is meant to come out differently.
type difference struct {
	notebook string
	cell     int    // among the code cells, from 1
	here     string // what gemba's output holds
	because  string
}

// differences are the cells whose outputs are not GoNB's, each with the reason.
var differences = []difference{
	{"errors", 2, "Cell[2]:2:26: missing ',' before newline in argument list", "one error message, at the user's cell, line and column"},
	{"errors", 3, "\tCell[3]:4", "one error message; the stack trace names the cell's own lines"},
	{"goflags", 7, "gonb_ID/Cell[6]:1:\tA\t\t100.0%", "positions are those of the cell"},
	{"goflags", 10, "Cell[9]:3:6: can inline (*Point).ManhattanLen", "positions are those of the cell"},
	{"script", 4, "Cell[4]:2:1: %%sh can only be the first line of a cell", "the error stands at its line"},
}

func TestNotebooksOfGoNB(t *testing.T) {
	lab := newLab(t)
	for _, name := range notebooks {
		lab.execute(t, "gonb", name)
		lab.execute(t, "gemba", name)
	}
	for _, name := range notebooks {
		t.Run(name, func(t *testing.T) {
			found := lab.compare(t, name)
			for again := 0; len(found) > 0 && again < 3; again++ {
				t.Logf("GoNB loses outputs now and then, so it runs once more; differed:\n%s", strings.Join(found, "\n"))
				lab.execute(t, "gonb", name)
				found = lab.compare(t, name)
			}
			if len(found) > 0 {
				t.Error(strings.Join(found, "\n"))
			}
		})
	}
}

// compare names the cells of a notebook whose outputs differ otherwise than the table of differences announces.
func (l *lab) compare(t *testing.T, name string) (found []string) {
	t.Helper()
	theirs, ours := l.outputs(t, "gonb", name), l.outputs(t, "gemba", name)
	if len(theirs) != len(ours) {
		t.Fatalf("%d cells with GoNB, %d here", len(theirs), len(ours))
	}
	for i := range ours {
		if wrong := compareCell(name, i+1, theirs[i], ours[i]); wrong != "" {
			found = append(found, fmt.Sprintf("cell %d %s", i+1, wrong))
		}
	}
	return found
}

// compareCell says what is wrong with a cell's outputs, or nothing.
func compareCell(notebook string, cell int, theirs, ours string) string {
	i := slices.IndexFunc(differences, func(d difference) bool { return d.notebook == notebook && d.cell == cell })
	if i < 0 {
		if diff := cmp.Diff(theirs, ours); diff != "" {
			return "differs (-GoNB +gemba):\n" + diff
		}
		return ""
	}
	if theirs == ours {
		return "is the same with both kernels: the table of differences is out of date"
	}
	if want := differences[i].here; !strings.Contains(ours, want) {
		return fmt.Sprintf("shows\n%s\nwant %q in it, because: %s", ours, want, differences[i].because)
	}
	return ""
}

// A lab is a folder with both kernels installed and the notebooks to execute.
type lab struct {
	dir    string
	python string
	env    []string
	source string // GoNB's module, copied so that it can be worked on
}

func newLab(t *testing.T) *lab {
	t.Helper()
	root := moduleRoot(t)
	python := filepath.Join(root, ".venv", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		kerneltest.Lacking(t, "no Python with Jupyter: make venv installs it")
	}
	l := &lab{dir: t.TempDir(), python: python}
	gonb, err := peer.InstallGoNB(t.Context(), filepath.Join(root, ".cache", "peers"))
	if err != nil {
		t.Fatal(err)
	}
	l.source = filepath.Join(l.dir, "gonb-source")
	copyModule(t, root, l.source)
	l.env = append(os.Environ(), "JUPYTER_PATH="+gonb.Jupyter, "JUPYTER_DATA_DIR="+filepath.Join(l.dir, "jupyter"),
		"PATH="+gonb.Bin+string(os.PathListSeparator)+os.Getenv("PATH"), "GONB_GIT_ROOT="+l.source)
	gemba := filepath.Join(l.dir, "gemba")
	l.shell(t, root, nil, "go", "build", "-o", gemba, ".")
	l.shell(t, root, nil, gemba, "install")
	return l
}

// execute runs a notebook with a kernel, in the kernel's own folder.
func (l *lab) execute(t *testing.T, kernel, name string) {
	t.Helper()
	out := filepath.Join(l.dir, "by", kernel)
	if err := os.MkdirAll(filepath.Join(out, "cover"), 0o755); err != nil {
		t.Fatal(err)
	}
	env := []string{"GOCOVERDIR=" + filepath.Join(out, "cover"), "TEST_DIR=" + out + "/"}
	if name == "capture" {
		// GoNB asks a proxy which gonb is the latest, gemba knows the one it was tested with. What lies in
		// the module cache answers GoNB the same.
		env = append(env, "GOPROXY=file://"+filepath.Join(goEnv(t, "GOMODCACHE"), "cache", "download"))
	}
	l.shell(t, "", env, l.python, filepath.Join("testdata", "execute.py"), kernel, out, filepath.Join(l.source, "examples", "tests", name+".ipynb"))
}

func (l *lab) shell(t *testing.T, dir string, env []string, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir, c.Env = dir, append(slices.Clone(l.env), env...)
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", c, err, text)
	}
}

// outputs reads what each code cell of an executed notebook shows, freed of what differs from run to run.
func (l *lab) outputs(t *testing.T, kernel, name string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(l.dir, "by", kernel, name+".ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	shown, err := Cells(data)
	if err != nil {
		t.Fatal(err)
	}
	for i := range shown {
		shown[i] = strings.ReplaceAll(shown[i], filepath.Join(l.dir, "by", kernel), "DIR")
	}
	return shown
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	return goList(t, "", "-m", "-f", "{{.Dir}}")
}

func goList(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(context.Background(), "go", append([]string{"list"}, args...)...)
	c.Dir = dir
	text, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v", c, err)
	}
	return string(bytes.TrimSpace(text))
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(text))
}

// copyModule copies GoNB's module out of the module cache, which is read-only.
func copyModule(t *testing.T, root, to string) {
	t.Helper()
	from := goList(t, root, "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
