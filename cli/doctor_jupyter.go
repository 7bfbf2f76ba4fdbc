package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/build"
)

func examineJupyter(context.Context, *app) finding {
	path, err := exec.LookPath("jupyter")
	if err != nil {
		return finding{Name: "jupyter", Health: lacking, Detail: "not found; gemba run works without it", Fix: "pip install jupyterlab"}
	}
	return finding{Name: "jupyter", Health: fine, Detail: path}
}

// kernelspec is the part of a kernel.json that matters here
// (https://jupyter-client.readthedocs.io/en/latest/kernels.html#kernel-specs).
type kernelspec struct {
	Argv        []string `json:"argv"`
	DisplayName string   `json:"display_name"`
}

func examineKernelspec(context.Context, *app) finding {
	f := finding{Name: "kernelspec", Health: lacking, Fix: "gemba install"}
	path, spec, found := findKernelspec(jupyterDirs())
	if !found {
		f.Detail = "the kernel is not installed; Jupyter does not offer it"
		return f
	}
	if _, err := exec.LookPath(spec.Argv[0]); err != nil {
		f.Detail = fmt.Sprintf("%s starts %s, which is not there", path, spec.Argv[0])
		return f
	}
	return finding{Name: f.Name, Health: fine, Detail: fmt.Sprintf("%s, %s", spec.DisplayName, path)}
}

// findKernelspec returns the first kernelspec under dirs that starts gemba.
func findKernelspec(dirs []string) (path string, spec kernelspec, found bool) {
	for _, dir := range dirs {
		files, _ := filepath.Glob(filepath.Join(dir, "kernels", "*", "kernel.json"))
		for _, file := range files {
			var s kernelspec
			text, err := os.ReadFile(file)
			if err == nil && json.Unmarshal(text, &s) == nil && startsGemba(s.Argv) {
				return filepath.Dir(file), s, true
			}
		}
	}
	return "", kernelspec{}, false
}

func startsGemba(argv []string) bool {
	if len(argv) < 2 {
		return false
	}
	program := strings.TrimSuffix(filepath.Base(argv[0]), ".exe")
	return program == "gemba" && slices.Contains(argv[1:], "kernel")
}

// jupyterDirs lists the data folders that Jupyter searches, in its order
// (https://docs.jupyter.org/en/latest/use/jupyter-directories.html#data-files).
func jupyterDirs() []string {
	dirs := filepath.SplitList(os.Getenv("JUPYTER_PATH"))
	if user, err := userJupyterDir(); err == nil {
		dirs = append(dirs, user)
	}
	if venv := os.Getenv("VIRTUAL_ENV"); venv != "" {
		dirs = append(dirs, filepath.Join(venv, "share", "jupyter"))
	}
	if jupyter, err := exec.LookPath("jupyter"); err == nil {
		dirs = append(dirs, filepath.Join(filepath.Dir(jupyter), "..", "share", "jupyter"))
	}
	if runtime.GOOS == "windows" {
		return append(dirs, filepath.Join(os.Getenv("PROGRAMDATA"), "jupyter"))
	}
	return append(dirs, "/usr/local/share/jupyter", "/usr/share/jupyter")
}

func examinePlugin(context.Context, *app) finding {
	if dir := build.PluginDir(os.Environ()); dir != "" {
		return finding{Name: "XLA plugin", Health: fine, Detail: "in " + dir}
	}
	f := finding{Name: "XLA plugin", Health: note, Detail: "no PJRT plugin found; GoMLX cells use the go backend, which is slower"}
	if runtime.GOOS+"/"+runtime.GOARCH == "linux/amd64" {
		f.Fix = "pip install --target ~/.local/lib/pjrt lammps-jax-pjrt-cpu==0.11.2 && " +
			"export PJRT_PLUGIN_LIBRARY_PATH=~/.local/lib/pjrt/lammps_jax_pjrt_cpu"
	}
	return f
}
