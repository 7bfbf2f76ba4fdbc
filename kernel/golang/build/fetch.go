package build

import (
	"regexp"
	"strings"
)

// pins are modules to be fetched at the version that their contract was tested with, since the newest one may differ.
var pins = map[string]string{
	"github.com/janpfeifer/gonb": "v0.11.5",
	"github.com/gomlx/gomlx":     "v0.28.2",
	"github.com/gomlx/compute":   "v0.1.2",
	"github.com/gomlx/go-xla":    "v0.4.1",
}

// pinned gives what to ask `go get` for to have a package: its path, with a version when its module is pinned.
func pinned(path string) string {
	for module, version := range pins {
		if path == module || strings.HasPrefix(path, module+"/") {
			return path + "@" + version
		}
	}
	return path
}

// absent finds the package that no module provides in what go list says, which is not always the one that was asked
// for: it may be one that a local package imports.
var absent = regexp.MustCompile(`(?:no required module provides package|cannot find module providing package|missing go\.sum entry for module providing package|module lookup disabled.*package) ([^\s;:()]+)`)

// fetch gets modules for packages that none provides, each once, as far as the user lets it.
func (j *job) fetch(broken []*pkg, asked map[string]bool) error {
	var get []string
	for _, p := range broken {
		if m := absent.FindStringSubmatch(p.Err); m != nil && !asked[m[1]] {
			asked[m[1]] = true
			get = append(get, pinned(m[1]))
		}
	}
	if len(get) == 0 {
		return j.unavailable(broken, "", j.missingHint())
	}
	if j.request.NoGet {
		return j.unavailable(broken, "", "Modules are not fetched while %noautoget is set: use %autoget, or `!*go get PACKAGE`.")
	}
	if err := j.goGet(broken, get); err != nil {
		return err
	}
	return j.openStore() // go.mod is another one now
}

func (j *job) goGet(broken []*pkg, get []string) error {
	j.progress("go get " + strings.Join(get, " "))
	args := []string{"get"}
	if j.request.Test {
		args = append(args, "-t")
	}
	c := command{path: j.goCommand, args: append(args, get...), dir: j.opts.Dir, env: j.env.with("PWD=" + j.opts.Dir), line: j.downloading}
	_, err := c.run(j.ctx)
	if f, ok := err.(*failure); ok {
		for _, p := range broken {
			p.Err = strings.TrimSpace(f.output)
		}
		return j.unavailable(broken[:1], f.output, j.missingHint())
	}
	return err
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
