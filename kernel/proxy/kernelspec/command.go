package kernelspec

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// ErrNoProgram says that what a kernelspec starts is not there.
var ErrNoProgram = errors.New("the kernel's program is not there")

// template is what the words of argv may hold.
var template = regexp.MustCompile(`\{[A-Za-z0-9_]+\}`)

// Command returns the words that start the kernel with a connection file. A plain "python" is that of the environment that the
// kernelspec is installed in: Jupyter takes its own, which is the same where both are. A program that is named without a folder
// is looked for on the PATH that the kernel will have; when it is not there, its name stays.
func (s Spec) Command(connectionFile string) []string {
	words := s.words(connectionFile)
	if path, err := s.Program(); err == nil {
		words[0] = path
	}
	return words
}

// words is argv without templates and with ~ written out, as Jupyter does it.
func (s Spec) words(connectionFile string) []string {
	values := map[string]string{"{connection_file}": connectionFile, "{resource_dir}": s.Dir, "{prefix}": s.around()}
	words := slices.Clone(s.Argv)
	for i, w := range words {
		words[i] = expandHome(template.ReplaceAllStringFunc(w, func(name string) string {
			if value, known := values[name]; known {
				return value
			}
			return name
		}))
	}
	return words
}

// around is the environment that {prefix} stands for: the kernelspec's own, else the one that Jupyter is in.
func (s Spec) around() string {
	if prefix := s.prefix(); prefix != "" {
		return prefix
	}
	if all := thisHost().environments(); len(all) > 0 {
		return all[0]
	}
	return ""
}

func expandHome(word string) string {
	rest, ok := strings.CutPrefix(word, "~")
	if !ok || rest != "" && !os.IsPathSeparator(rest[0]) {
		return word
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return word
	}
	return home + rest
}

// Program returns the file that the kernelspec starts, or an error that is ErrNoProgram. A path that does not begin at the root
// is returned as it is: it counts from the folder in which the kernel is started.
func (s Spec) Program() (string, error) {
	name := s.words("")[0]
	for _, path := range s.pythons(name) {
		if found, err := exec.LookPath(path); err == nil {
			return found, nil
		}
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r < 0x80 && os.IsPathSeparator(byte(r)) }) {
		return name, s.checkPath(name)
	}
	names := []string{name}
	if plainPython.MatchString(name) && !exactPython.MatchString(name) {
		names = append(names, "python3", "python") // many systems have only one of them
	}
	for _, n := range names {
		if path, ok := onPath(n, s.searchPath()); ok {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: the kernelspec in %s starts %s, which is not on the PATH", ErrNoProgram, s.Dir, name)
}

func (s Spec) checkPath(path string) error {
	if !filepath.IsAbs(path) {
		return nil
	}
	_, err := exec.LookPath(path)
	if err == nil {
		return nil
	}
	if info, e := os.Stat(path); e == nil && !info.IsDir() {
		return fmt.Errorf("%w: the kernelspec in %s starts %s, which may not be executed", ErrNoProgram, s.Dir, path)
	}
	return fmt.Errorf("%w: the kernelspec in %s starts %s, which is gone", ErrNoProgram, s.Dir, path)
}

// searchPath is the PATH that the kernel will have.
func (s Spec) searchPath() string {
	path := ""
	for _, v := range s.Environ(os.Environ(), nil) {
		if name, value, _ := strings.Cut(v, "="); name == "PATH" || runtime.GOOS == "windows" && strings.EqualFold(name, "PATH") {
			path = value
		}
	}
	return path
}

func onPath(name, path string) (string, bool) {
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue // as exec has it: no program out of the folder one happens to be in
		}
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found, true
		}
	}
	return "", false
}

// plainPython matches the interpreter of no environment in particular, exactPython one of a certain version.
var (
	plainPython = regexp.MustCompile(`^python(3(\.\d+)?)?$`)
	exactPython = regexp.MustCompile(`^python3\.\d+$`)
)

// pythons lists where a plain "python" may be: in the environment of the kernelspec, then in the one that Jupyter is in. What is
// installed for a user, whatever the environment, means Jupyter's first.
func (s Spec) pythons(name string) (paths []string) {
	if !plainPython.MatchString(name) {
		return nil
	}
	h := thisHost()
	own, prefixes := s.prefix(), h.environments()
	if user, err := h.userDir(); err == nil && strings.HasPrefix(s.Dir, user+string(filepath.Separator)) {
		prefixes = append(prefixes, own)
	} else {
		prefixes = slices.Insert(prefixes, 0, own)
	}
	for _, prefix := range prefixes {
		if prefix != "" {
			paths = append(paths, interpreters(prefix, name)...)
		}
	}
	return paths
}

// interpreters lists what name can be in an environment.
func interpreters(prefix, name string) []string {
	names := []string{filepath.Join("bin", name)}
	if !exactPython.MatchString(name) {
		names = append(names, filepath.Join("bin", "python3"), filepath.Join("bin", "python"))
	}
	if runtime.GOOS == "windows" {
		names = []string{filepath.Join("Scripts", "python.exe"), "python.exe"}
	}
	for i, n := range names {
		names[i] = filepath.Join(prefix, n)
	}
	return names
}

// Environ returns the environment of the kernel: that of this process, the kernelspec's own, and more. Later ones win.
func (s Spec) Environ(base, more []string) []string {
	python := strings.HasPrefix(strings.ToLower(s.Language), "python")
	known := map[string]string{}
	var env []string
	for _, v := range base {
		name, value, _ := strings.Cut(v, "=")
		known[name] = value
		if !python || name != "PYTHONEXECUTABLE" { // it would make another interpreter of the kernel's own; Jupyter drops it too
			env = append(env, v)
		}
	}
	for _, name := range sortedKeys(s.Env) {
		env = append(env, name+"="+substitute(s.Env[name], known))
	}
	return append(env, more...)
}

// reference is how a value of the kernelspec's env names another variable, as Python's string.Template has it; $$ is a dollar.
var reference = regexp.MustCompile(`\$(?:\$|\{[A-Za-z_][A-Za-z0-9_]*\}|[A-Za-z_][A-Za-z0-9_]*)`)

func substitute(text string, known map[string]string) string {
	return reference.ReplaceAllStringFunc(text, func(ref string) string {
		if ref == "$$" {
			return "$"
		}
		if value, ok := known[strings.Trim(ref, "${}")]; ok {
			return value
		}
		return ref
	})
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
