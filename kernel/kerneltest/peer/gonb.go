// Package peer installs the kernel that gemba is measured against and compared with: GoNB, at an exact
// version, the way it installs itself, into a folder of its own. It is for tests and benchmarks only.
package peer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// gonbVersion is the release that is measured and compared.
const gonbVersion = "v0.11.5"

// tools are what GoNB asks for when it is installed.
var tools = []string{"golang.org/x/tools/cmd/goimports@v0.52.0", "golang.org/x/tools/gopls@v0.21.0"}

// GoNB is an installed GoNB.
type GoNB struct {
	Bin     string // folder of its program and of the tools that it calls: belongs in front of the PATH
	Jupyter string // Jupyter data folder that holds its kernelspec
}

// Kernelspec is the path of its kernel.json.
func (g GoNB) Kernelspec() string { return filepath.Join(g.Jupyter, "kernels", "gonb", "kernel.json") }

// InstallGoNB builds and installs GoNB in folder dir, unless an earlier call did.
func InstallGoNB(ctx context.Context, dir string) (GoNB, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return GoNB{}, fmt.Errorf("install GoNB: %w", err)
	}
	g := GoNB{Bin: filepath.Join(dir, "bin"), Jupyter: filepath.Join(dir, "jupyter")}
	if _, err := os.Stat(g.Kernelspec()); !errors.Is(err, fs.ErrNotExist) {
		return g, err
	}
	if err := g.build(ctx, filepath.Join(dir, "gonb")); err != nil {
		return GoNB{}, fmt.Errorf("install GoNB: %w", err)
	}
	env := []string{"PATH=" + g.Bin + string(os.PathListSeparator) + os.Getenv("PATH"), "JUPYTER_DATA_DIR=" + g.Jupyter}
	if err := run(ctx, dir, env, filepath.Join(g.Bin, "gonb"), "--install"); err != nil {
		return GoNB{}, fmt.Errorf("install GoNB: %w", err)
	}
	return g, nil
}

// build builds it as the only requirement of a module, with the versions of its own go.mod, as `go
// install` would: that command asks for a list of its versions too, which not every proxy has.
func (g GoNB) build(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	module := "module peer\n\ngo 1.26.5\n\nrequire github.com/janpfeifer/gonb " + gonbVersion + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(module), 0o644); err != nil {
		return err
	}
	env := []string{"GOBIN=" + g.Bin, "GOFLAGS=-mod=mod", "GOWORK=off"}
	if err := persist(ctx, dir, env, "go", "install", "github.com/janpfeifer/gonb"); err != nil {
		return err
	}
	for _, tool := range tools {
		if err := persist(ctx, dir, []string{"GOBIN=" + g.Bin, "GOFLAGS=", "GOWORK=off"}, "go", "install", tool); err != nil {
			return err
		}
	}
	return nil
}

// persist runs a command that needs the network, up to five times, with longer and longer pauses between.
func persist(ctx context.Context, dir string, env []string, name string, args ...string) error {
	err := run(ctx, dir, env, name, args...)
	for pause := 2 * time.Second; err != nil && pause < 20*time.Second; pause *= 2 {
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
		err = run(ctx, dir, env, name, args...)
	}
	return err
}

// run runs a command and shows what it says only if it fails.
func run(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run %s: %w\n%s", cmd, err, out)
	}
	return nil
}
