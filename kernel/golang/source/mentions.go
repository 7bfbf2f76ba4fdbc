package source

import (
	"go/ast"
	"slices"
)

// mentions are the names by which code refers to what stands outside of it: declarations, packages and the language's own. What is local to
// the code is not among them. A nil one is of no code.
type mentions struct {
	names []string // sorted
	keys  []litKey
}

// A litKey stands before a colon in a composite literal of a declared type: a field's name when that is a struct, else a name as any other.
type litKey struct{ name, of string }

// A mentioner collects mentions.
type mentioner struct {
	mentions
	global func(*ast.Ident) bool
	passed map[*ast.Ident]bool        // are declared here, or stand before colons
	judged map[*ast.CompositeLit]bool // were looked at with the literals that they are in
}

// globalIn says of the identifiers of a file which are not local: the unresolved ones, and those that mean what the file declares.
func globalIn(file *ast.File, unresolved map[*ast.Ident]bool) func(*ast.Ident) bool {
	return func(id *ast.Ident) bool {
		return unresolved[id] || id.Obj != nil && file.Scope.Lookup(id.Name) == id.Obj
	}
}

// mentionsIn finds what a syntax tree refers to.
func mentionsIn(node ast.Node, global func(*ast.Ident) bool) *mentions {
	m := &mentioner{global: global, passed: map[*ast.Ident]bool{}, judged: map[*ast.CompositeLit]bool{}}
	ast.Inspect(node, m.visit)
	slices.Sort(m.names)
	m.names = slices.Compact(m.names)
	return &m.mentions
}

func (m *mentioner) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Ident:
		if m.global(n) && !m.passed[n] {
			m.names = append(m.names, n.Name)
		}
	case *ast.ValueSpec:
		for _, id := range n.Names {
			m.passed[id] = true
		}
	case *ast.TypeSpec:
		m.passed[n.Name] = true
	case *ast.FuncDecl:
		m.passed[n.Name] = true
	case *ast.SelectorExpr:
		ast.Inspect(n.X, m.visit)
		return false
	case *ast.CompositeLit:
		if !m.judged[n] {
			m.literal(n, n.Type)
		}
	}
	return true
}

// literal sorts the keys of a composite literal of a type, which is nil when it is left out and not known, and those of the literals in it
// whose types are left out.
func (m *mentioner) literal(lit *ast.CompositeLit, typ ast.Expr) {
	m.judged[lit] = true
	var key, value ast.Expr
	switch t := bare(typ).(type) {
	case *ast.MapType:
		key, value = t.Key, t.Value
	case *ast.ArrayType:
		value = t.Elt
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && (id.Obj == nil || m.global(id)) {
				m.passed[id] = true
				m.key(id.Name, typ, 0)
			}
			m.leftOut(kv.Key, key)
			e = kv.Value
		}
		m.leftOut(e, value)
	}
}

// leftOut looks at a literal whose own type is left out.
func (m *mentioner) leftOut(e, typ ast.Expr) {
	if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil {
		m.literal(lit, typ)
	}
}

const deepest = 20 // types in a row that are declared by each other

// key takes in an identifier that is a field's name or not, by the type of its literal. Of a type that is not known it counts as a name: it
// is better told of than left out.
func (m *mentioner) key(name string, typ ast.Expr, depth int) {
	switch t := bare(typ).(type) {
	case *ast.StructType:
		return
	case *ast.SelectorExpr:
		if ast.IsExported(name) {
			return // a field in all likelihood; one that is not exported cannot be set from here
		}
	case *ast.Ident:
		if m.global(t) {
			m.keys = append(m.keys, litKey{name, t.Name})
			return
		}
		if spec, local := declaredAs(t); local && depth < deepest {
			m.key(name, spec.Type, depth+1)
			return
		}
	}
	m.names = append(m.names, name)
}

func declaredAs(id *ast.Ident) (*ast.TypeSpec, bool) {
	if id.Obj == nil {
		return nil, false
	}
	spec, ok := id.Obj.Decl.(*ast.TypeSpec)
	return spec, ok
}

// bare takes parentheses, stars and type arguments off a type.
func bare(typ ast.Expr) ast.Expr {
	for {
		switch t := typ.(type) {
		case *ast.ParenExpr:
			typ = t.X
		case *ast.StarExpr:
			typ = t.X
		case *ast.IndexExpr:
			typ = t.X
		case *ast.IndexListExpr:
			typ = t.X
		default:
			return typ
		}
	}
}
