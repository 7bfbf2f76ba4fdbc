package source

import (
	"go/types"
	"strings"
	"unicode"
)

// chooseImports decides which imports the program needs.
func (c *composer) chooseImports(decls Declarations) {
	refs := c.refs()
	for name := range decls.declares() {
		delete(refs, name)
	}
	c.used = map[*entry]bool{}
	open := open(refs, c.entries, c.opts)
	for _, e := range c.entries {
		if e.kind == Import && !c.opts.Drop[e.path] && c.needs(e, refs, open) {
			c.used[e] = true
			c.imported = append(c.imported, Imported{e.path, e.alias})
		}
	}
	for _, i := range c.opts.Imports {
		if _, needed := open[importName(i.Path, i.Alias, c.opts)]; needed && !c.opts.Drop[i.Path] {
			c.imported = append(c.imported, i)
		}
	}
}

// refs are all package-like names of the program.
func (c *composer) refs() Refs {
	all := Refs{}
	all.add(c.main.refs)
	for _, e := range c.entries {
		all.add(e.refs)
	}
	return all
}

// open are the refs that no import answers by the name that it has or most likely has.
func open(refs Refs, entries []*entry, opts Options) Refs {
	left := Refs{}
	left.add(refs)
	for _, e := range entries {
		if e.kind == Import {
			delete(left, importName(e.path, e.alias, opts))
		}
	}
	return left
}

// needs says whether an import is used. One whose name is not known for sure stays while a name is open that it may
// answer.
func (c *composer) needs(e *entry, refs, open Refs) bool {
	if e.alias == "." || e.alias == "_" || e.path == "C" {
		return true
	}
	if _, used := refs[importName(e.path, e.alias, c.opts)]; used {
		return true
	}
	if e.alias != "" || c.known(e.path) {
		return false
	}
	for name := range open {
		if strings.Contains(strings.ToLower(e.path), strings.ToLower(name)) {
			return true
		}
	}
	return len(open) > 0 && !standard(e.path)
}

func (c *composer) known(path string) bool {
	return c.opts.PackageName != nil && c.opts.PackageName(path) != ""
}

// importName is the name by which code uses an import.
func importName(path, alias string, opts Options) string {
	if alias != "" {
		return alias
	}
	if opts.PackageName != nil {
		if name := opts.PackageName(path); name != "" {
			return name
		}
	}
	return AssumedName(path)
}

// importable says that the compiler takes a path for one (see "Import declarations" in Go's specification).
func importable(path string) bool {
	return path != "" && !strings.ContainsFunc(path, func(r rune) bool {
		return !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune("!\"#$%&'()*,:;<=>?[\\]^`{|}\uFFFD", r)
	})
}

// standard says that a path is of the standard library, which alone has no dot in its first element.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// Unresolved gives the names that are used like packages and that neither a declaration nor an import answers.
func Unresolved(decls Declarations, m Main, opts Options) Refs {
	c := &composer{entries: decls.entries, main: m, opts: opts}
	refs := open(c.refs(), decls.entries, opts)
	for name := range decls.declares() {
		delete(refs, name)
	}
	for name := range refs {
		if types.Universe.Lookup(name) != nil || name == "_" {
			delete(refs, name)
		}
	}
	return refs
}

// ImportPlace says where a path was imported, as a Diagnostic without a message.
func (d Declarations) ImportPlace(path string) Diagnostic {
	for _, e := range d.entries {
		if e.kind == Import && e.path == path {
			return Diagnostic{File: e.body.cell, Line: e.body.line, Col: e.body.col}
		}
	}
	return Diagnostic{}
}
