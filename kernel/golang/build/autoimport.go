package build

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"

	modpath "golang.org/x/mod/module"
	"golang.org/x/tools/imports"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// autoImport finds packages for names that nothing declares: in the standard library, in the modules that go.mod
// requires, among the packages that notebooks use most, and in the whole module cache at last. They are imported for
// this program and not remembered.
func (j *job) autoImport() {
	for name, selected := range source.Unresolved(j.request.Declarations, j.request.Main, j.options) {
		slices.Sort(selected)
		key := name + " " + strings.Join(selected, " ")
		found, known := j.found[key]
		if !known {
			found = j.findPackage(name, selected)
			if found.Path == "" {
				continue
			}
			j.found[key] = found
		}
		if !slices.Contains(j.options.Imports, found) {
			j.options.Imports = append(j.options.Imports, found)
		}
	}
	slices.SortFunc(j.options.Imports, func(a, b source.Imported) int { return strings.Compare(a.Path, b.Path) })
}

// findPackage looks in one place after the other for a package of that name from which all that is selected can be had.
func (j *job) findPackage(name string, selected []string) source.Imported {
	if p := j.findStandard(name, selected); p != "" {
		return source.Imported{Path: p}
	}
	for _, m := range j.modules() {
		if p := m.find(name, selected); p != "" {
			return source.Imported{Path: p}
		}
	}
	if p := wellKnown[name]; p != "" {
		return source.Imported{Path: p}
	}
	return j.findCached(name, selected)
}

// wellKnown are packages outside the standard library that notebooks use without importing them.
var wellKnown = map[string]string{
	"gonbui":      "github.com/janpfeifer/gonb/gonbui",
	"comms":       "github.com/janpfeifer/gonb/gonbui/comms",
	"dom":         "github.com/janpfeifer/gonb/gonbui/dom",
	"widgets":     "github.com/janpfeifer/gonb/gonbui/widgets",
	"constraints": "golang.org/x/exp/constraints",
	"require":     "github.com/stretchr/testify/require",
	"assert":      "github.com/stretchr/testify/assert",
}

// preferred are the packages of the standard library to take when more than one would do.
var preferred = []string{"math/rand", "text/template", "net/http/httptest", "text/scanner"}

// findStandard finds a package of the standard library: the one that has most of what is selected, so that a slip in
// one name does not end in another package's errors.
func (j *job) findStandard(name string, selected []string) string {
	root := filepath.Join(j.store.Toolchain.GOROOT, "src")
	if j.std == nil {
		j.std = packageDirs(root)
	}
	paths := slices.Clone(j.std[name])
	lacks := map[string]int{}
	for _, p := range paths {
		lacks[p] = missing(filepath.Join(root, filepath.FromSlash(p)), selected)
	}
	slices.SortFunc(paths, func(a, b string) int {
		return cmp.Or(cmp.Compare(lacks[a], lacks[b]), cmp.Compare(rank(a), rank(b)), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	if len(paths) == 0 {
		return ""
	}
	return paths[0]
}

func rank(importPath string) int {
	if slices.Contains(preferred, importPath) {
		return 0
	}
	return 1
}

// A source root is a folder with packages below it: a module's.
type sourceRoot struct {
	path, dir string
	packages  map[string][]string // paths below the root, by last element
}

// find gives the import path of a package below the root that has all that is selected.
func (r sourceRoot) find(name string, selected []string) string {
	for _, p := range r.packages[name] {
		if missing(filepath.Join(r.dir, filepath.FromSlash(p)), selected) == 0 {
			return path.Join(r.path, p)
		}
	}
	return ""
}

// modules lists the modules that go.mod requires and go.work uses, where they lie on this machine.
func (j *job) modules() []sourceRoot {
	dirs := map[string]string{}
	file := j.module.parsed()
	for _, r := range file.Require {
		dirs[r.Mod.Path] = cachedDir(j.store.Toolchain.GOMODCACHE, r.Mod.Path, r.Mod.Version)
	}
	for _, r := range file.Replace {
		dirs[r.Old.Path] = cachedDir(j.store.Toolchain.GOMODCACHE, r.New.Path, r.New.Version)
	}
	if uses, err := j.module.uses(); err == nil {
		for _, u := range uses {
			dirs[u.module] = u.dir
		}
	}
	var list []sourceRoot
	for modulePath, dir := range dirs {
		if j.roots[dir] == nil {
			j.roots[dir] = packageDirs(dir)
		}
		list = append(list, sourceRoot{modulePath, dir, j.roots[dir]})
	}
	slices.SortFunc(list, func(a, b sourceRoot) int { return strings.Compare(a.path, b.path) })
	return list
}

// cachedDir is where the module cache keeps a module; a replacement without version is a folder itself.
func cachedDir(cache, modulePath, version string) string {
	if version == "" {
		return modulePath
	}
	escaped, err := modpath.EscapePath(modulePath)
	if err != nil {
		return ""
	}
	escapedVersion, err := modpath.EscapeVersion(version)
	if err != nil {
		return ""
	}
	return filepath.Join(cache, filepath.FromSlash(escaped)+"@"+escapedVersion)
}

// findCached asks package imports, which searches the whole module cache. It is given a file with nothing but the name,
// and only the import path is taken from what it returns.
func (j *job) findCached(name string, selected []string) source.Imported {
	text := "package main\n\n"
	for _, s := range selected {
		text += "var _ = " + name + "." + s + "\n"
	}
	fixed, err := imports.Process(filepath.Join(j.opts.Dir, files[0]), []byte(text), &imports.Options{Comments: true})
	if err != nil {
		return source.Imported{}
	}
	return firstImport(fixed)
}
