package build

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// packageDirs lists the folders below root that others may import, by the last element of their paths; a version as
// last element does not count, and "go-" before it neither.
func packageDirs(root string) map[string][]string {
	found := map[string][]string{}
	filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		if file != root && notImportable(d.Name()) {
			return filepath.SkipDir
		}
		rel, err := filepath.Rel(root, file)
		if err == nil && rel != "." {
			p := filepath.ToSlash(rel)
			found[source.AssumedName(p)] = append(found[source.AssumedName(p)], p)
		}
		return nil
	})
	return found
}

func notImportable(name string) bool {
	switch name {
	case "internal", "vendor", "testdata", "cmd", "builtin", "node_modules":
		return true
	}
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

// missing counts which of some names a package does not export, and says whether the folder is a package at all.
func missing(dir string, names []string) (count int, is bool) {
	exported := exports(dir)
	for _, n := range names {
		if !exported[n] {
			count++
		}
	}
	return count, len(exported) > 0
}

// exports collects the exported names of a folder's files, on whatever system they build.
func exports(dir string) map[string]bool {
	entries, _ := os.ReadDir(dir)
	names := map[string]bool{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if err == nil && file.Name.Name != "main" {
			addExports(names, file)
		}
	}
	return names
}

func addExports(names map[string]bool, file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.IsExported() {
				names[d.Name.Name] = true
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names[s.Name.Name] = true
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names[n.Name] = true
					}
				}
			}
		}
	}
}

// firstImport reads the first import of a file.
func firstImport(text []byte) source.Imported {
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly)
	if err != nil || len(file.Imports) == 0 {
		return source.Imported{}
	}
	var i source.Imported
	i.Path, _ = strconv.Unquote(file.Imports[0].Path.Value)
	if name := file.Imports[0].Name; name != nil && name.Name != path.Base(i.Path) {
		i.Alias = name.Name
	}
	return i
}
