package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/magics"
)

// programEngine is the engine of a session whose only cell is a program. The cell is executed by who has the program.
type programEngine struct {
	kernel.Engine // not there
	info          wire.Info
}

func (e programEngine) Info() wire.Info { return e.info }
func (e programEngine) Close() error    { return nil }

// Commands finds none: a command line is no code.
func (e programEngine) Commands(string) []magics.Line { return nil }

// Unseen says that the work tree is watched, as nobody knows what a program starts.
func (e programEngine) Unseen(string) bool { return true }

// commandLine is what is known of a program by its words.
type commandLine []string

// plainWord is what a shell takes as it stands.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_+=:,./@-]+$`)

// String quotes the words for a POSIX shell.
func (c commandLine) String() string {
	quoted := make([]string, len(c))
	for i, word := range c {
		if quoted[i] = word; !plainWord.MatchString(word) {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// name is the program's, without what Windows adds.
func (c commandLine) name() string {
	return strings.TrimSuffix(filepath.Base(c[0]), ".exe")
}

var interpreter = regexp.MustCompile(`^(?:python|pypy)[0-9.]*$`)

func (c commandLine) isPython() bool { return interpreter.MatchString(c.name()) }

// language is what the program is written in, as far as the command line says, else the program's name.
func (c commandLine) language() string {
	switch {
	case c.isPython():
		return "python"
	case c.name() == "go" && len(c) > 1 && c[1] == "run":
		return "go"
	}
	return c.name()
}

// scripts are how the names of programs end that are run from their source.
var scripts = []string{".py", ".sh", ".go", ".r", ".jl", ".rb", ".pl", ".js", ".mjs", ".ts", ".lua", ".sql", ".do", ".m"}

// script is the path of the program's source, empty when the command line names none: the first word that is a file
// and looks like one. Behind -c, -m and -e there is code, or a module, and then arguments.
func (c commandLine) script() string {
	for _, word := range c {
		if word == "-c" || word == "-m" || word == "-e" {
			break
		}
		if !slices.Contains(scripts, strings.ToLower(filepath.Ext(word))) {
			continue
		}
		if info, err := os.Stat(word); err == nil && info.Mode().IsRegular() {
			return word
		}
	}
	return ""
}

// title is what the run of the program is called.
func (c commandLine) title() string {
	if script := c.script(); script != "" {
		return filepath.Base(script)
	}
	if i := slices.Index(c, "-m"); i > 0 && i+1 < len(c) {
		return c[i+1]
	}
	return c.name()
}

// pythonNumber finds the version of an interpreter in its name.
var pythonNumber = regexp.MustCompile(`^(?:python|pypy)([0-9]+\.[0-9]+)`)

// version is that of the interpreter at path, as far as its place tells without running it; else empty.
func (c commandLine) version(path string) string {
	if !c.isPython() {
		return ""
	}
	config, _ := os.ReadFile(filepath.Join(filepath.Dir(filepath.Dir(path)), "pyvenv.cfg")) // of a virtual environment
	for line := range strings.Lines(string(config)) {
		if key, value, ok := strings.Cut(line, "="); ok && strings.TrimSpace(key) == "version" {
			return strings.TrimSpace(value)
		}
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return ""
	}
	if found := pythonNumber.FindStringSubmatch(filepath.Base(real)); found != nil {
		return found[1]
	}
	return ""
}
