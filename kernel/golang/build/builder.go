package build

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// Options say where a Builder works.
type Options struct {
	Dir      string           // folder for go.mod, main.go and executables; made when missing
	Module   string           // name of the module in go.mod, such as gonb_1a2b3c4d
	CacheDir string           // for what is worth keeping between sessions; empty is gemba's folder in os.UserCacheDir
	Go       string           // the go command; empty is the one on the PATH, or in GOROOT
	Now      func() time.Time // nil is time.Now
}

// Builder builds the cells of one session. It may be used from several goroutines; builds take turns.
type Builder struct {
	mu        sync.Mutex
	opts      Options
	module    module
	stores    map[string]*store          // by key
	built     shelf                      // executables
	found     map[string]source.Imported // by name and what is selected of it
	finder    finder
	plugins   pluginFolders
	rewritten rewritten // gonbui.go
}

// New makes the folder and its go.mod. It does not need a go command yet: Build says when there is none.
func New(opts Options) (*Builder, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.CacheDir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			base = os.TempDir()
		}
		opts.CacheDir = filepath.Join(base, "gemba")
	}
	if err := os.MkdirAll(filepath.Join(opts.Dir, ".gemba", "tmp"), 0o700); err != nil {
		return nil, fmt.Errorf("make build folder: %w", err)
	}
	b := &Builder{opts: opts, module: module{dir: opts.Dir, name: opts.Module, seen: map[string]seenFile{}},
		stores: map[string]*store{}, found: map[string]source.Imported{}, plugins: pluginFolders{}}
	command := goCommand(opts.Go)
	b.finder = finder{module: &b.module, dirs: map[string]map[string][]string{}, goRoot: goRoot(command), modCache: modCache()}
	return b, b.module.write(command)
}

// goCommand finds the go command, "" when there is none.
func goCommand(given string) string {
	for _, name := range []string{given, "go", filepath.Join(os.Getenv("GOROOT"), "bin", "go")} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// goRoot guesses where Go lies from its command.
func goRoot(command string) string {
	if real, err := filepath.EvalSymlinks(command); err == nil {
		return filepath.Dir(filepath.Dir(real))
	}
	return os.Getenv("GOROOT")
}

// modCache guesses where the module cache lies.
func modCache() string {
	if dir := os.Getenv("GOMODCACHE"); dir != "" {
		return dir
	}
	home, _ := os.UserHomeDir()
	first := filepath.SplitList(os.Getenv("GOPATH"))
	if len(first) == 0 {
		first = []string{filepath.Join(home, "go")}
	}
	return filepath.Join(first[0], "pkg", "mod")
}

// GoVersion is the version of the installed Go, such as go1.26.8. It runs no go command.
func (b *Builder) GoVersion() string { return installed(goCommand(b.opts.Go)) }

// Dir is the folder in which cells are built, where "!*" commands run.
func (b *Builder) Dir() string { return b.opts.Dir }

// ResetModule makes go.mod anew, without requirements (%reset).
func (b *Builder) ResetModule() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.module.write(goCommand(b.opts.Go))
}

// Close removes the folder.
func (b *Builder) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := os.RemoveAll(b.opts.Dir); err != nil {
		return fmt.Errorf("remove build folder: %w", err)
	}
	return nil
}

// environment is that of the tools. What they leave in temporary folders when they are killed goes with ours.
func (b *Builder) environment(given []string) environment {
	if given == nil {
		given = os.Environ()
	}
	return environment(given).with("PWD="+b.opts.Dir, "TMPDIR="+filepath.Join(b.opts.Dir, ".gemba", "tmp"))
}

// Build makes an executable. It returns *Error for a program that is wrong or that needs what cannot be had, ErrNoGo
// where there is no go command, and an error that wraps ctx.Err() when ctx ends first.
func (b *Builder) Build(ctx context.Context, r Request) (*Executable, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	started := b.opts.Now()
	j := &job{Builder: b, ctx: ctx, request: r, goCommand: goCommand(b.opts.Go), env: b.environment(r.Env)}
	if j.goCommand == "" {
		return nil, ErrNoGo
	}
	j.flags = parseFlags(r.Flags)
	exe, err := j.run()
	if err != nil {
		return nil, err
	}
	exe.Took = b.opts.Now().Sub(started)
	return exe, nil
}
