// Package python holds what is put into a Python kernel, as source, and reads what that leaves behind: which files a cell
// opened, what it started, the names that it bound and used, modules and seeds. The interpreter's audit events tell of it, so
// nothing is installed and nothing of the user's is changed. It must not know how kernels are started or how cells are recorded.
package python

import (
	"embed"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed names.py spool.py hook.py kernel.py program.py sitecustomize.py
var sources embed.FS

// parts are the files in the order in which they are run, in one namespace.
var parts = []string{"names.py", "spool.py", "hook.py", "kernel.py"}

// SpoolVariable is the environment variable that tells a program where it is to write, as Files set it up.
const SpoolVariable = "GEMBA_PYTHON_SPOOL"

// Files returns what a folder has to hold so that each Python program is observed that has the folder first on its PYTHONPATH, and
// SpoolVariable set: texts by their slash-separated names. The programs that it starts are observed too. All of it
// counts as one cell, for which Reader.Read is asked by an empty id when the program has ended.
func Files() map[string]string {
	files := map[string]string{"sitecustomize.py": Source("sitecustomize.py")}
	for _, name := range append(parts, "program.py") {
		files["hook/"+name] = Source(name)
	}
	return files
}

// Source returns one of the files, empty when there is none of that name.
func Source(name string) string {
	text, _ := sources.ReadFile(name) // embedded: all parts are there
	return string(text)
}

// Setup returns an expression that a Python kernel is to execute silently, as the first of all. It leaves no name behind. What it
// sets up appends lines to the file spool, which no file of the user's may lie beside: that folder is left out. ModuleDir is
// appended to the end of sys.path, unless it is empty.
func Setup(spool, moduleDir string) string {
	var files []string
	for _, name := range parts {
		files = append(files, fmt.Sprintf("(%s, %s)", quote("<gemba>/"+name), quote(Source(name))))
	}
	return fmt.Sprintf(`(lambda b, n: ([b.exec(b.compile(text, name, "exec", 0, True), n) for name, text in (%s)], n["kernel"](%s, %s))[1])`+
		`(*[[b, {"__builtins__": b, "__name__": "<gemba>"}] for b in [__import__("builtins")]][0])`, strings.Join(files, ", "), quote(spool), quote(moduleDir))
}

// SetupFrom is Setup for a kernel that finds the files of Files in folder site, with the modules for it in site/modules: what Python
// compiles stays there, so that the next kernel starts without it.
func SetupFrom(site, spool string) string {
	var files []string
	for _, name := range parts {
		files = append(files, fmt.Sprintf("(%s, %s)", quote("gemba_"+strings.TrimSuffix(name, ".py")), quote(filepath.Join(site, "hook", name))))
	}
	return fmt.Sprintf(`(lambda b, n, load: ([b.exec(load(name, path).get_code(name), n) for name, path in (%s)], n["kernel"](%s, %s))[1])`+
		`(*[[b, {"__builtins__": b, "__name__": "<gemba>"}, __import__("importlib.machinery").machinery.SourceFileLoader] for b in [__import__("builtins")]][0])`,
		strings.Join(files, ", "), quote(spool), quote(filepath.Join(site, "modules")))
}

// quote writes a text as Python does.
func quote(s string) string { return strconv.QuoteToASCII(s) }
