package build

import "github.com/gemba-ml/gemba/kernel/golang/source"

// Request says what to build.
type Request struct {
	Declarations source.Declarations
	Main         source.Main
	Flags        []string          // of go build, as %goflags holds them
	Env          []string          // environment of the go command, as os.Environ gives it; nil is this process's own
	Test         bool              // a test binary, as go test -c makes it
	Wasm         *Wasm             // not nil: for js/wasm
	Observe      bool              // let the program tell which files it opens: see package cell
	NoGet        bool              // do not fetch modules that are missing (%noautoget)
	Progress     func(line string) // told of what takes long: downloads and compilations; may be nil
}

// Wasm says where a WebAssembly program goes and what it is told of its place.
type Wasm struct {
	Dir   string // folder that Jupyter serves; the program becomes its file gonb_cell.wasm, next to wasm_exec.js
	URL   string // of that folder
	DivID string // of the element that the program may fill
}

// WasmName is the file name of a program built for WebAssembly.
const WasmName = "gonb_cell.wasm"

// Executable is a program that was built.
type Executable struct {
	Path    string
	Program source.Program
	Reused  bool              // it had been built before
	Rename  map[string]string // cells' names in its stack traces and what they are called now; nil when nothing differs
	Backend string            // GoMLX backend chosen, "xla" or "go", empty when the program uses none
	Unseen  string            // why the program does not tell which files it opens, empty when it does
	Network bool              // the program links package net
	Env     []string          // NAME=value to be set for the process besides its environment
	GoMod   string            // of the module it was built in
	GoSum   string
}
