package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// A job is one build.
type job struct {
	*Builder
	ctx       context.Context
	request   Request
	goCommand string
	env       environment
	flags     flags
	store     *store
	key       string // of the store
	variant   variant
	options   source.Options
	program   source.Program
	reached   []*pkg // all packages that the program is linked of
	unseen    string // why the program does not tell which files it opens, "" when it does
}

// run goes from declarations to an executable.
func (j *job) run() (*Executable, error) {
	if err := j.openStore(); err != nil {
		return nil, err
	}
	if err := j.settle(); err != nil {
		return nil, err
	}
	for {
		exe, err := j.reuseOrMake()
		if err == nil || !j.dropUnused(err) {
			return exe, err
		}
	}
}

// settle composes the program until all that it imports is known.
func (j *job) settle() error {
	j.variant = variant{tags: slices.Clone(j.flags.tags)}
	j.options.Consts = wasmConsts(j.request.Wasm)
	j.options.PackageName = func(path string) string {
		if p := j.graph()[path]; p != nil && p.Err == "" {
			return p.Name
		}
		return ""
	}
	j.autoImport()
	j.compose()
	if known, err := j.know(j.paths()); err != nil {
		return err
	} else if !known {
		j.autoImport() // real names may leave others open
		j.compose()
		if _, err := j.know(j.paths()); err != nil {
			return err
		}
	}
	if err := j.allowed(); err != nil {
		return err
	}
	return j.chooseVariant()
}

func (j *job) compose() {
	j.program = source.Compose(j.request.Declarations, j.request.Main, j.options)
}

// paths are what main imports: "flag" is how it parses its arguments.
func (j *job) paths() []string {
	paths := []string{"flag", "runtime"}
	if j.request.Test {
		paths = append(paths, "testing")
	}
	for _, i := range j.program.Imports {
		paths = append(paths, i.Path)
	}
	return paths
}

// reuseOrMake gives an executable that was built of an equal program, or a new one.
func (j *job) reuseOrMake() (*Executable, error) {
	if err := j.writeProgram(); err != nil {
		return nil, err
	}
	digest := j.digest()
	if old := j.built.get(digest); old != nil && !j.program.Embed { // what it embeds may have changed
		return j.executable(old, true)
	}
	path, err := j.outputPath(digest)
	if err != nil {
		return nil, err
	}
	if err := j.makeHooked(path); err != nil {
		os.RemoveAll(filepath.Dir(path)) // a session may try thousands of programs that do not build
		return nil, err
	}
	made := &built{digest, path, j.program.Cells, j.unseen}
	j.built.put(made)
	return j.executable(made, false)
}

func (j *job) executable(b *built, reused bool) (*Executable, error) {
	exe := &Executable{Path: b.path, Program: j.program, Reused: reused, Rename: rename(b.cells, j.program.Cells),
		Backend: j.variant.backend, Env: j.variant.env, Unseen: b.unseen, Network: find(j.reached, "net") != nil, GoMod: string(j.module.read("go.mod")), GoSum: string(j.module.read("go.sum"))}
	if j.request.Wasm == nil {
		return exe, nil
	}
	exe.Path = filepath.Join(j.request.Wasm.Dir, WasmName)
	data, err := os.ReadFile(b.path)
	if err == nil {
		err = os.WriteFile(exe.Path, data, 0o644)
	}
	if err != nil {
		return nil, fmt.Errorf("serve WebAssembly: %w", err)
	}
	return exe, nil
}

// rename pairs cells of equal programs.
func rename(was, is []string) map[string]string {
	var names map[string]string
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			if names == nil {
				names = map[string]string{}
			}
			names[was[i]] = is[i]
		}
	}
	return names
}

// digest names what the executable is made of.
func (j *job) digest() string {
	h := sha256.New()
	for _, part := range []string{j.program.Digest, j.key, j.variant.key(), strings.Join(j.flags.all, "\x01"),
		fmt.Sprint(j.request.Test, j.request.Wasm, j.request.Observe), j.store.prints(j.reached), j.otherFiles()} {
		io.WriteString(h, part+"\x00")
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
