package kernelspec

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Installed is a kernel that Jupyter offers.
type Installed struct {
	Name string // what Jupyter calls it, in small letters
	Dir  string // the folder of its kernelspec
}

var (
	// ErrUnknown says that no kernel of a name is installed.
	ErrUnknown = errors.New("no such kernel is installed")
	// ErrOurs says that a kernel is gemba's own, which has nothing to be wrapped.
	ErrOurs = errors.New("it is gemba's own kernel")
)

// List returns the installed kernels, sorted by name. Of those that share a name it is the one that Jupyter takes.
func List() []Installed {
	h := thisHost()
	dirs := map[string]string{}
	for _, kernels := range h.kernelDirs() {
		for _, k := range In(kernels) {
			if dirs[k.Name] == "" {
				dirs[k.Name] = k.Dir
			}
		}
	}
	if dirs[nativeName] == "" {
		if dir, found := h.native(); found {
			dirs[nativeName] = dir
		}
	}
	var all []Installed
	for name, dir := range dirs {
		all = append(all, Installed{name, dir})
	}
	slices.SortFunc(all, func(a, b Installed) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// In returns the kernels whose kernelspecs are in a folder, such as one of Dirs.
func In(kernels string) (found []Installed) {
	entries, _ := os.ReadDir(kernels) // a folder that is not there, or closed to us, holds none
	for _, e := range entries {
		if dir := filepath.Join(kernels, e.Name()); holdsSpec(dir) {
			found = append(found, Installed{strings.ToLower(e.Name()), dir})
		}
	}
	return found
}

func holdsSpec(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, "kernel.json"))
	return err == nil && info.Mode().IsRegular()
}

// Locate returns the kernel that Jupyter means by name, whatever its case, or an error that is ErrUnknown.
func Locate(name string) (Installed, error) {
	all := List()
	i := slices.IndexFunc(all, func(k Installed) bool { return k.Name == strings.ToLower(name) })
	if i < 0 {
		return Installed{}, fmt.Errorf("%w: %s", ErrUnknown, name)
	}
	return all[i], nil
}

// Find returns the kernel that a notebook means by name. The name of a wrap leads to the kernel that it wraps, also on a machine
// on which only that one is installed. gemba's own kernel is ErrOurs.
func Find(name string) (Spec, error) {
	found, err := Locate(name)
	if plain, wrap := strings.CutPrefix(strings.ToLower(name), WrapPrefix); wrap && errors.Is(err, ErrUnknown) {
		if k, e := Locate(plain); e == nil {
			found, err = k, nil
		}
	}
	if err != nil {
		return Spec{}, err
	}
	s, err := Read(found.Dir)
	if err != nil {
		return Spec{}, err
	}
	if dir, wraps := s.Wrapped(); wraps {
		if s, err = Read(dir); err != nil {
			return Spec{}, fmt.Errorf("find what %s wraps: %w", found.Name, err)
		}
	}
	if s.Ours() {
		return Spec{}, fmt.Errorf("find kernel %s: %w", name, ErrOurs)
	}
	return s, nil
}
