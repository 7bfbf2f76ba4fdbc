package build

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/kernel/cell"
)

// hookPath is the import path of package hook in programs that are compiled directly. Packages without further imports are
// initialised in the order of their paths: by this one the hook comes before package os.
const hookPath = "gemba/hook"

// hookFlag lets the linker connect the hook with what the standard library does not hand out. Linkers before Go
// 1.23 connect all.
const hookFlag = "-checklinkname=0"

// keptHooks is how many compiled hooks are kept between sessions: one for each toolchain in use.
const keptHooks = 16

// unhooked says why a program cannot tell which files it opens, "" when it can.
func (j *job) unhooked() string {
	t := j.store.Toolchain
	goos := cmp.Or(j.env.get("GOOS"), t.GOOS)
	switch {
	case !j.request.Observe:
		return "not asked for"
	case j.request.Test:
		return "tests tell package testing which files they open"
	case j.flags.covers():
		return "with -cover the hook would be a part of what is measured"
	case j.request.Wasm != nil:
		return "WebAssembly runs in the browser"
	case goos != "linux" && goos != "darwin":
		return "there is no hook for " + goos
	}
	return j.refusals[t.GOROOT]
}

// makeHooked makes the program with the hook when it can have one, and else without. A toolchain that refuses
// the hook is not asked again.
func (j *job) makeHooked(path string) error {
	j.unseen = j.unhooked()
	err := j.make(path)
	if j.unseen != "" || err == nil || !aboutHook(err) {
		return err
	}
	j.unseen = fmt.Sprintf("%s refuses the hook in package os", j.store.Toolchain.GOVERSION)
	if again := j.make(path); again != nil {
		return again
	}
	j.refusals[j.store.Toolchain.GOROOT] = j.unseen
	return nil
}

// aboutHook says that a tool stumbled over the hook and not over the cell.
func aboutHook(err error) bool {
	var wrong *Error
	if !errors.As(err, &wrong) {
		return false
	}
	return slices.ContainsFunc([]string{"testlog", "linkname", hookPath, hookFolder, hookFile}, func(s string) bool {
		return strings.Contains(wrong.Output, s)
	})
}

// linkFlags are the linker's for the hook.
func (j *job) linkFlags() []string {
	_, number, _ := strings.Cut(minor(j.store.Toolchain.GOVERSION), ".")
	if n, err := strconv.Atoi(number); j.unseen != "" || err == nil && n < 23 {
		return nil
	}
	return []string{hookFlag}
}

// compiledHook gives the hook compiled for the packages that the program is linked of. It is kept between sessions.
func (j *job) compiledHook(reached []*pkg) (string, error) {
	h := sha256.New()
	sources := cell.Sources()
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		h.Write(sources[name])
	}
	for _, path := range []string{"runtime", "sync", "sync/atomic", "syscall"} {
		if p := find(reached, path); p != nil {
			io.WriteString(h, p.Export+"\x00") // named by what it holds
		}
	}
	t := j.store.Toolchain
	io.WriteString(h, strings.Join([]string{t.GOVERSION, t.GOTOOLDIR, t.GOOS, t.GOARCH, j.key}, "\x00"))
	archive := filepath.Join(j.opts.CacheDir, "hook", hex.EncodeToString(h.Sum(nil)[:16])+".a")
	if exists(archive) {
		return archive, nil
	}
	return archive, j.compileHook(archive, sources, importcfg(reached))
}

func (j *job) compileHook(archive string, sources map[string][]byte, cfg []byte) error {
	dir := filepath.Join(tempDir(j.opts.Dir), "hook")
	defer os.RemoveAll(dir)
	if err := writeAll(dir, sources); err != nil {
		return err
	}
	if err := writeAll(dir, map[string][]byte{"importcfg": cfg}); err != nil {
		return err
	}
	t := j.store.Toolchain
	args := []string{"-o", "hook.a", "-p", hookPath, "-lang=go" + minor(t.GOVERSION), "-complete", "-nolocalimports",
		"-importcfg", "importcfg", "-pack", "-trimpath", dir + "=>" + hookPath, "hook.go", "changed_" + t.GOOS + ".go"}
	c := command{path: filepath.Join(t.GOTOOLDIR, "compile"), args: args, env: j.env.with("GOROOT=" + t.GOROOT), dir: dir, own: j.opts.Own}
	if _, err := c.run(j.ctx); err != nil {
		return j.failed(err, "")
	}
	data, err := os.ReadFile(filepath.Join(dir, "hook.a"))
	if err != nil {
		return fmt.Errorf("compile hook: %w", err)
	}
	defer prune(filepath.Dir(archive), keptHooks)
	return writeFile(archive, data)
}

// How the hook lies in the build folder while the go command builds.
const (
	hookFolder = "gembahook"
	hookFile   = "gemba_hook.go"
)

// hookImport is the file that makes the hook part of package main.
func hookImport(path string) []byte {
	return fmt.Appendf(nil, "package main\n\nimport _ %q\n", path)
}

// layHook lays the hook into the build folder for the go command, until remove is called: what the user does there
// afterwards knows nothing of the hook.
func (j *job) layHook() (remove func(), err error) {
	dir := filepath.Join(j.opts.Dir, hookFolder)
	file := filepath.Join(j.opts.Dir, hookFile)
	remove = func() { os.Remove(file); os.RemoveAll(dir) }
	if j.unseen != "" {
		return func() {}, nil
	}
	if err := writeAll(dir, cell.Sources()); err != nil {
		return remove, err
	}
	return remove, writeAll(j.opts.Dir, map[string][]byte{hookFile: hookImport(j.module.path() + "/" + hookFolder)})
}
