package others

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
)

// trials are notebooks of several languages: each prints, writes a file, reads it, and fails at last.
var trials = []struct {
	kernel, language string
	sources          []string
}{
	{"bash", "bash", []string{"rate=0.1", "echo hello $rate; echo oops >&2", "printf 'a\\nb\\n' > made.txt", "wc -l < made.txt", "# nothing", "false"}},
	{"xpython", "python", []string{"rate = 0.1", "print('hello', rate); rate", "with open('made.txt', 'w') as f: f.write('a\\nb\\n')", "print(open('made.txt').read())",
		"# nothing", "1/0"}},
	{"gonb", "go", []string{"import (\n\t\"fmt\"\n\t\"os\"\n)\nvar rate = 0.1", "%%\nfmt.Println(\"hello\", rate)", "%%\nos.WriteFile(\"made.txt\", []byte(\"a\\nb\\n\"), 0o644)",
		"%%\nb, _ := os.ReadFile(\"made.txt\")\nfmt.Print(string(b))", "// nothing", "%%\npanic(\"no\")"}},
}

// TestOtherKernels wraps them all once.
func TestOtherKernels(t *testing.T) {
	s := newSite(t)
	for name, test := range map[string]func(*site){"notebooks": notebooks, "life of bash": lifeOfBash, "parameters": parameters, "stock MLflow": stockMLflow} {
		t.Run(name, func(t *testing.T) { test(s.in(t)) })
	}
}

// notebooks executes a notebook with each kernel, and with the kernel behind gemba: they show and count the same, and the ledger
// tells of it.
func notebooks(s *site) {
	t := s.t
	var group sync.WaitGroup
	for _, trial := range trials {
		for _, kernel := range []string{trial.kernel, kernelspec.WrapPrefix + trial.kernel} {
			folder := s.notebook(kernel, kernel, trial.language, trial.sources)
			group.Go(func() {
				if out, err := s.command(folder, s.python, absolute(t, "execute.py"), kernel, folder).CombinedOutput(); err != nil {
					t.Errorf("nbclient with %s: %v\n%s", kernel, err, out)
				}
			})
		}
	}
	group.Wait()
	if t.Failed() {
		return
	}
	for _, trial := range trials {
		t.Run(trial.kernel, func(t *testing.T) {
			s := s.in(t)
			wrapped := kernelspec.WrapPrefix + trial.kernel
			if diff := cmp.Diff(s.shown(trial.kernel, "executed.ipynb"), s.shown(wrapped, "executed.ipynb")); diff != "" {
				t.Errorf("behind gemba it shows something else (-alone +behind):\n%s", diff)
			}
			s.recorded(wrapped, trial.sources, "made.txt")
		})
	}
}

func absolute(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// changing is what GoNB shows that is different each time: its folder, goroutines' addresses, and where a panic came in several
// pieces, in which cell it was.
var changing = regexp.MustCompile(`gonb_[0-9a-f]{8}|\+?0x[0-9a-f]+| ?\\u001b\[7m\[\[ Cell [^\\]*\]\]\\u001b\[0m `)

// shown is what the cells of an executed notebook show, a text each. What a kernel printed in one piece or several is the same.
func (s *site) shown(folder, file string) (cells []string) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, folder, file))
	if err != nil {
		s.t.Fatal(err)
	}
	var n struct {
		Cells []struct {
			Count   *int             `json:"execution_count"`
			Outputs []map[string]any `json:"outputs"`
		}
	}
	if err := json.Unmarshal(text, &n); err != nil {
		s.t.Fatal(err)
	}
	for _, c := range n.Cells {
		raw, err := json.Marshal(map[string]any{"count": c.Count, "outputs": joined(c.Outputs)})
		if err != nil {
			s.t.Fatal(err)
		}
		cells = append(cells, changing.ReplaceAllString(string(raw), ""))
	}
	return cells
}

// joined are outputs with those of a stream in one piece, where the first one was.
func joined(outputs []map[string]any) (all []map[string]any) {
	streams := map[any]map[string]any{}
	for _, o := range outputs {
		name := o["name"]
		switch first := streams[name]; {
		case o["output_type"] != "stream":
			all = append(all, o)
		case first != nil:
			first["text"] = whole(first["text"]) + whole(o["text"])
		default:
			streams[name] = map[string]any{"stream": name, "text": whole(o["text"])}
			all = append(all, streams[name])
		}
	}
	return all
}

// whole is a text that a notebook may hold in lines.
func whole(text any) string {
	var b strings.Builder
	lines, ok := text.([]any)
	if !ok {
		lines = []any{text}
	}
	for _, l := range lines {
		s, _ := l.(string)
		b.WriteString(s)
	}
	return b.String()
}

// cell is what gemba show tells of one.
type cell struct {
	Source, Status string
	Count          int
	Outputs        []struct{ Type string }
	Observed       []struct {
		Missing string
		Files   []struct {
			Path          string
			Read, Written bool
		}
	}
}

// cells are those in the ledger of a folder, in the order in which they ran.
func (s *site) cells(folder string) (cells []cell) {
	s.t.Helper()
	ledger := filepath.Join(s.dir, folder, ".gemba")
	var entries []struct{ ID, Kind string }
	s.parse(s.run(s.dir, s.gemba, "--ledger", ledger, "log", "--json"), &entries)
	for _, e := range entries {
		if strings.HasPrefix(e.Kind, "cell") {
			var c cell
			s.parse(s.run(s.dir, s.gemba, "--ledger", ledger, "show", e.ID, "--json"), &c)
			cells = append([]cell{c}, cells...)
		}
	}
	s.run(s.dir, s.gemba, "--ledger", ledger, "verify")
	return cells
}

func (s *site) parse(text []byte, v any) {
	s.t.Helper()
	if err := json.Unmarshal(text, v); err != nil {
		s.t.Fatal(err)
	}
}

// recorded checks that the ledger has the cells of a trial: the second printed, the third wrote a file, the fourth read it, and the last failed.
func (s *site) recorded(folder string, sources []string, file string) {
	s.t.Helper()
	cells := s.cells(folder)
	if len(cells) != len(sources) {
		s.t.Fatalf("%d cells are recorded, want %d", len(cells), len(sources))
	}
	for i, c := range cells {
		want := "ok"
		if i == len(cells)-1 {
			want = "error"
		}
		if c.Source != sources[i] || c.Count != i+1 || c.Status != want {
			s.t.Errorf("cell %d is recorded as %+v, want %s", i+1, c, want)
		}
	}
	if len(cells[1].Outputs) == 0 || len(cells[5].Outputs) == 0 && folder != "gemba-bash" {
		s.t.Errorf("outputs are missing: %+v", cells)
	}
	if !cells[2].touched(file, true) {
		s.t.Errorf("cell 3 wrote %s; recorded is %+v", file, cells[2].Observed)
	}
	if !cells[3].touched(file, false) {
		s.t.Errorf("cell 4 read %s; recorded is %+v", file, cells[3].Observed)
	}
}

// touched says whether a cell wrote a file, or else read it.
func (c cell) touched(file string, wrote bool) bool {
	for _, o := range c.Observed {
		for _, f := range o.Files {
			if filepath.Base(f.Path) == file && (f.Written == wrote && f.Read != wrote) {
				return true
			}
		}
	}
	return false
}
