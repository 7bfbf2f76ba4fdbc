package cli

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"github.com/gemba-ml/gemba/kernel/golang/build"
	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
)

func examineJupyter(context.Context, *app) finding {
	path, err := exec.LookPath("jupyter")
	if err != nil {
		return finding{Name: "jupyter", Health: lacking, Detail: "not found; gemba run works without it", Fix: "pip install jupyterlab"}
	}
	return finding{Name: "jupyter", Health: fine, Detail: path}
}

// examineKernelspec looks for the Go kernel among what Jupyter offers.
func examineKernelspec(context.Context, *app) finding {
	f := finding{Name: "kernelspec", Health: lacking, Fix: "gemba install"}
	spec, found := goKernel()
	if !found {
		f.Detail = "the kernel is not installed; Jupyter does not offer it"
		return f
	}
	if _, err := spec.Program(); err != nil {
		f.Detail = fmt.Sprintf("%s starts %s, which is not there", spec.Dir, spec.Argv[0])
		return f
	}
	return finding{Name: f.Name, Health: fine, Detail: fmt.Sprintf("%s, %s", spec.DisplayName, spec.Dir)}
}

// goKernel returns the kernelspec of gemba's own kernel that Jupyter takes.
func goKernel() (kernelspec.Spec, bool) {
	for _, k := range kernelspec.List() {
		s, err := kernelspec.Read(k.Dir)
		if err != nil || !s.Ours() {
			continue
		}
		if _, wraps := s.Wrapped(); !wraps {
			return s, true
		}
	}
	return kernelspec.Spec{}, false
}

// examineWraps looks at each kernel that gemba stands before.
func examineWraps(context.Context, *app) (findings []finding) {
	for _, w := range wraps(kernelspec.List()) {
		findings = append(findings, w.examine())
	}
	return findings
}

func (w wrap) examine() finding {
	detail, broken := fmt.Sprintf("%s, %s", w.Display, w.Dir), w.broken()
	if broken == "" {
		return finding{Name: w.Name, Health: fine, Detail: detail + ", wraps " + w.Target}
	}
	return finding{Name: w.Name, Health: lacking, Detail: detail + ": " + broken, Fix: w.fix()}
}

// broken says why the kernel does not start; empty when nothing hinders it.
func (w wrap) broken() string {
	if _, err := exec.LookPath(w.Program); err != nil {
		return fmt.Sprintf("it starts %s, which is not there", w.Program)
	}
	s, err := kernelspec.Read(w.Target)
	if err != nil {
		return err.Error()
	}
	if _, err := s.Program(); err != nil {
		return err.Error()
	}
	return ""
}

// fix is the command that mends a broken wrap: what it wraps may be installed elsewhere by now, or not any more.
func (w wrap) fix() string {
	flag, reachable := placeOf(w.Dir)
	_, err := wrappable(w.of())
	switch {
	case reachable && err == nil:
		return "gemba install --wrap " + w.of() + flag
	case reachable:
		return "gemba uninstall --wrap " + w.of() + flag + "   (or install " + w.of() + " again)"
	}
	return "delete the folder " + w.Dir
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
