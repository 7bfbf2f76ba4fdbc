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
	Own      Owner            // keeps commands from outliving this process; nil when nobody does
	GoMod    string           // what go.mod and go.sum hold at first, whatever module they are of; empty: no requirements
	GoSum    string
	Provided []Provided // modules that come with this program
}

// An Owner has a process group ended should this process be killed, until what it returns is called.
type Owner func(group int) (release func())

// Builder builds the cells of one session. It may be used from several goroutines; builds take turns.
type Builder struct {
	mu        sync.Mutex
	opts      Options
	module    module
	stores    map[string]*store          // by key
	caches    map[string]bool            // folders for go's build cache, and whether they can be written
	built     shelf                      // executables
	found     map[string]source.Imported // by name and what is selected of it
	finder    finder
	plugins   pluginFolders
	rewritten rewritten         // gonbui.go
	refusals  map[string]string // of the hook, by Go's folder
}

// New makes the folder and its go.mod. It does not need a go command yet: Build says when there is none.
func New(opts Options) (*Builder, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.CacheDir == "" {
		opts.CacheDir = cacheDir(opts.Dir)
	}
	b := &Builder{opts: opts, module: module{dir: opts.Dir, name: opts.Module, seen: map[string]seenFile{}, goMod: opts.GoMod, goSum: opts.GoSum},
		stores: map[string]*store{}, caches: map[string]bool{}, found: map[string]source.Imported{}, plugins: pluginFolders{},
		refusals: map[string]string{}}
	command := goCommand(opts.Go)
	b.finder = finder{module: &b.module, dirs: map[string]map[string][]string{}, goRoot: goRoot(command), modCache: modCache()}
	return b, b.module.write(command)
}

// goCommand finds the go command, "" when there is none.
func goCommand(given string) string { return firstCommand(given, "go", inRoot(os.Getenv("GOROOT"))) }

// goCommand finds the go command that cells see, which may be another one than this process would find: the PATH that
// the user gave them comes first.
func (b *Builder) goCommand(env environment) string {
	names := []string{b.opts.Go}
	for _, dir := range filepath.SplitList(env.get("PATH")) {
		if filepath.IsAbs(dir) {
			names = append(names, filepath.Join(dir, "go"))
		}
	}
	if found := firstCommand(append(names, inRoot(env.get("GOROOT")))...); found != "" {
		return found
	}
	return goCommand("")
}

func inRoot(goRoot string) string {
	if goRoot == "" {
		return ""
	}
	return filepath.Join(goRoot, "bin", "go")
}

// firstCommand gives the first of some commands that is there, "" when none is.
func firstCommand(names ...string) string {
	for _, name := range names {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// GoRoot is the folder of the Go that builds cells which see that environment; ErrNoGo when there is none.
func (b *Builder) GoRoot(env []string) (string, error) {
	command := b.goCommand(env)
	if command == "" {
		return "", ErrNoGo
	}
	return goRoot(command), nil
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
	b.module.goMod, b.module.goSum = "", ""
	return b.module.write(goCommand(b.opts.Go))
}

// environment is that of the tools. What they leave in temporary folders when they are killed goes with ours.
func (b *Builder) environment(given []string) environment {
	if given == nil {
		given = os.Environ()
	}
	env := environment(given).forModule(b.opts.Dir).with("PWD="+b.opts.Dir, "TMPDIR="+tempDir(b.opts.Dir))
	return env.with(b.goCache(env)...)
}

// ready makes again what somebody removed: programs that tidy the system's temporary folder, or the user.
func (b *Builder) ready(goCommand string) error {
	if err := os.MkdirAll(tempDir(b.opts.Dir), 0o700); err != nil {
		return fmt.Errorf("make build folder: %w", err)
	}
	if exists(filepath.Join(b.opts.Dir, "go.mod")) {
		return nil
	}
	return b.module.write(goCommand)
}

// tempDir is for the temporary files of the tools.
func tempDir(dir string) string { return filepath.Join(dir, ".gemba", "tmp") }

// Build makes an executable. It returns *Error for a program that is wrong or that needs what cannot be had, ErrNoGo
// where there is no go command, and an error that wraps ctx.Err() when ctx ends first.
func (b *Builder) Build(ctx context.Context, r Request) (*Executable, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	j := &job{Builder: b, ctx: ctx, request: r, env: b.environment(r.Env)}
	j.goCommand = b.goCommand(j.env)
	if j.goCommand == "" {
		return nil, ErrNoGo
	}
	if err := b.ready(j.goCommand); err != nil {
		return nil, err
	}
	j.flags = parseFlags(r.Flags)
	return j.run()
}
