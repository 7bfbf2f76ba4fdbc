package cli

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
)

// findKernel returns the installed kernel, not gemba's own, that a notebook means by name; of a wrap it is what is wrapped.
func findKernel(name string) (kernelspec.Spec, error) {
	s, err := kernelspec.Find(name)
	return s, kernelHint(name, err)
}

// kernelHint adds to an error about a kernelspec what the reader can try next.
func kernelHint(name string, err error) error {
	switch {
	case errors.Is(err, kernelspec.ErrUnknown):
		return withHint(err, "%s", otherKernels(name))
	case errors.Is(err, kernelspec.ErrNoProgram):
		return withHint(err, "install the kernel again, or its environment; jupyter kernelspec list shows what Jupyter finds")
	case errors.Is(err, kernelspec.ErrNoSpec), errors.Is(err, kernelspec.ErrSpec):
		return withHint(err, "install the kernel again; jupyter kernelspec list shows what Jupyter finds")
	}
	return err
}

// otherKernels says what somebody could have meant who named a kernel that is not there.
func otherKernels(name string) string {
	var names []string
	for _, k := range kernelspec.List() {
		if s, err := kernelspec.Read(k.Dir); err == nil && !s.Ours() {
			names = append(names, k.Name)
		}
	}
	if len(names) == 0 {
		return "no kernel is installed where Jupyter looks: pip install ipykernel gets one for Python; or activate the environment that has it"
	}
	if near := alike(name, names); len(near) > 0 {
		return "did you mean " + strings.Join(near, " or ") + "?"
	}
	return "installed are " + strings.Join(names, ", ") + "; what is in another environment is found when that is active"
}

// alike returns the names that somebody may have meant by name, as cobra finds them for its commands.
func alike(name string, names []string) []string {
	c := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, n := range names {
		c.AddCommand(&cobra.Command{Use: n, Run: func(*cobra.Command, []string) {}})
	}
	return c.SuggestionsFor(name)
}

// wrap is an installed kernelspec that starts gemba around another kernel.
type wrap struct {
	kernelspec.Installed
	Display string
	Program string // this program, as the kernelspec names it
	Target  string // the folder of the kernelspec that is wrapped
}

// of is the name of the kernel that is wrapped.
func (w wrap) of() string { return strings.TrimPrefix(w.Name, kernelspec.WrapPrefix) }

// readWrap returns the wrap in a folder, if it holds one.
func readWrap(k kernelspec.Installed) (wrap, bool) {
	if !strings.HasPrefix(k.Name, kernelspec.WrapPrefix) {
		return wrap{}, false
	}
	s, err := kernelspec.Read(k.Dir)
	if err != nil {
		return wrap{}, false
	}
	target, ok := s.Wrapped()
	return wrap{Installed: k, Display: s.DisplayName, Program: s.Argv[0], Target: target}, ok
}

// wraps returns those of the installed kernels that are wraps.
func wraps(installed []kernelspec.Installed) (all []wrap) {
	for _, k := range installed {
		if w, ok := readWrap(k); ok {
			all = append(all, w)
		}
	}
	return all
}

// placeOf says with which flag install and uninstall reach the place of a kernelspec's folder; a folder that none reaches is not ok.
func placeOf(dir string) (flag string, ok bool) {
	data := filepath.Dir(filepath.Dir(dir))
	if user, err := kernelspec.UserDir(); err == nil && data == user {
		return "", true
	}
	share := filepath.Dir(data)
	if filepath.Base(data) != "jupyter" || filepath.Base(share) != "share" {
		return "", false
	}
	return " --prefix " + filepath.Dir(share), true
}
