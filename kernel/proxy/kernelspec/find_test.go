//go:build unix

package kernelspec

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFind asks for kernels by the names that notebooks hold.
func TestFind(t *testing.T) {
	root := t.TempDir()
	home := alone(t, filepath.Join(root, "none"))
	t.Setenv("JUPYTER_PATH", filepath.Join(root, "first")+":"+filepath.Join(root, "second"))
	kernels := func(names ...string) string {
		return filepath.Join(append([]string{root}, names...)...)
	}
	other := `{"argv": ["other"]}`
	lay(t, kernels("first", "kernels", "Ir"), other)
	lay(t, kernels("second", "kernels", "ir"), other)
	lay(t, kernels("second", "kernels", "julia-1.9"), other)
	lay(t, filepath.Join(home, ".local", "share", "jupyter", "kernels", "bash"), other)
	lay(t, filepath.Join(home, ".ipython", "kernels", "old"), other)
	lay(t, kernels("second", "kernels", "gemba"), `{"argv": ["/x/gemba", "kernel"]}`)
	lay(t, kernels("second", "kernels", "gemba-wrapped"), `{"argv": ["/x/gemba", "kernel", "--wrap", "`+kernels("away", "x")+`"]}`)
	lay(t, kernels("second", "kernels", "gemba-lost"), `{"argv": ["/x/gemba", "kernel", "--wrap", "`+kernels("lost")+`"]}`)
	lay(t, kernels("second", "kernels", "gemba-loop"), `{"argv": ["/x/gemba", "kernel", "--wrap", "`+kernels("second", "kernels", "gemba-loop")+`"]}`)
	lay(t, kernels("second", "kernels", "ill"), `{}`)
	lay(t, kernels("away", "x"), other)
	if err := os.MkdirAll(kernels("first", "kernels", "empty", "kernel.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		dir  []string
		err  error
	}{
		{"ir", []string{"first", "kernels", "Ir"}, nil},
		{"IR", []string{"first", "kernels", "Ir"}, nil},
		{"Julia-1.9", []string{"second", "kernels", "julia-1.9"}, nil},
		{"gemba-ir", []string{"first", "kernels", "Ir"}, nil},
		{"gemba-wrapped", []string{"away", "x"}, nil},
		{"gemba-lost", nil, ErrNoSpec},
		{"gemba-loop", nil, ErrOurs},
		{"gemba-none", nil, ErrUnknown},
		{"gemba", nil, ErrOurs},
		{"ill", nil, ErrSpec},
		{"empty", nil, ErrUnknown},
		{"../kernels/ir", nil, ErrUnknown},
		{"", nil, ErrUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Find(test.name)
			if !errors.Is(err, test.err) || err == nil && s.Dir != kernels(test.dir...) {
				t.Errorf("found %s, %v; want %v, %v", s.Dir, err, test.dir, test.err)
			}
		})
	}
	var names []string
	for _, k := range List() {
		names = append(names, k.Name)
	}
	want := []string{"bash", "gemba", "gemba-loop", "gemba-lost", "gemba-wrapped", "ill", "ir", "julia-1.9", "old"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("what is installed (-want +got):\n%s", diff)
	}
}

// TestOtherSystems asks where Jupyter looks on systems that this one is not, and in environments that are not there.
func TestOtherSystems(t *testing.T) {
	for _, test := range []struct {
		name string
		host host
		vars map[string]string
		want []string
	}{
		{"macOS", host{system: "darwin", home: "/u"}, nil,
			[]string{"/u/Library/Jupyter", "/u/.local/share/jupyter", "/usr/local/share/jupyter", "/usr/share/jupyter"}},
		{"macOS, platform folders", host{system: "darwin", home: "/u"}, map[string]string{"JUPYTER_PLATFORM_DIRS": "1"},
			[]string{"/u/Library/Application Support/Jupyter", "/u/.local/share/jupyter", "/Library/Application Support/Jupyter"}},
		{"Windows", host{system: "windows", home: "/u"}, map[string]string{"APPDATA": "/u/r", "PROGRAMDATA": "/p"},
			[]string{"/u/r/jupyter", "/u/r/Python/share/jupyter"}},
		{"Windows, trusted", host{system: "windows", home: "/u"}, map[string]string{"PROGRAMDATA": "/p", "JUPYTER_USE_PROGRAMDATA": "yes"},
			[]string{"/u/AppData/Roaming/jupyter", "/p/jupyter"}},
		{"conda", host{system: "linux", home: "/u", owns: yes}, map[string]string{"CONDA_PREFIX": "/c/envs/a", "CONDA_DEFAULT_ENV": "a"},
			[]string{"/c/envs/a/share/jupyter", "/u/.local/share/jupyter", "/usr/local/share/jupyter", "/usr/share/jupyter"}},
		{"conda, base", host{system: "linux", home: "/u", owns: yes}, map[string]string{"CONDA_PREFIX": "/c", "CONDA_DEFAULT_ENV": "base"},
			[]string{"/u/.local/share/jupyter", "/c/share/jupyter", "/usr/local/share/jupyter", "/usr/share/jupyter"}},
		{"conda, another's", host{system: "linux", home: "/u", owns: no}, map[string]string{"CONDA_PREFIX": "/c/envs/a", "CONDA_DEFAULT_ENV": "a"},
			[]string{"/u/.local/share/jupyter", "/c/envs/a/share/jupyter", "/usr/local/share/jupyter", "/usr/share/jupyter"}},
		{"the system's Python", host{system: "linux", home: "/u", owns: yes}, map[string]string{"CONDA_PREFIX": "/usr", "PYTHONUSERBASE": "/b"},
			[]string{"/u/.local/share/jupyter", "/b/share/jupyter", "/usr/local/share/jupyter", "/usr/share/jupyter"}},
		{"no home", host{system: "linux"}, nil, []string{"/usr/local/share/jupyter", "/usr/share/jupyter"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.host.lookup = func(name string) (string, bool) { v, ok := test.vars[name]; return v, ok }
			test.host.look = func(string) (string, error) { return "", os.ErrNotExist }
			if diff := cmp.Diff(test.want, test.host.dataDirs()); diff != "" {
				t.Errorf("folders (-want +got):\n%s", diff)
			}
		})
	}
}

func yes(string) bool { return true }
func no(string) bool  { return false }

func TestNoHome(t *testing.T) {
	alone(t, t.TempDir())
	unset(t, "HOME")
	if dir, err := UserDir(); err == nil {
		t.Errorf("the user's folder is %s without a home", dir)
	}
	if s := (Spec{Argv: []string{"~/x"}}); s.Command("")[0] != "~/x" {
		t.Errorf("~ became %s without a home", s.Command("")[0])
	}
}
