package source

import (
	"go/ast"
	"slices"
	"strings"
)

// A reacher goes from declaration to declaration.
type reacher struct {
	byKey   map[string]*entry
	methods map[string][]string // keys, by their types
	dots    []string            // keys of dot imports
	imports []*entry            // that are used by a name that their paths do not tell for sure
	seen    map[string]bool
}

func newReacher(d Declarations) *reacher {
	r := &reacher{byKey: make(map[string]*entry, len(d.entries)), methods: map[string][]string{}, seen: make(map[string]bool, len(d.entries))}
	for _, e := range d.entries {
		for _, n := range e.names {
			if n.key == "" {
				continue
			}
			r.byKey[n.key] = e
			if typ, _, is := strings.Cut(n.key, "~"); is && e.kind == Func {
				r.methods[typ] = append(r.methods[typ], n.key)
			}
		}
		switch {
		case e.kind != Import:
		case e.alias == ".":
			r.dots = append(r.dots, e.keys()...)
		case e.alias == "" && e.path != "C" && !standard(e.path):
			r.imports = append(r.imports, e)
		}
	}
	return r
}

// visit takes in a declaration and all that it refers to. Whoever has a type may call its methods, in ways that its code does not show.
func (r *reacher) visit(key string) {
	e := r.byKey[key]
	if e == nil || r.seen[key] {
		return
	}
	r.seen[key] = true
	r.follow(e.mentions, e.refs)
	if e.kind == Type {
		for _, method := range r.methods[key] {
			r.visit(method)
		}
	}
}

func (r *reacher) follow(m *mentions, refs Refs) {
	if m == nil {
		return
	}
	for _, name := range m.names {
		r.name(name, refs[name])
	}
	for _, k := range m.keys {
		if !r.isField(k.of, 0) {
			r.name(k.name, nil)
		}
	}
}

// name takes in what a name means, of which code selects.
func (r *reacher) name(name string, selects []string) {
	switch {
	case r.byKey[name] != nil:
		r.visit(name)
	case name == "C":
		for _, s := range selects {
			r.visit("C~" + strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(s, "struct_"), "enum_"), "union_"))
		}
	case !ast.IsExported(name):
		if len(selects) > 0 {
			r.renamed(name)
		}
	default:
		for _, key := range r.dots {
			r.visit(key)
		}
	}
}

// renamed takes in the one import that a package's name most likely is of, where it is not what its path most likely tells: a word of the
// last element. Builds resolve other names themselves, most often as packages of the standard library: "log" is not of ".../logrus".
func (r *reacher) renamed(name string) {
	maybe := func(e *entry) bool {
		words := strings.FieldsFunc(strings.ToLower(lastElement(e.path)), func(r rune) bool { return !isWord(r) })
		return slices.Contains(words, strings.ToLower(name))
	}
	if i := slices.IndexFunc(r.imports, maybe); i >= 0 && !slices.ContainsFunc(r.imports[i+1:], maybe) {
		r.visit(r.imports[i].names[0].key)
	}
}

// isField says whether an identifier before a colon in a literal of a declared type is a field's name.
func (r *reacher) isField(typ string, depth int) bool {
	e := r.byKey[typ]
	switch {
	case e == nil || e.kind != Type || depth == deepest:
		return false
	case e.like == "":
		return e.fields
	}
	return r.isField(e.like, depth+1)
}

// literals notes in the entry of a type what stands before colons in its literals.
func (e *entry) literals(typ ast.Expr) {
	switch t := bare(typ).(type) {
	case *ast.StructType, *ast.SelectorExpr: // another package's type, most likely a struct
		e.fields = true
	case *ast.Ident:
		e.like = t.Name
	}
}

// always says that a declaration takes part in every program: its function runs, its package is linked, or it is of nameless variables
// whose values call something.
func (e *entry) always(node ast.Node) bool {
	switch e.kind {
	case Func:
		return e.rename || e.names[0].key == "init"
	case Import:
		return e.alias == "_"
	case Var:
		return !slices.ContainsFunc(e.names, func(n name) bool { return n.ident != "" }) && calls(node)
	}
	return false
}

// calls says that a syntax tree calls something as it stands, by a conversion or in a function literal that nothing calls not.
func calls(node ast.Node) (found bool) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			found = found || n.Op.String() == "<-"
		case *ast.CallExpr:
			switch f := n.Fun.(type) {
			case *ast.ParenExpr, *ast.ArrayType, *ast.MapType, *ast.FuncType, *ast.InterfaceType, *ast.ChanType:
			case *ast.Ident:
				found = found || f.Name != "new"
			default:
				found = true
			}
		}
		return !found
	})
	return found
}

// runsTest says that a %test cell runs a test that is declared.
func (c *Cell) runsTest(key string, e *entry) bool {
	switch {
	case !c.Test || e.kind != Func || strings.Contains(key, "~"):
		return false
	case key == "TestMain":
		return true
	case isTest(key, "Benchmark"):
		return len(c.Args)+len(c.Benchmarks) > 0
	case isTest(key, "Test"), isTest(key, "Example"), isTest(key, "Fuzz"):
		return len(c.Args) > 0 || len(c.Tests)+len(c.Benchmarks) == 0
	}
	return false
}
