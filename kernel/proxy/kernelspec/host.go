package kernelspec

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// host is what decides where Jupyter looks for its data on a machine
// (https://docs.jupyter.org/en/latest/use/jupyter-directories.html#data-files).
type host struct {
	system string // as runtime.GOOS has it
	home   string // empty when unknown
	lookup func(string) (string, bool)
	look   func(string) (string, error) // where a program is
	owns   func(string) bool            // whether a folder is the user's own
}

func thisHost() host {
	home, _ := os.UserHomeDir() // whoever needs it says that it is missing
	return host{system: runtime.GOOS, home: home, lookup: os.LookupEnv, look: exec.LookPath, owns: ownedByUser}
}

// UserDir returns the user's own data folder of Jupyter.
func UserDir() (string, error) { return thisHost().userDir() }

// Dirs lists the folders that hold kernelspecs, in the order in which Jupyter searches them. A process of Python knows its
// environment; from outside, every one that is active or on the PATH counts.
func Dirs() []string { return thisHost().kernelDirs() }

// ActiveEnvironment returns the prefix of the virtual or conda environment that the shell is in; empty when in none.
func ActiveEnvironment() string { return thisHost().active() }

func (h host) get(name string) string {
	value, _ := h.lookup(name)
	return value
}

// set reads a switch of Jupyter's.
func (h host) set(name string) (on, given bool) {
	value, given := h.lookup(name)
	return given && !slices.Contains([]string{"no", "n", "false", "off", "0", "0.0"}, strings.ToLower(value)), given
}

func (h host) platformDirs() bool {
	on, _ := h.set("JUPYTER_PLATFORM_DIRS")
	return on
}

var errNoHome = errors.New("find your Jupyter folder: HOME is not set")

func (h host) userDir() (string, error) {
	if dir := h.get("JUPYTER_DATA_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := h.get("XDG_DATA_HOME"); dir != "" && h.system != "windows" && h.system != "darwin" {
		return filepath.Abs(filepath.Join(dir, "jupyter"))
	}
	if h.home == "" {
		return "", errNoHome
	}
	switch {
	case h.system == "darwin" && h.platformDirs():
		return filepath.Join(h.home, "Library", "Application Support", "Jupyter"), nil
	case h.system == "darwin":
		return filepath.Join(h.home, "Library", "Jupyter"), nil
	case h.system == "windows" && h.platformDirs():
		return filepath.Join(cmp.Or(h.get("LOCALAPPDATA"), filepath.Join(h.home, "AppData", "Local")), "Jupyter"), nil
	case h.system == "windows":
		return filepath.Join(cmp.Or(h.get("APPDATA"), filepath.Join(h.home, "AppData", "Roaming")), "jupyter"), nil
	}
	return filepath.Join(h.home, ".local", "share", "jupyter"), nil
}

// userDirs is the user's own data folder and those of Python's packages that are installed for the user.
func (h host) userDirs() (dirs []string) {
	if dir, err := h.userDir(); err == nil {
		dirs = append(dirs, dir)
	}
	if all := h.environments(); len(all) > 0 && isVirtual(all[0]) {
		return dirs // its Python does not see the user's packages
	}
	for _, base := range h.userBases() {
		dirs = append(dirs, filepath.Join(base, "share", "jupyter"))
	}
	return dirs
}

// userBases is where pip install --user puts things (https://docs.python.org/3/library/site.html#site.USER_BASE).
func (h host) userBases() []string {
	if base := h.get("PYTHONUSERBASE"); base != "" {
		return []string{base}
	}
	if appData := h.get("APPDATA"); h.system == "windows" && appData != "" {
		return []string{filepath.Join(appData, "Python")}
	}
	if h.home == "" || h.system == "windows" {
		return nil
	}
	var bases []string
	if h.system == "darwin" {
		bases, _ = filepath.Glob(filepath.Join(h.home, "Library", "Python", "3.*")) // fails only for a malformed pattern
	}
	return append(bases, filepath.Join(h.home, ".local"))
}

func (h host) systemDirs() []string {
	if h.system == "windows" {
		if data := h.get("PROGRAMDATA"); data != "" {
			if trusted, _ := h.set("JUPYTER_USE_PROGRAMDATA"); trusted {
				return []string{filepath.Join(data, "jupyter")}
			}
		}
		return nil
	}
	if h.platformDirs() && h.system == "darwin" {
		return []string{"/Library/Application Support/Jupyter"}
	}
	if shared := h.get("XDG_DATA_DIRS"); h.platformDirs() && shared != "" {
		dirs := filepath.SplitList(shared)
		for i, dir := range dirs {
			dirs[i] = filepath.Join(dir, "jupyter")
		}
		return dirs
	}
	return []string{"/usr/local/share/jupyter", "/usr/share/jupyter"}
}

// dataDirs lists Jupyter's data folders in its order.
func (h host) dataDirs() []string {
	var path, environments []string
	if given := h.get("JUPYTER_PATH"); given != "" {
		path = filepath.SplitList(given)
	}
	system, user := h.systemDirs(), h.userDirs()
	for _, prefix := range h.environments() {
		if dir := filepath.Join(prefix, "share", "jupyter"); !slices.Contains(system, dir) {
			environments = append(environments, dir)
		}
	}
	if h.prefersEnvironment() {
		return distinct(slices.Concat(path, environments, user, system))
	}
	return distinct(slices.Concat(path, user, environments, system))
}

func (h host) kernelDirs() []string {
	dirs := h.dataDirs()
	if ipython := h.get("IPYTHONDIR"); ipython != "" {
		dirs = append(dirs, ipython)
	} else if h.home != "" {
		dirs = append(dirs, filepath.Join(h.home, ".ipython"))
	}
	for i, dir := range dirs {
		dirs[i] = filepath.Join(dir, "kernels")
	}
	return distinct(dirs)
}
