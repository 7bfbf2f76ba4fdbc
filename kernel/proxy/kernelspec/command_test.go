//go:build unix

package kernelspec

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// program makes an executable file.
func program(t *testing.T, path string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPlainPython lays out environments and asks which interpreter a kernelspec without a path means.
func TestPlainPython(t *testing.T) {
	root := t.TempDir()
	alone(t, filepath.Join(root, "none"))
	for _, path := range []string{"env/bin/python3", "env/bin/python3.9", "active/bin/python", "path/python3", "home/bin/python3", "path/python3.7"} {
		program(t, filepath.Join(root, path))
	}
	t.Setenv("JUPYTER_DATA_DIR", filepath.Join(root, "home", "share", "jupyter"))
	for _, test := range []struct {
		name, dir, active, argv, want string
	}{
		{"of its environment", "env/share/jupyter/kernels/x", "active", "python", "env/bin/python3"},
		{"a version of its environment", "env/share/jupyter/kernels/x", "active", "python3.9", "env/bin/python3.9"},
		{"of the active one", "elsewhere/x", "active", "python3", "active/bin/python"},
		{"of the active one, for the user", "home/share/jupyter/kernels/x", "active", "python", "active/bin/python"},
		{"for the user", "home/share/jupyter/kernels/x", "", "python", "home/bin/python3"},
		{"on the path", "elsewhere/x", "", "python", "path/python3"},
		{"a version on the path", "env/share/jupyter/kernels/x", "", "python3.7", "path/python3.7"},
		{"a version that is nowhere", "env/share/jupyter/kernels/x", "active", "python3.8", ""},
		{"another one", "env/share/jupyter/kernels/x", "active", "python2", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("PATH", filepath.Join(root, "path"))
			if test.active != "" {
				t.Setenv("VIRTUAL_ENV", filepath.Join(root, test.active))
			}
			s := Spec{Argv: []string{test.argv, "-m", "x"}, Dir: filepath.Join(root, test.dir)}
			got, err := s.Program()
			if want := test.want; want != "" && (got != filepath.Join(root, want) || err != nil) || want == "" && !errors.Is(err, ErrNoProgram) {
				t.Errorf("program is %q, %v; want %q", got, err, want)
			}
			if err == nil && s.Command("")[0] != got || err != nil && s.Command("")[0] != test.argv {
				t.Errorf("it is started as %s", s.Command("")[0])
			}
		})
	}
}

func TestProgram(t *testing.T) {
	root := t.TempDir()
	alone(t, filepath.Join(root, "none"))
	t.Setenv("BASE", root)
	kernel := program(t, filepath.Join(root, "bin", "kernel"))
	dull := lay(t, filepath.Join(root, "dull"), "{}")
	for _, test := range []struct {
		name, argv, path, want, say string
	}{
		{"whole path", kernel, "", kernel, ""},
		{"beside the kernelspec", "{resource_dir}/bin/kernel", "", kernel, ""},
		{"relative path", "./bin/kernel", "", "./bin/kernel", ""},
		{"relative path to nothing", "./bin/gone", "", "./bin/gone", ""},
		{"on the kernel's own path", "kernel", "$BASE/bin:$PATH", kernel, ""},
		{"on no path", "kernel", "", "", "starts kernel, which is not on the PATH"},
		{"in the folder one is in", "command_test.go", ".", "", "which is not on the PATH"},
		{"gone", filepath.Join(root, "gone"), "", "", "which is gone"},
		{"folder", root, "", "", "which is gone"},
		{"not executable", filepath.Join(dull, "kernel.json"), "", "", "which may not be executed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Spec{Argv: []string{test.argv}, Dir: root}
			if test.path != "" {
				s.Env = map[string]string{"PATH": test.path}
			}
			got, err := s.Program()
			if test.say == "" && (err != nil || got != test.want) {
				t.Errorf("program is %q, %v; want %q", got, err, test.want)
			}
			if test.say != "" && (!errors.Is(err, ErrNoProgram) || !strings.Contains(err.Error(), test.say)) {
				t.Errorf("error is %v, want %q", err, test.say)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	s := Spec{Language: "Python", Env: map[string]string{"PATH": "/r/bin:$PATH", "MORE": "spec"}}
	base := []string{"PATH=/bin", "PYTHONEXECUTABLE=/other/python", "MORE=base", "A=b=c"}
	want := []string{"PATH=/bin", "MORE=base", "A=b=c", "MORE=spec", "PATH=/r/bin:/bin", "MORE=last"}
	if diff := cmp.Diff(want, s.Environ(base, []string{"MORE=last"})); diff != "" {
		t.Errorf("environment of Python (-want +got):\n%s", diff)
	}
	s = Spec{Language: "R"}
	if diff := cmp.Diff(base, s.Environ(base, nil)); diff != "" {
		t.Errorf("environment of another language (-want +got):\n%s", diff)
	}
}
