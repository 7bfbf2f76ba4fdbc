package kept

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// declarations are the top-level ones of a program, by name: a method's is its receiver's type, a point, and its own.
type declarations map[string]declaration

type declaration struct {
	text string   // its tokens: comments and the way it is laid out do not count
	uses []string // all names in it: more than it refers to, never less
}

// parse returns the declarations of a program, none of one that is no Go.
func parse(program string) declarations {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", program, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	all := declarations{}
	at := func(p token.Pos) int { return files.File(p).Offset(p) }
	add := func(name string, node ast.Node) { all.add(name, program[at(node.Pos()):at(node.End())], node) }
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(funcName(d), d)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				declare(d, spec, add)
			}
		}
	}
	return all
}

// declare adds what a specification declares. Constants of a block may depend on their place in it, so the whole block is theirs.
func declare(d *ast.GenDecl, spec ast.Spec, add func(string, ast.Node)) {
	var node ast.Node = spec
	if d.Tok == token.CONST {
		node = d
	}
	switch s := spec.(type) {
	case *ast.TypeSpec:
		add(s.Name.Name, node)
	case *ast.ValueSpec:
		for _, name := range s.Names {
			add(name.Name, node)
		}
	}
}

// funcName is the name of a function, or that of a method with its type's before it.
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	kind := d.Recv.List[0].Type
	for {
		switch t := kind.(type) {
		case *ast.StarExpr:
			kind = t.X
		case *ast.IndexExpr:
			kind = t.X
		case *ast.IndexListExpr:
			kind = t.X
		case *ast.Ident:
			return t.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}

func (all declarations) add(name, text string, node ast.Node) {
	var uses []string
	ast.Inspect(node, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			uses = append(uses, id.Name)
		}
		return true
	})
	old := all[name] // init and _ may be there more than once
	uses = append(uses, old.uses...)
	slices.Sort(uses)
	all[name] = declaration{old.text + tokens(text), slices.Compact(uses)}
}

// tokens returns a text's tokens, a line each.
func tokens(text string) string {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(text)), []byte(text), nil, 0)
	var b strings.Builder
	for {
		_, tok, literal := s.Scan()
		switch {
		case tok == token.EOF:
			return b.String()
		case tok.IsLiteral():
			b.WriteString(literal)
		default:
			b.WriteString(tok.String())
		}
		b.WriteByte('\n')
	}
}

// reached returns the declarations that main may reach, without main: that is the cell's own code, which is compared as a whole.
// Where a type is reached, so are its methods.
func (all declarations) reached() declarations {
	found := declarations{}
	var visit func(name string)
	visit = func(name string) {
		d, declared := all[name]
		if _, done := found[name]; done || !declared {
			return
		}
		found[name] = d
		for _, used := range d.uses {
			visit(used)
		}
		for method := range all {
			if strings.HasPrefix(method, name+".") {
				visit(method)
			}
		}
	}
	for _, root := range []string{"main", "init", "_"} {
		visit(root)
	}
	delete(found, "main")
	return found
}

// changed returns the first name that another program declares in another way.
func (all declarations) changed(now declarations) string {
	var names []string
	for name, d := range all {
		if other, declared := now[name]; declared && other.text != d.text {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return names[0]
}
