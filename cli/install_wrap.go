package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
)

// everyKernel is the name that stands for all of them.
const everyKernel = "all"

// installWraps offers installed kernels a second time, recorded. Either all that were named are written, or what hinders is said
// before anything is.
func (a *app) installWraps(p place, names []string) error {
	program, err := thisProgram()
	if err != nil {
		return err
	}
	specs, err := a.toWrap(names)
	if err != nil {
		return err
	}
	for _, s := range specs {
		if err := a.installWrap(p, s, program); err != nil {
			return err
		}
	}
	return a.installExtension(p)
}

// toWrap returns the kernels that were named, each once.
func (a *app) toWrap(names []string) (specs []kernelspec.Spec, err error) {
	if len(names) == 0 {
		return nil, withHint(wrongUse("--wrap names no kernel"), "--wrap python3, or --wrap all")
	}
	for _, name := range names {
		found := []kernelspec.Spec{}
		if name == everyKernel {
			found, err = a.everyWrappable()
		} else {
			var s kernelspec.Spec
			s, err = wrappable(name)
			found = append(found, s)
		}
		if err != nil {
			return nil, err
		}
		specs = append(specs, found...)
	}
	slices.SortStableFunc(specs, func(x, y kernelspec.Spec) int { return strings.Compare(x.Name(), y.Name()) })
	return slices.CompactFunc(specs, func(x, y kernelspec.Spec) bool { return x.Dir == y.Dir }), nil
}

// wrappable returns the kernelspec of that name if it can be wrapped.
func wrappable(name string) (kernelspec.Spec, error) {
	k, err := kernelspec.Locate(name)
	if err != nil {
		return kernelspec.Spec{}, kernelHint(name, fmt.Errorf("wrap kernel: %w", err))
	}
	s, err := kernelspec.Read(k.Dir)
	if err == nil {
		err = checkWrappable(s)
	}
	if err != nil {
		return kernelspec.Spec{}, kernelHint(name, fmt.Errorf("wrap kernel %s: %w", k.Name, err))
	}
	return s, nil
}

func checkWrappable(s kernelspec.Spec) error {
	if _, wraps := s.Wrapped(); wraps {
		return withHint(fmt.Errorf("%w: it wraps another already", kernelspec.ErrOurs), "name the one that is wrapped: gemba install --wrap %s", wrap{Installed: kernelspec.Installed{Name: s.Name()}}.of())
	}
	if s.Ours() {
		return withHint(fmt.Errorf("%w, which records as it is", kernelspec.ErrOurs), "name another one; gemba install, without --wrap, puts this one where Jupyter finds it")
	}
	if p := s.Provisioner(); p != "" {
		return withHint(wrongUse("it is not started on this machine but by %s, which gemba cannot stand before", p), "wrap the kernel where it runs")
	}
	_, err := s.Program()
	return err
}

// everyWrappable returns all kernels that can be wrapped. It warns of those that cannot though they are not gemba's.
func (a *app) everyWrappable() (specs []kernelspec.Spec, err error) {
	for _, k := range kernelspec.List() {
		s, err := wrappable(k.Name)
		switch {
		case err == nil:
			specs = append(specs, s)
		case !errors.Is(err, kernelspec.ErrOurs):
			a.warn("left out: %v", err)
		}
	}
	if len(specs) == 0 {
		return nil, withHint(fmt.Errorf("wrap kernels: %w: there are none but gemba's own", kernelspec.ErrUnknown), "%s", otherKernels(everyKernel))
	}
	return specs, nil
}

func (a *app) installWrap(p place, s kernelspec.Spec, program string) error {
	dir, err := p.folder(kernelspec.WrapPrefix + s.Name())
	if err != nil {
		return err
	}
	if err := checkReplaceable(dir); err != nil {
		return err
	}
	spec, err := wrapping(s, program)
	if err != nil {
		return err
	}
	fill := func(fresh string) error { return errors.Join(spec.write(fresh), copyResources(fresh, s.Dir)) }
	if err := putKernelspec(dir, fill); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Installed %s in %s; it runs %s\n", spec.DisplayName, dir, s.Command("")[0])
	a.tellOthers(dir)
	return nil
}

// checkReplaceable makes sure that nobody else's kernelspec is replaced that happens to be called like a wrap.
func checkReplaceable(dir string) error {
	s, err := kernelspec.Read(dir)
	if errors.Is(err, kernelspec.ErrSpec) || err == nil && !s.Ours() {
		return withHint(fmt.Errorf("install kernel: %s was not written by gemba install", dir), "look at its kernel.json and delete the folder yourself")
	}
	return nil // whatever else is wrong shows when it is written
}

// tellWrappable says which other kernels could be recorded too.
func (a *app) tellWrappable() {
	wrapped := map[string]bool{}
	for _, w := range wraps(kernelspec.List()) {
		wrapped[w.of()] = true
	}
	var names []string
	for _, k := range kernelspec.List() {
		if _, err := wrappable(k.Name); err == nil && !wrapped[k.Name] {
			names = append(names, k.Name)
		}
	}
	switch len(names) {
	case 0:
	case 1:
		fmt.Fprintf(a.stdout, "Also installed here: %[1]s: gemba install --wrap %[1]s records it too\n", names[0])
	default:
		fmt.Fprintf(a.stdout, "Also installed here: %s: gemba install --wrap %s records it too, --wrap all every one\n", strings.Join(names, ", "), likely(names))
	}
}

// likely is the kernel that most people want first.
func likely(names []string) string {
	if slices.Contains(names, "python3") {
		return "python3"
	}
	return names[0]
}
