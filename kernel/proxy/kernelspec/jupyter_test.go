package kernelspec

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
)

// start is a kernelspec as the real Jupyter is asked about it.
type start struct {
	Argv []string          `json:"argv"`
	Env  map[string]string `json:"env,omitempty"`
	Dir  string            `json:"dir"`
	File string            `json:"file"`
}

// told is what Jupyter says.
type told struct {
	Dirs    []string          `json:"dirs"`
	Specs   map[string]string `json:"specs"`
	Started []struct {
		Words []string          `json:"words"`
		Env   map[string]string `json:"env"`
	} `json:"started"`
}

// virtual returns the prefix of the environment that Jupyter is in.
func virtual(t *testing.T) string {
	t.Helper()
	prefix, err := filepath.Abs(filepath.Join("..", "..", "..", ".venv"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(prefix, "bin", "jupyter")); err != nil {
		kerneltest.Lacking(t, "Jupyter is not in .venv: run make venv")
	}
	if prefix, err = filepath.EvalSymlinks(prefix); err != nil {
		t.Fatal(err)
	}
	return prefix
}

// alone makes sure that nothing of the machine decides where is looked, and that PATH holds the real Jupyter.
func alone(t *testing.T, prefix string) (home string) {
	t.Helper()
	for _, name := range []string{"JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_PREFER_ENV_PATH", "JUPYTER_PLATFORM_DIRS", "XDG_DATA_HOME", "XDG_DATA_DIRS",
		"VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "PYTHONUSERBASE", "IPYTHONDIR"} {
		unset(t, name)
	}
	home = t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("PATH", filepath.Join(prefix, "bin"))
	return home
}

func unset(t *testing.T, name string) {
	t.Helper()
	t.Setenv(name, "") // which brings the old value back when the test ends
	if err := os.Unsetenv(name); err != nil {
		t.Fatal(err)
	}
}

func askJupyter(t *testing.T, prefix string, cases ...start) (answer told) {
	t.Helper()
	question, err := json.Marshal(append([]start{}, cases...))
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), filepath.Join(prefix, "bin", "python"), filepath.Join("testdata", "jupyter.py"))
	c.Stdin, c.Stderr = bytes.NewReader(question), t.Output()
	text, err := c.Output()
	if err != nil {
		t.Fatalf("ask Jupyter: %v", err)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("read Jupyter's answer: %v\n%s", err, text)
	}
	return answer
}

// TestFoldersAreJupyters compares where is looked, in which order and what is found, with the real Jupyter.
func TestFoldersAreJupyters(t *testing.T) {
	prefix := virtual(t)
	for name, vars := range map[string][]string{
		"nothing set":              nil,
		"active":                   {"VIRTUAL_ENV=" + prefix},
		"path":                     {"JUPYTER_PATH=/a/b/" + string(filepath.ListSeparator) + "/c"},
		"data folder":              {"JUPYTER_DATA_DIR=HOME/own"},
		"user first":               {"JUPYTER_PREFER_ENV_PATH=0"},
		"user first, in words":     {"JUPYTER_PREFER_ENV_PATH=No", "XDG_DATA_HOME=HOME/x"},
		"environment first, empty": {"JUPYTER_PREFER_ENV_PATH="},
		"platform folders":         {"JUPYTER_PLATFORM_DIRS=1", "XDG_DATA_DIRS=/s" + string(filepath.ListSeparator) + "/t"},
		"of IPython":               {"IPYTHONDIR=HOME/ipython"},
	} {
		t.Run(name, func(t *testing.T) {
			home := alone(t, prefix)
			for _, v := range vars {
				name, value, _ := strings.Cut(v, "=")
				t.Setenv(name, strings.Replace(value, "HOME", home, 1))
			}
			if err := os.MkdirAll(filepath.Join(home, "ipython"), 0o755); err != nil {
				t.Fatal(err)
			}
			want := askJupyter(t, prefix)
			if diff := cmp.Diff(want.Dirs, Dirs(), asPaths); diff != "" {
				t.Errorf("folders (-Jupyter +gemba):\n%s", diff)
			}
			if diff := cmp.Diff(want.Specs, byName(List())); diff != "" {
				t.Errorf("kernels (-Jupyter +gemba):\n%s", diff)
			}
		})
	}
}

// asPaths compares paths whatever slashes end them.
var asPaths = cmp.Transformer("clean", func(paths []string) (clean []string) {
	for _, p := range paths {
		clean = append(clean, filepath.Clean(p))
	}
	return clean
})

func byName(all []Installed) map[string]string {
	dirs := map[string]string{}
	for _, k := range all {
		dirs[k.Name] = k.Dir
	}
	return dirs
}

