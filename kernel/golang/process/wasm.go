package process

import (
	"cmp"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Wasm is where a session's WebAssembly programs lie so that the notebook's page can load them: a
// folder of the session under the Jupyter server's root.
type Wasm struct {
	Dir string // folder
	URL string // path of the folder on the server
}

// wasmScript is a JavaScript function expression that loads and runs a program.
//
//go:embed wasm.js
var wasmScript string

// Wasm makes the session's folder, if it is not there yet, with the wasm_exec.js of the toolchain
// at goroot. It is removed with the session's other folders.
func (r *Runner) Wasm(j Jupyter, goroot string) (Wasm, error) {
	if j.Root == "" {
		return Wasm{}, errNoRoot()
	}
	id := cmp.Or(j.KernelID, filepath.Base(r.Dir()))
	w := Wasm{Dir: filepath.Join(j.Root, "jupyter_files", id), URL: path.Join(j.BaseURL, "files/jupyter_files", id)}
	if _, err := os.Stat(filepath.Join(w.Dir, "wasm_exec.js")); err == nil {
		return w, nil
	}
	script, err := wasmExec(goroot)
	if err != nil {
		return Wasm{}, err
	}
	if err := r.Own(w.Dir); err != nil {
		return Wasm{}, err
	}
	if err := os.MkdirAll(w.Dir, 0o755); err != nil {
		return Wasm{}, fmt.Errorf("make folder for WebAssembly: %w", err)
	}
	if err := os.WriteFile(filepath.Join(w.Dir, "wasm_exec.js"), script, 0o644); err != nil {
		return Wasm{}, fmt.Errorf("make folder for WebAssembly: %w", err)
	}
	return w, nil
}

// wasmExec reads the JavaScript that a toolchain's WebAssembly programs need; Go 1.24 moved it.
func wasmExec(goroot string) ([]byte, error) {
	for _, dir := range []string{"lib", "misc"} {
		b, err := os.ReadFile(filepath.Join(goroot, dir, "wasm", "wasm_exec.js"))
		if !errors.Is(err, fs.ErrNotExist) {
			return b, err
		}
	}
	return nil, fmt.Errorf("find wasm_exec.js: it is not in the Go toolchain at %s; install Go from https://go.dev/dl", goroot)
}

// Environ returns the variables that tell other programs of the session where the folder is.
func (w Wasm) Environ() []string {
	return []string{protocol.GONB_WASM_DIR_ENV + "=" + w.Dir, wasmVariable + "=" + w.Dir, protocol.GONB_WASM_URL_ENV + "=" + w.URL}
}

// NewDiv returns an id for the element that a program draws in.
func NewDiv() string { return "gonb_" + strings.ToLower(rand.Text()[:12]) }

// HTML returns what to display so that the page runs the program in a file of the folder, with an
// element of id div to draw in.
func (w Wasm) HTML(div, file string, args []string) (string, error) {
	config, err := json.Marshal(map[string]any{
		"exec": path.Join(w.URL, "wasm_exec.js"), "program": path.Join(w.URL, file), "args": append([]string{"js"}, args...), "div": div,
	})
	if err != nil {
		return "", fmt.Errorf("encode arguments of %s: %w", file, err)
	}
	return fmt.Sprintf("<div id=%q></div>\n<script>%s(%s);</script>", div, wasmScript, config), nil
}
