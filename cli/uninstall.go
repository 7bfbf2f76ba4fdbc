package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
)

func uninstallCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "uninstall",
		Short: "Take this kernel out of Jupyter; ledgers stay",
		Long: `uninstall removes what gemba install wrote: the kernelspecs of the Go kernel and of wrapped kernels, and JupyterLab's extension.
The kernels that were wrapped stay, as do all ledgers.`,
	}
	usage := usages{wrap: "remove what records this `kernel`, and nothing else; several, or all",
		papermill: "remove the parameters of Go notebooks from the papermill"}
	return placed(c, usage, a.uninstall, a.uninstallWraps, a.uninstallTranslator)
}

// uninstall removes the Go kernel, every wrap and the extension from a place.
func (a *app) uninstall(p place) error {
	removed, err := a.uninstallExtension(p)
	if left := a.uninstallKernels(p, removed); left != nil {
		return errors.Join(left, err)
	}
	return err
}

// uninstallKernels removes the Go kernel and every wrap. That there is none is an error unless something else was removed.
func (a *app) uninstallKernels(p place, removed bool) error {
	dir, err := p.folder(kernelName)
	if err != nil {
		return err
	}
	dirs := wrapsIn(filepath.Dir(dir))
	if err := checkOurs(dir); err == nil {
		dirs = append([]string{dir}, dirs...)
	} else if len(dirs) == 0 && removed && errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if len(dirs) == 0 || !errors.Is(err, fs.ErrNotExist) {
		a.tellOthers(dir)
		return err
	}
	return a.removeKernels(dirs)
}

// uninstallWraps removes the wraps of some kernels from a place.
func (a *app) uninstallWraps(p place, names []string) error {
	if len(names) == 0 {
		return withHint(wrongUse("--wrap names no kernel"), "--wrap python3, or --wrap all")
	}
	var dirs []string
	for _, name := range names {
		dir, err := p.folder(kernelspec.WrapPrefix + strings.TrimPrefix(strings.ToLower(name), kernelspec.WrapPrefix))
		if err != nil {
			return err
		}
		found := wrapsIn(filepath.Dir(dir))
		if name != everyKernel {
			found = []string{dir}
			err = checkOurs(dir)
		} else if len(found) == 0 {
			err = nothingIn(filepath.Dir(dir))
		}
		if err != nil {
			a.tellOthers(dir)
			return err
		}
		dirs = append(dirs, found...)
	}
	return a.removeKernels(dirs)
}

// wrapsIn returns the folders of the wraps among kernelspecs.
func wrapsIn(kernels string) (dirs []string) {
	for _, w := range wraps(kernelspec.In(kernels)) {
		dirs = append(dirs, w.Dir)
	}
	return dirs
}

func (a *app) removeKernels(dirs []string) error {
	for _, dir := range dirs {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("uninstall kernel: %w", err)
		}
		fmt.Fprintf(a.stdout, "Removed %s\n", dir)
		a.tellOthers(dir)
	}
	return nil
}

// checkOurs makes sure that dir holds a kernelspec that install wrote, before it is removed.
func checkOurs(dir string) error {
	s, err := kernelspec.Read(dir)
	switch {
	case errors.Is(err, kernelspec.ErrNoSpec):
		return nothingIn(dir)
	case err != nil && !errors.Is(err, kernelspec.ErrSpec):
		return fmt.Errorf("uninstall kernel: %w", err)
	case err != nil || !s.Ours():
		return withHint(fmt.Errorf("uninstall kernel: %s was not written by gemba install", dir), "look at its kernel.json and delete the folder yourself")
	}
	return nil
}

func nothingIn(dir string) error {
	return withHint(fmt.Errorf("uninstall kernel: nothing is installed in %s: %w", dir, fs.ErrNotExist),
		"--sys-prefix and --prefix FOLDER name other places")
}
