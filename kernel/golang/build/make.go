package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// make builds the program that lies in the build folder.
func (j *job) make(path string) error {
	if j.direct() {
		return j.compileAndLink(path)
	}
	return j.goBuild(path)
}

// direct says that calling compiler and linker ourselves gives what `go build` would give. All else is left to it.
func (j *job) direct() bool {
	return j.plain() && !j.program.Cgo && !j.program.Embed && j.otherFiles() == "" && !foreign(j.reached)
}

// plain says that nothing but the program itself could keep us from calling compiler and linker.
func (j *job) plain() bool {
	t := j.store.Toolchain
	return t.GOOS == "linux" && t.GOOS == t.GOHOSTOS && t.GOARCH == t.GOHOSTARCH &&
		j.flags.plain && parseFlags(strings.Fields(t.GOFLAGS)).plain &&
		!j.request.Test && j.request.Wasm == nil && j.module.usual(t.GOVERSION)
}

// foreign says that C++, Fortran or what swig makes is linked: the go command knows with which linker. C is linked as
// the packages compiled by the go command say themselves.
func foreign(list []*pkg) bool {
	return slices.ContainsFunc(list, func(p *pkg) bool { return p.Foreign })
}

// usual says that the module asks for no other behaviour than the toolchain's own: an older Go, or settings by godebug
// lines, become part of an executable in ways that only the go command knows.
func (m *module) usual(version string) bool {
	f := m.parsed()
	return f.Go != nil && len(f.Godebug) == 0 && minor(f.Go.Version) == minor(version) && m.read("go.work") == nil
}

// minor cuts a version of Go to its language version: "1.26" of go1.26.8.
func minor(version string) string {
	parts := strings.SplitN(strings.TrimPrefix(version, "go"), ".", 3)
	if len(parts) < 2 {
		return version
	}
	end := strings.IndexFunc(parts[1], func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(parts[1])
	}
	return parts[0] + "." + parts[1][:end]
}

// compileAndLink does for main what `go build -x` shows, without symbol table and DWARF.
func (j *job) compileAndLink(path string) error {
	cfg, err := j.importcfg()
	if err != nil {
		return err
	}
	t := j.store.Toolchain
	archive := path + ".a"
	defer os.Remove(archive)
	compile := []string{"compile", "-o", archive, "-p", "main", "-lang=go" + minor(j.module.parsed().Go.Version), "-complete",
		"-nolocalimports", "-importcfg", cfg, "-pack", "-c=" + strconv.Itoa(workers), files[0]}
	if j.unseen == "" {
		compile = append(compile, filepath.Join(filepath.Dir(cfg), hookFile))
	}
	link := []string{"link", "-o", path, "-importcfg", cfg + ".link", "-buildmode=exe", "-B=none", "-s", "-w", "-extld=" + t.CC}
	steps := [][]string{compile, append(append(link, j.linkFlags()...), archive)}
	for _, args := range steps {
		c := command{path: filepath.Join(t.GOTOOLDIR, args[0]), args: args[1:], env: j.env.with("GOROOT=" + t.GOROOT)}
		if _, err := j.tool(c); err != nil {
			return j.failed(err, "")
		}
	}
	return nil
}

// workers is how many functions the compiler compiles at once; cells are small.
const workers = 4

// importcfg makes sure that all packages are compiled, and writes where they are.
func (j *job) importcfg() (string, error) {
	list := j.exports()
	reached, missing := list.reach(j.paths())
	if len(missing) > 0 || !compiled(reached) {
		fresh, err := j.list(j.paths(), true)
		if err != nil {
			return "", err
		}
		list.add(fresh)
		j.store.note(fresh)
		j.store.save()
	}
	reached, _ = list.reach(j.paths())
	path := filepath.Join(j.opts.Dir, ".gemba", "importcfg")
	cfg := importcfg(reached)
	if j.unseen == "" {
		hook, err := j.compiledHook(reached)
		if err != nil {
			return "", err
		}
		cfg = fmt.Appendf(cfg, "packagefile %s=%s\n", hookPath, hook)
	}
	return path, writeAll(filepath.Dir(path), map[string][]byte{
		hookFile:         hookImport(hookPath),
		"importcfg":      cfg,
		"importcfg.link": append(cfg, modinfo(buildInfo(j.opts.Module, reached, j.settings()...))...),
	})
}

// settings are what the executable is to say of how it was built.
func (j *job) settings() []string {
	t := j.store.Toolchain
	list := []string{"-buildmode=exe", "-compiler=gc", "-ldflags=\"-s -w\"", "CGO_ENABLED=" + t.CGO_ENABLED, "GOARCH=" + t.GOARCH, "GOOS=" + t.GOOS}
	if len(j.variant.tags) > 0 {
		list = append(list, "-tags="+strings.Join(j.variant.tags, ","))
	}
	return list
}

// goBuild leaves the build to the go command.
func (j *job) goBuild(path string) error {
	args := []string{"build"}
	if j.request.Test {
		args = []string{"test", "-c"}
	}
	remove, err := j.layHook()
	defer remove()
	if err != nil {
		return err
	}
	args = append(args, "-o", path)
	args = append(args, j.flags.all...)
	if ldflags := j.ldflags(); ldflags != "" {
		args = append(args, "-ldflags="+ldflags) // the last one counts
	}
	if len(j.variant.tags) > len(j.flags.tags) {
		args = append(args, "-tags="+strings.Join(j.variant.tags, ",")) // the last one counts
	}
	args = append(args, j.variant.flags...)
	env := j.env.with(j.variant.goEnv...)
	if j.request.Wasm != nil {
		env = env.with("GOOS=js", "GOARCH=wasm")
	}
	c := command{path: j.goCommand, args: append(args, "."), env: env, line: j.compiling()}
	if _, err := j.tool(c); err != nil {
		return j.failed(err, "")
	}
	return nil
}

// ldflags are those of the user, else ours, and what the hook needs.
func (j *job) ldflags() string {
	given, _ := j.flags.value("ldflags")
	if !j.flags.symbols() {
		given = "-s -w"
	}
	return strings.TrimSpace(given + " " + strings.Join(j.linkFlags(), " "))
}

var unused = regexp.MustCompile(`^"([^"]+)" imported (?:as \S+ )?and not used`)

// dropUnused takes imports out that the compiler found unused, and says whether there were any: a dot import, or one
// whose package has another name than its path tells. A notebook remembers imports for cells to come.
func (j *job) dropUnused(err error) bool {
	var wrong *Error
	if !errors.As(err, &wrong) {
		return false
	}
	dropped := false
	for _, d := range wrong.Diagnostics {
		if m := unused.FindStringSubmatch(d.Message); m != nil && !j.options.Drop[m[1]] {
			if j.options.Drop == nil {
				j.options.Drop = map[string]bool{}
			}
			j.options.Drop[m[1]], dropped = true, true
		}
	}
	if dropped {
		j.compose()
	}
	return dropped
}
