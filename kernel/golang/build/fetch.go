package build

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// pins are modules to be fetched at the version that their contract was tested with, since the newest one may differ.
var pins = map[string]string{
	"github.com/janpfeifer/gonb": "v0.11.5",
	"github.com/gomlx/gomlx":     "v0.28.2",
	"github.com/gomlx/compute":   "v0.1.2",
	"github.com/gomlx/go-xla":    "v0.4.1",
}

// version gives a package with the version to be fetched, when its module is pinned.
func version(path string) string {
	for module, version := range pins {
		if under(path, module) {
			return path + "@" + version
		}
	}
	return path
}

// replaced says that go.mod takes the package's module from elsewhere.
func (j *job) replaced(path string) bool {
	return slices.ContainsFunc(j.module.parsed().Replace, func(r *modfile.Replace) bool { return under(path, r.Old.Path) })
}

// absent finds the package that no module provides in what go list says, which is not always the one that was asked
// for: it may be one that a local package imports.
var absent = regexp.MustCompile(`(?:no required module provides package|cannot find module providing package|missing go\.sum entry for module providing package|to add it:\s+go get) ([^\s;:()]+)`)

// fetch gets modules for packages that none provides, each once, as far as the user lets it.
func (j *job) fetch(broken []*pkg, asked map[string]bool) error {
	var names []string
	for _, p := range broken {
		if m := absent.FindStringSubmatch(p.Err); m != nil && !asked[m[1]] {
			asked[m[1]] = true
			names = append(names, m[1])
		}
	}
	if len(names) == 0 {
		return j.unavailable(broken, "", j.missingHint())
	}
	names, err := j.provide(names)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return j.openStore()
	}
	if j.request.NoGet {
		return j.unavailable(broken, "", "Modules are not fetched while %noautoget is set: use %autoget, or `!*go get PACKAGE`.")
	}
	j.progress("go get " + strings.Join(names, " "))
	if err := j.require(broken, names); err != nil {
		return err
	}
	return j.openStore() // go.mod is another one now
}

// require has go.mod require modules for packages: `go get` finds their newest versions. For what go.mod replaces by a
// folder it would ask a server all the same; `go list -mod=mod` takes that from there.
func (j *job) require(broken []*pkg, names []string) error {
	var local, others []string
	for _, n := range names {
		if j.replaced(n) {
			local = append(local, n)
		} else {
			others = append(others, version(n))
		}
	}
	if !j.cached(others) {
		if err := j.fetched(broken, []string{"get"}, others); err != nil {
			return err
		}
	}
	return j.fetched(broken, []string{"list", "-mod=mod", "-deps", "-f", "{{with .Error}}{{.}}{{end}}"}, local)
}

// cached takes pinned packages from the module cache, and says whether they all were there. The go command would ask a
// server even then, which takes seconds.
func (j *job) cached(pinned []string) bool {
	if slices.ContainsFunc(pinned, func(p string) bool { return !strings.Contains(p, "@") }) {
		return false
	}
	c := command{path: j.goCommand, args: append([]string{"get"}, pinned...)}
	c.env = j.env.with("GOWORK=off", "GOPROXY=off")
	_, err := j.tool(c)
	return err == nil
}

// fetched runs a go command that fetches modules for packages. It does not use go.work, as that cannot be added to.
func (j *job) fetched(broken []*pkg, args, paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	c := command{path: j.goCommand, args: append(args, paths...), line: j.downloading}
	c.env = j.env.with("GOWORK=off")
	_, err := j.tool(c)
	f, ok := err.(*failure)
	if !ok {
		return err
	}
	for _, p := range broken {
		p.Err = strings.TrimSpace(f.output)
	}
	return j.unavailable(broken[:1], f.output, j.missingHint())
}

func (j *job) downloading(line string) { j.progress(strings.TrimPrefix(line, "go: ")) }

func (j *job) progress(line string) {
	if j.request.Progress != nil {
		j.request.Progress(line)
	}
}

// missingHint tells a user of go.work what `go get` does not read.
func (j *job) missingHint() string {
	if j.module.read("go.work") == nil {
		return ""
	}
	uses, err := j.module.uses()
	if err != nil || len(uses) == 0 {
		return ""
	}
	hint := "`go get` does not read go.work. Run %goworkfix, which adds these replace rules to go.mod:"
	for _, u := range uses {
		hint += "\n\t" + u.module + " => " + u.dir
	}
	return hint
}
