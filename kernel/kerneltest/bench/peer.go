//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/kernel/kerneltest/peer"
)

// What the GoMLX cell needs, at exact versions.
const (
	gomlxVersion   = "v0.28.2"
	computeVersion = "v0.1.2"
)

// The columns of the table.
const (
	gemba      = "gemba"
	unrecorded = "gemba-unrecorded"
	gonb       = "gonb"
)

// A bench is one run of this program.
type bench struct {
	cache   string
	scratch string // of this run only
	rounds  int
	specs   []spec
	kernels []*kernel // one for each spec, once they are needed
	rows    []row
}

// folder holds what this program makes.
func (b *bench) folder() string { return filepath.Join(b.cache, "bench") }

// prepare builds what is missing and makes the folders of this run.
func (b *bench) prepare(ctx context.Context, o options) (err error) {
	if err = os.MkdirAll(b.folder(), 0o755); err != nil {
		return err
	}
	if b.scratch, err = os.MkdirTemp(b.folder(), "run-*"); err != nil {
		return err
	}
	notebooks, err := b.notebooks(ctx)
	if err != nil {
		return err
	}
	module, err := b.graphModule(ctx)
	if err != nil {
		return err
	}
	// Without a PJRT plugin GoMLX must neither search nor download one.
	env := []string{"GOMLX_BACKEND=go", "GOMLX_NO_AUTO_INSTALL=1", "GEMBA_BENCH_MODULE=" + module}
	if o.gemba != "" {
		b.addGemba(o.gemba, notebooks, env)
	}
	if o.gonb {
		err = b.addGoNB(ctx, notebooks, env)
	}
	return err
}

// notebooks makes a small git repository, where people keep notebooks.
func (b *bench) notebooks(ctx context.Context) (string, error) {
	dir := filepath.Join(b.scratch, "notebooks")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for i := range 50 {
		name := filepath.Join(dir, fmt.Sprintf("notes-%02d.md", i))
		if err := os.WriteFile(name, fmt.Appendf(nil, "# Note %d\n", i), 0o644); err != nil {
			return "", err
		}
	}
	script := "git init -q && git add . && git -c user.name=bench -c user.email=bench@localhost commit -q -m Notes"
	return dir, shell(ctx, dir, nil, "sh", "-c", script)
}

func (b *bench) addGemba(program, dir string, env []string) {
	argv := []string{program, "kernel", "--connection-file", "{connection_file}"}
	for name, record := range map[string]string{gemba: "GEMBA_RECORD=on", unrecorded: "GEMBA_RECORD=off"} {
		ledger := filepath.Join(b.scratch, "ledger of "+name)
		s := spec{name: name, argv: argv, dir: dir, ledger: ledger, executed: new(int),
			env: append(env[:len(env):len(env)], record, "GEMBA_LEDGER="+ledger)}
		b.specs = append(b.specs, s)
	}
	slices.SortFunc(b.specs, func(x, y spec) int { return strings.Compare(x.name, y.name) })
}

// addGoNB installs GoNB the way it installs itself, into a Jupyter folder of its own.
func (b *bench) addGoNB(ctx context.Context, dir string, env []string) error {
	installation, err := peer.InstallGoNB(ctx, filepath.Join(b.cache, "peers"))
	if err != nil {
		return err
	}
	var installed struct{ Argv []string }
	text, err := os.ReadFile(installation.Kernelspec())
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &installed); err != nil {
		return fmt.Errorf("read %s: %w", installation.Kernelspec(), err)
	}
	path := "PATH=" + installation.Bin + string(os.PathListSeparator) + os.Getenv("PATH")
	b.specs = append(b.specs, spec{name: gonb, argv: installed.Argv, dir: dir, executed: new(int),
		env: append(env[:len(env):len(env)], path)})
	return nil
}

// graphModule makes a module that has all that the GoMLX cell needs, and builds it once.
func (b *bench) graphModule(ctx context.Context) (string, error) {
	dir, err := b.module("gomlx", fmt.Sprintf("require (\n\tgithub.com/gomlx/compute %s\n\tgithub.com/gomlx/gomlx %s\n)", computeVersion, gomlxVersion))
	if err != nil {
		return "", err
	}
	program := "package main\n\nimport (\n\t_ \"github.com/gomlx/gomlx/backends/default\"\n\t_ \"github.com/gomlx/gomlx/core/graph\"\n)\n\nfunc main() {}\n"
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o644); err != nil {
		return "", err
	}
	return dir, shell(ctx, dir, []string{"GOFLAGS=-mod=mod", "GOWORK=off"}, "go", "build", "-o", os.DevNull, ".")
}

// module makes the folder of a module, unless an earlier run did.
func (b *bench) module(name, require string) (string, error) {
	dir := filepath.Join(b.folder(), name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	file := filepath.Join(dir, "go.mod")
	if _, err := os.Stat(file); err == nil {
		return dir, nil
	}
	return dir, os.WriteFile(file, []byte("module bench\n\ngo 1.26.5\n\n"+require+"\n"), 0o644)
}

// shell runs a command and shows what it says only if it fails.
func shell(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run %s: %w\n%s", cmd, err, out)
	}
	return nil
}

// stop ends the kernels.
func (b *bench) stop() {
	for _, k := range b.kernels {
		k.stop()
	}
	b.kernels = nil
}

// close ends the kernels and removes what only this run needed.
func (b *bench) close() error {
	b.stop()
	return os.RemoveAll(b.scratch)
}
