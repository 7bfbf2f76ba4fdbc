package golang

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// environment is what cells and shell commands see as their environment variables. It belongs to the
// session: the kernel's own environment is never changed.
type environment struct{ vars []string }

// newEnvironment starts from the variables in vars, each "NAME=value".
func newEnvironment(vars []string) environment { return environment{slices.Clone(vars)} }

// set gives a variable a value, replacing an earlier one.
func (e *environment) set(name, value string) {
	e.unset(name)
	e.vars = append(e.vars, name+"="+value)
}

// add is set for a variable written "NAME=value".
func (e *environment) add(v string) {
	name, value, _ := strings.Cut(v, "=")
	e.set(name, value)
}

// unset leaves the slice as it is that copies of the environment share.
func (e *environment) unset(name string) {
	e.vars = slices.DeleteFunc(e.list(), func(v string) bool { return strings.HasPrefix(v, name+"=") })
}

// get returns the value of a variable, the empty string when it has none.
func (e environment) get(name string) string {
	for _, v := range slices.Backward(e.vars) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// list returns a copy in the form that os/exec takes.
func (e environment) list() []string { return slices.Clone(e.vars) }

// expand replaces a leading ~ by the home folder, and $NAME or ${NAME} by the variable's value.
func (e environment) expand(path string) string {
	if path == "~" || strings.HasPrefix(path, "~/") {
		if home := e.home(); home != "" {
			path = home + path[1:]
		}
	}
	return os.Expand(path, e.get)
}

// home is the user's home folder, "" when it is not known.
func (e environment) home() string {
	if home := e.get("HOME"); home != "" {
		return home
	}
	home, _ := os.UserHomeDir()
	return home
}

// command finds a command by the PATH of this environment, which may not be the kernel's, and returns its
// name where it is not found there.
func (e environment) command(name string) string {
	if strings.ContainsRune(name, filepath.Separator) {
		return name
	}
	for _, dir := range filepath.SplitList(e.get("PATH")) {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil && filepath.IsAbs(path) {
			return path
		}
	}
	return name
}

// under returns path as it is when absolute, else below dir.
func under(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
