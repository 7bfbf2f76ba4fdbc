package environ

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// lockFormat is the version of the lock's file.
const lockFormat = 1

// ErrLock says that a lock cannot be read.
var ErrLock = errors.New("invalid lock")

// Lock pins what a notebook is to run on.
type Lock struct {
	Format      int               `json:"gemba_lock"`
	Notebook    string            `json:"notebook"`          // file name
	Session     string            `json:"session,omitempty"` // id of the recorded one that the modules are from
	Environment map[string]string `json:"environment"`       // facts by name
	GoMod       []string          `json:"go_mod,omitempty"`  // lines
	GoSum       []string          `json:"go_sum,omitempty"`
}

// locked are the facts that a lock holds, by name or, with a dot at the end, by what names begin with. A machine's
// processor and memory are not among them: what is locked is what can be installed.
var locked = []string{
	"go.version", "go.flags", "go.os", "go.arch", "go.cgo", "go.experiment", "go.amd64", "go.arm64", "go.debug",
	"python.version", "python.implementation", "python.abi", "python.hash_seed", "python.optimize", "python.package.",
	"gemba.version", "engine.", "compute.", "gpu.driver", "os.name", "os.image", "os.machine", "locale", "time.zone", "env.",
}

// unlocked are exceptions, as patterns: where a plugin lies does not matter, nor which variables name such places.
// Other variables say what locale and time.zone say already.
var unlocked = []string{
	"compute.plugin.*.path", "env.PJRT_PLUGIN_LIBRARY_PATH", "env.LD_LIBRARY_PATH", "env.DYLD_LIBRARY_PATH",
	"env.LANG", "env.LANGUAGE", "env.LC_*", "env.TZ",
}

func isLocked(name string) bool {
	excepted := slices.ContainsFunc(unlocked, func(pattern string) bool { fits, _ := path.Match(pattern, name); return fits })
	return !excepted && slices.ContainsFunc(locked, func(l string) bool {
		return name == l || strings.HasSuffix(l, ".") && strings.HasPrefix(name, l)
	})
}

// NewLock locks a notebook to an environment and to the go.mod and go.sum of a recorded session, empty where none is
// recorded.
func NewLock(notebook string, e Environment, session tracker.ID, goMod, goSum string) Lock {
	l := Lock{Format: lockFormat, Notebook: filepath.Base(notebook), Environment: map[string]string{}, GoMod: split(moduleLine.ReplaceAllString(goMod, "module notebook")), GoSum: split(goSum)}
	if !session.IsZero() {
		l.Session = session.String()
	}
	for _, f := range e {
		if isLocked(f.Name) {
			l.Environment[f.Name] = f.Value
		}
	}
	return l
}

// moduleLine is what names the module of a session in its go.mod. It is another one each time.
var moduleLine = regexp.MustCompile(`(?m)^module .*$`)

func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

func join(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// Modules returns the go.mod and go.sum that cells are to start with.
func (l Lock) Modules() (goMod, goSum string) { return join(l.GoMod), join(l.GoSum) }

// LockPath returns the file of a notebook's lock: analysis.gemba.lock beside analysis.ipynb.
func LockPath(notebook string) string {
	return strings.TrimSuffix(notebook, filepath.Ext(notebook)) + ".gemba.lock"
}

// ReadLock reads a lock. Its error is fs.ErrNotExist when there is none, ErrLock when it is wrong.
func ReadLock(path string) (Lock, error) {
	var l Lock
	b, err := os.ReadFile(path)
	if err != nil {
		return l, fmt.Errorf("read lock: %w", err)
	}
	if err := json.Unmarshal(b, &l); err != nil {
		return Lock{}, fmt.Errorf("read lock %s: %w: %w", path, ErrLock, err)
	}
	if l.Format != lockFormat {
		return Lock{}, fmt.Errorf("read lock %s: %w: its gemba_lock is %d, and this gemba knows %d", path, ErrLock, l.Format, lockFormat)
	}
	if goMod, goSum := l.Modules(); goMod != "" {
		if _, err := Modules(goMod, goSum); err != nil {
			return Lock{}, fmt.Errorf("read lock %s: %w: %w", path, ErrLock, err)
		}
	}
	return l, nil
}

// Write writes the lock for people and version control: facts sorted, a module a line.
func (l Lock) Write(path string) error {
	b, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".gemba-lock-*")
	if err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	_, err = temp.Write(append(b, '\n'))
	err = errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write lock: %w", err), os.Remove(temp.Name()))
	}
	return nil
}

// Check returns what of an environment is not as the lock has it, the most important first. A fact that the
// environment has and the lock does not is a difference too: a variable that changes results may not come unseen.
func Check(l Lock, now Environment) []Difference {
	was := facts{}
	for name, value := range l.Environment {
		was[name] = value
	}
	is := facts{}
	for _, f := range now {
		if isLocked(f.Name) {
			is[f.Name] = f.Value
		}
	}
	return Diff(was.environment(), is.environment())
}
