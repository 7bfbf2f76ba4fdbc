package build

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// files are the names that the program of a cell may have in the build folder.
var files = []string{"main.go", "main_test.go"}

func (j *job) fileName() string {
	if j.request.Test {
		return files[1]
	}
	return files[0]
}

// writeProgram leaves the program in the build folder, where "!*" commands and editors expect it.
func (j *job) writeProgram() error {
	for _, name := range files {
		path := filepath.Join(j.opts.Dir, name)
		if name != j.fileName() {
			os.Remove(path)
			continue
		}
		if old, err := os.ReadFile(path); err == nil && string(old) == j.program.Text {
			continue
		}
		if err := os.WriteFile(path, []byte(j.program.Text), 0o644); err != nil {
			return fmt.Errorf("write program: %w", err)
		}
	}
	return nil
}

// otherFiles is one text for the state of what else is to be compiled in the build folder, "" when there is nothing.
func (j *job) otherFiles() string {
	entries, err := os.ReadDir(j.opts.Dir)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, e := range entries {
		if e.IsDir() || e.Name() == files[0] || e.Name() == files[1] || !compilable(e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil {
			fmt.Fprintln(&b, e.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.String()
}

// compilable says that the go command compiles such a file into a package.
func compilable(name string) bool {
	switch filepath.Ext(name) {
	case ".go", ".s", ".S", ".sx", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90", ".syso", ".swig", ".swigcxx":
		return !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, ".")
	}
	return false
}

// wasmConsts are what a program for WebAssembly may know of its page, by GoNB's names.
func wasmConsts(w *Wasm) map[string]string {
	if w == nil {
		return nil
	}
	return map[string]string{"GonbWasmDir": w.Dir, "GonbWasmUrl": w.URL, "GonbWasmDivId": w.DivID}
}
