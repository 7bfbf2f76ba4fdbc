package kernelspec

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// prefersEnvironment reports whether what is installed in the environment wins over what is installed for the user.
func (h host) prefersEnvironment() bool {
	if on, given := h.set("JUPYTER_PREFER_ENV_PATH"); given {
		return on
	}
	all := h.environments()
	if len(all) == 0 {
		return false
	}
	conda := h.get("CONDA_PREFIX")
	named := conda != "" && strings.HasPrefix(all[0], filepath.Clean(conda)) && cmp.Or(h.get("CONDA_DEFAULT_ENV"), "base") != "base"
	return (isVirtual(all[0]) || named) && h.owns(all[0])
}

func (h host) active() string { return cmp.Or(h.get("VIRTUAL_ENV"), h.get("CONDA_PREFIX")) }

// environments lists the prefixes of Python environments that Jupyter may be in: the active ones, and those of the first jupyter
// and python3 on the PATH, also where these are links into another.
func (h host) environments() (prefixes []string) {
	for _, prefix := range []string{h.get("VIRTUAL_ENV"), h.get("CONDA_PREFIX")} {
		if prefix != "" {
			prefixes = append(prefixes, prefix)
		}
	}
	for _, program := range []string{"jupyter", "python3"} {
		path, err := h.look(program)
		if err != nil {
			continue
		}
		prefixes = append(prefixes, filepath.Dir(filepath.Dir(path)))
		if target, err := filepath.EvalSymlinks(path); err == nil && !isVirtual(prefixes[len(prefixes)-1]) {
			prefixes = append(prefixes, filepath.Dir(filepath.Dir(target)))
		}
	}
	return distinct(prefixes)
}

// isVirtual reports whether a prefix is that of a virtual environment (https://peps.python.org/pep-0405/).
func isVirtual(prefix string) bool {
	_, err := os.Stat(filepath.Join(prefix, "pyvenv.cfg"))
	return err == nil
}

// distinct makes paths absolute and drops those that came before.
func distinct(paths []string) []string {
	var kept []string
	for _, p := range paths {
		if p == "" {
			continue
		}
		if whole, err := filepath.Abs(p); err == nil {
			p = whole
		}
		if !slices.Contains(kept, p) {
			kept = append(kept, p)
		}
	}
	return kept
}
