package golang

import (
	"os"
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
		if home, err := os.UserHomeDir(); err == nil {
			path = home + path[1:]
		}
	}
	return os.Expand(path, e.get)
}

// under returns path as it is when absolute, else below dir.
func under(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
