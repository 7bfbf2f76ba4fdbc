package build

import (
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/imports"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// autoImport finds packages for names that nothing declares. They are imported for this program and not remembered.
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

// findPackage looks for a package of that name from which all that is selected can be had: at hand, then in the whole
// module cache. A slip in what is selected must not end in another package's errors, so the nearest one will do too.
func (j *job) findPackage(name string, selected []string) source.Imported {
	near, exact := j.finder.find(name, selected)
	if exact {
		return source.Imported{Path: near}
	}
	if cached := j.findCached(name, selected); cached.Path != "" {
		return cached
	}
	return source.Imported{Path: near}
}

// Find gives the import path of a package for a name that nothing declares, for an editor: from the standard library,
// the modules that go.mod requires and go.work uses, and those that notebooks use most; "" when there is none. It waits
// for no build and runs no go command.
func (b *Builder) Find(name string, selected []string) string {
	path, _ := b.finder.find(name, selected)
	return path
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
	if found := firstImport(fixed); j.finder.provides(found.Path) {
		return found
	}
	return source.Imported{} // of a newer Go than the installed one
}
