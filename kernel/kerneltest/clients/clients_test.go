package clients

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
)

func TestMain(m *testing.M) {
	if os.Getenv(serveVerbs) != "" {
		if err := serve(os.Args[len(os.Args)-1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(tested(m))
}

// tested runs the tests, for which gemba is built once.
func tested(m *testing.M) int {
	dir, err := os.MkdirTemp("", "gemba-clients-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	_ = os.Setenv(buildFolder, dir)
	return m.Run()
}

// buildFolder tells, in the environment, where gemba is built.
const buildFolder = "GEMBA_TEST_BUILD"

// site is a Jupyter installation with our kernels in it, apart from the user's own.
type site struct {
	t      *testing.T
	python string // folder of the virtual environment's programs
	dir    string // where everything is written
}

// newSite installs gemba, and the kernel of the engine for tests.
func newSite(t *testing.T) *site {
	t.Helper()
	root := repository(t)
	s := &site{t: t, python: filepath.Join(root, ".venv", "bin"), dir: t.TempDir()}
	if _, err := os.Stat(filepath.Join(s.python, "jupyter")); err != nil {
		kerneltest.Lacking(t, "Jupyter is not in .venv: run make venv")
	}
	program := filepath.Join(s.dir, "gemba")
	built := filepath.Join(os.Getenv(buildFolder), "gemba")
	s.run(root, "go", "build", "-o", built, ".") // does nothing when it is there
	if err := os.Link(built, program); err != nil {
		t.Fatal(err)
	}
	s.run(s.dir, program, "install")
	s.installVerbs()
	return s
}

func repository(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
}

// installVerbs writes a kernelspec that starts this test binary as a kernel.
func (s *site) installVerbs() {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	spec, err := json.Marshal(map[string]any{"argv": []string{self, "{connection_file}"}, "display_name": "Verbs", "language": "verbs",
		"interrupt_mode": "message", "env": map[string]string{serveVerbs: "1"}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.write(filepath.Join("data", "kernels", "verbs", "kernel.json"), spec)
}

func (s *site) write(name string, text []byte) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// run runs a program with the site's environment and returns what it printed.
func (s *site) run(dir, name string, args ...string) string {
	s.t.Helper()
	out, err := s.command(dir, name, args...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (s *site) command(dir, name string, args ...string) *exec.Cmd {
	if strings.HasPrefix(name, "jupyter") || name == "python" || name == "papermill" {
		name = filepath.Join(s.python, name)
	}
	c := exec.Command(name, args...)
	c.Dir = dir
	c.Env = append(os.Environ(),
		"PATH="+s.python+string(os.PathListSeparator)+os.Getenv("PATH"),
		"JUPYTER_DATA_DIR="+filepath.Join(s.dir, "data"), "JUPYTER_RUNTIME_DIR="+filepath.Join(s.dir, "runtime"),
		"JUPYTER_CONFIG_DIR="+filepath.Join(s.dir, "config"), "JUPYTER_PATH=", "IPYTHONDIR="+filepath.Join(s.dir, "ipython"),
		"GEMBA_CONFIG="+filepath.Join(s.dir, "gemba-config"), "GEMBA_LEDGER="+s.ledger(), "PYTHONDONTWRITEBYTECODE=1",
	)
	return c
}

func (s *site) ledger() string { return filepath.Join(s.dir, "ledger") }

// recorded checks that the ledger holds cells that ended so, newest first, and is sound.
func (s *site) recorded(want ...string) {
	s.t.Helper()
	program := filepath.Join(s.dir, "gemba")
	var entries []struct{ Kind, Status string }
	if err := json.Unmarshal([]byte(s.run(s.dir, program, "log", "--json")), &entries); err != nil {
		s.t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		if strings.HasPrefix(e.Kind, "cell") {
			got = append(got, e.Status)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("recorded (-want +got):\n%s", diff)
	}
	s.run(s.dir, program, "verify")
}

// testdata returns the path of a file of this package.
func testdata(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestJupyterKernelTest(t *testing.T) {
	s := newSite(t)
	for _, kernel := range []string{"verbs", "gemba"} {
		t.Run(kernel, func(t *testing.T) {
			t.Setenv("KERNEL", kernel)
			out := (&site{t, s.python, s.dir}).run(s.dir, "python", testdata(t, "conformance.py"))
			t.Log(out)
			if kernel == "verbs" && strings.Contains(out, "skipped") {
				t.Error("a group was skipped")
			}
		})
	}
}

func TestManagerOfJupyterClient(t *testing.T) {
	s := newSite(t)
	s.run(s.dir, "python", testdata(t, "shutdown.py"))
	s.recorded("ok", "ok", "interrupted", "error", "ok")
}

func TestManagerOfJupyterClientEncrypts(t *testing.T) {
	s := newSite(t)
	s.run(s.dir, "python", testdata(t, "encrypted.py"))
	s.recorded("ok", "ok")
}

// outputs are what a notebook's code cells show, by cell id: a line an output.
func (s *site) outputs(path string) map[string][]string {
	s.t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	var notebook struct {
		Cells []struct {
			ID      string
			Outputs []struct {
				Type  string `json:"output_type"`
				Text  any
				Ename string
				Data  map[string]any
			}
		}
	}
	if err := json.Unmarshal(text, &notebook); err != nil {
		s.t.Fatal(err)
	}
	shown := map[string][]string{}
	for _, c := range notebook.Cells {
		for _, o := range c.Outputs {
			if o.Type != "display_data" || o.Data["text/html"] != nil { // other displays tell of a slow first build
				shown[c.ID] = append(shown[c.ID], strings.TrimSpace(fmt.Sprintln(o.Type, o.Text, o.Ename, o.Data["text/html"])))
			}
		}
	}
	return shown
}

func TestClientsExecuteANotebook(t *testing.T) {
	for _, client := range []struct {
		name string
		run  func(s *site, in, out string)
	}{
		{"nbclient", func(s *site, in, out string) {
			s.run(s.dir, "jupyter", "execute", "--startup_timeout", "300", "--output", out, in)
		}},
		{"nbconvert", func(s *site, in, out string) {
			s.run(s.dir, "jupyter", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.startup_timeout=300", "--output", out, in)
		}},
		{"papermill", func(s *site, in, out string) {
			s.run(s.dir, "papermill", "--no-progress-bar", "--start-timeout", "300", in, out)
		}},
	} {
		t.Run(client.name, func(t *testing.T) {
			s := newSite(t)
			text, err := os.ReadFile(testdata(t, "cells.ipynb"))
			if err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(s.dir, "out.ipynb")
			client.run(s, s.write("cells.ipynb", text), out)
			want := map[string][]string{
				"a2": {"stream [twice 21 is 42\n]  <nil>", "display_data <nil>  [<b>bold</b>]"},
				"a4": {"stream [and on\n]  <nil>"},
			}
			if diff := cmp.Diff(want, s.outputs(out)); diff != "" {
				t.Errorf("outputs (-want +got):\n%s", diff)
			}
			s.recorded("ok", "ok", "ok")
		})
	}
}

func TestFailingCellEndsTheNotebook(t *testing.T) {
	s := newSite(t)
	out, err := s.command(s.dir, "jupyter", "execute", testdata(t, "failing.ipynb")).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "on purpose") {
		t.Errorf("jupyter execute: %v\n%s", err, out)
	}
	s.recorded("error", "ok")
}
