package source

import (
	"go/ast"
	"path"
	"slices"
	"strings"
)

// Refs are the names that code uses like packages, with what it selects from each: {"fmt": {"Println"}}.
type Refs map[string][]string

// add takes in all of other.
func (r Refs) add(other Refs) {
	for base, selectors := range other {
		for _, s := range selectors {
			if !slices.Contains(r[base], s) {
				r[base] = append(r[base], s)
			}
		}
	}
}

// refsIn finds x.Y in a syntax tree where x is one of the identifiers that nothing in the same text declares.
func refsIn(node ast.Node, unresolved map[*ast.Ident]bool) Refs {
	refs := Refs{}
	ast.Inspect(node, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && unresolved[x] {
			refs.add(Refs{x.Name: {sel.Sel.Name}})
		}
		return true
	})
	return refs
}

func unresolvedIn(file *ast.File) map[*ast.Ident]bool {
	set := map[*ast.Ident]bool{}
	for _, id := range file.Unresolved {
		set[id] = true
	}
	return set
}

// AssumedName is the name that a package most likely has, by its import path: its last element, the one before it
// when that is a version, without "go-" before and whatever is no identifier behind. Builds use the real one.
func AssumedName(importPath string) string {
	base := strings.TrimPrefix(lastElement(importPath), "go-")
	if i := strings.IndexFunc(base, func(r rune) bool { return !isWord(r) }); i > 0 {
		base = base[:i]
	}
	return base
}

// lastElement is the last element of an import path, the one before it when that is a version.
func lastElement(importPath string) string {
	base := path.Base(importPath)
	if isVersion(base) && path.Dir(importPath) != "." {
		return path.Base(path.Dir(importPath))
	}
	return base
}

func isVersion(s string) bool {
	return len(s) > 1 && s[0] == 'v' && strings.Trim(s[1:], "0123456789") == ""
}

func isWord(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r > 127
}