// TestStartsAsJupyterDoes compares the words and the environment that kernels are started with.
func TestStartsAsJupyterDoes(t *testing.T) {
	prefix := virtual(t)
	home := alone(t, prefix)
	t.Setenv("COLOUR", "blue")
	dir := filepath.Join(prefix, "share", "jupyter", "kernels", "python3")
	cases := []start{
		{Argv: []string{"/bin/sh", "-f", "{connection_file}", "{prefix}/lib", "{resource_dir}/x", "{unknown}", "{}", "{ prefix }"}},
		{Argv: []string{"~/bin/kernel", "~", "a~", "~{prefix}"}},
		{Argv: []string{"/bin/{prefix}", "{connection_file}{connection_file}"}},
		{Argv: []string{"python", "-m", "x"}}, {Argv: []string{"python3"}}, {Argv: []string{"python3.1"}}, {Argv: []string{"python2"}},
		{Argv: []string{"x"}, Env: map[string]string{
			"A": "$COLOUR", "B": "${COLOUR}s", "C": "$COLOURS", "D": "${COLOUR", "E": "$$COLOUR", "F": "$1 $", "G": "${}", "H": "$$$COLOUR",
			"COLOUR": "red", "I": "${A}", "J": "é$COLOURé", "K": "{COLOUR}", "L": "",
		}},
	}
	for i := range cases {
		cases[i].Dir, cases[i].File = dir, filepath.Join(home, "kernel.json")
	}
	answer := askJupyter(t, prefix, cases...)
	for i, c := range cases {
		t.Run(c.Argv[0], func(t *testing.T) {
			s, want := Spec{Argv: c.Argv, Dir: c.Dir, Env: c.Env}, answer.Started[i]
			got := s.Command(c.File)
			if plainPython.MatchString(c.Argv[0]) { // whatever it is called, it has to be the same program
				got[0], want.Words[0] = target(got[0]), target(want.Words[0])
			}
			if diff := cmp.Diff(want.Words, got); diff != "" {
				t.Errorf("words (-Jupyter +gemba):\n%s", diff)
			}
			env := s.Environ(os.Environ(), nil)
			own := map[string]string{}
			for _, v := range env[len(env)-len(c.Env):] {
				name, value, _ := strings.Cut(v, "=")
				own[name] = value
			}
			if diff := cmp.Diff(want.Env, own, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("variables (-Jupyter +gemba):\n%s", diff)
			}
		})
	}
}

func target(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// TestNative takes ipykernel's kernelspec away, in an environment that shares the packages of the real one: Jupyter then makes one up.
func TestNative(t *testing.T) {
	prefix := virtual(t)
	alone(t, prefix)
	bare := filepath.Join(t.TempDir(), "bare")
	for _, link := range []string{"lib", "bin"} {
		if err := os.MkdirAll(bare, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(prefix, link), filepath.Join(bare, link)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("VIRTUAL_ENV", bare)
	t.Setenv("PATH", filepath.Join(bare, "none"))
	s, err := Find("Python3")
	if err != nil {
		t.Fatal(err)
	}
	answer := askNative(t, prefix)
	words := s.Command("{connection_file}")
	if words[0] = target(words[0]); words[0] != target(answer.Argv[0]) {
		t.Errorf("it starts %s, Jupyter starts %s", words[0], target(answer.Argv[0]))
	}
	if diff := cmp.Diff(answer.Argv[1:], words[1:]); diff != "" {
		t.Errorf("words (-Jupyter +gemba):\n%s", diff)
	}
	got := []string{s.Name(), s.DisplayName, s.Language, s.Protocol, filepath.Base(filepath.Dir(s.Dir))}
	if diff := cmp.Diff([]string{"python3", answer.DisplayName, answer.Language, answer.Protocol, "ipykernel"}, got); diff != "" {
		t.Errorf("kernelspec (-Jupyter +gemba):\n%s", diff)
	}
	if s.prefix() != bare {
		t.Errorf("its environment is %s, want %s", s.prefix(), bare)
	}
	if again, err := Read(s.Dir); err != nil || !slices.Equal(again.Argv, s.Argv) {
		t.Errorf("read again by its folder: %v, %v", again, err)
	}
}

func askNative(t *testing.T, prefix string) (s Spec) {
	t.Helper()
	c := exec.CommandContext(t.Context(), filepath.Join(prefix, "bin", "python"), "-c",
		"import json; from ipykernel.kernelspec import get_kernel_dict; print(json.dumps(get_kernel_dict()))")
	text, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}
