package source

import (
	"fmt"
	"go/ast"
	"go/token"
	"hash/fnv"
	"strconv"
	"strings"
)

// A declarer turns the syntax tree of a cell's declarations into entries.
type declarer struct {
	*text
	file       *token.File
	shift      int // bytes put before the cell's text for the parser
	unresolved map[*ast.Ident]bool
	global     func(*ast.Ident) bool
	entries    []*entry
	blanks     map[string]bool // keys of blank names
	main       *entry          // func main, which is not remembered
}

func (d *declarer) offset(pos token.Pos) int { return d.file.Offset(pos) - d.shift }

func (d *declarer) cut(from, to token.Pos) piece { return d.piece(d.offset(from), d.offset(to)) }

func (d *declarer) comment(doc *ast.CommentGroup) piece {
	if doc == nil {
		return piece{}
	}
	return d.cut(doc.Pos(), doc.End())
}

func (d *declarer) add(e *entry, node ast.Node) *entry {
	e.refs, e.mentions = refsIn(node, d.unresolved), mentionsIn(node, d.global)
	e.runs = e.always(node)
	d.entries = append(d.entries, e)
	return e
}

func (d *declarer) declare(decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		d.function(decl)
	case *ast.GenDecl:
		if decl.Tok == token.CONST {
			d.constants(decl)
			return
		}
		for _, spec := range decl.Specs {
			d.spec(decl, spec)
		}
	}
}

func (d *declarer) function(f *ast.FuncDecl) {
	e := &entry{kind: Func, doc: d.comment(f.Doc), body: d.cut(f.Pos(), f.End())}
	n := d.ident(f.Name, f.Pos())
	if f.Recv != nil {
		n.key = receiver(f.Recv) + "~" + f.Name.Name
	}
	e.names = []name{n}
	if n.key == "main" && d.main == nil {
		e.refs, e.mentions = refsIn(f, d.unresolved), mentionsIn(f, d.global)
		d.main = e
		return
	}
	e.rename = f.Recv == nil && strings.HasPrefix(n.ident, "init_")
	d.add(e, f)
}

// receiver names the type of a method: T for (t *T[K, V]).
func receiver(list *ast.FieldList) string {
	if len(list.List) == 0 {
		return "unknown"
	}
	if id, ok := bare(list.List[0].Type).(*ast.Ident); ok {
		return id.Name
	}
	return "unknown"
}

// ident makes the name of an identifier in a body that begins at start.
func (d *declarer) ident(id *ast.Ident, start token.Pos) name {
	n := name{key: id.Name, ident: id.Name, offset: d.offset(id.Pos()) - d.offset(start)}
	if id.Name == "_" {
		n.key, n.ident = "", ""
	}
	return n
}

func (d *declarer) constants(g *ast.GenDecl) {
	if len(g.Specs) == 0 {
		return
	}
	e := &entry{kind: Const, doc: d.comment(g.Doc), body: d.cut(g.Pos(), g.End())}
	for _, spec := range g.Specs {
		own := ""
		if s := spec.(*ast.ValueSpec); stands(s) {
			own = d.cut(s.Pos(), s.End()).text
		}
		for _, id := range spec.(*ast.ValueSpec).Names {
			n := d.ident(id, g.Pos())
			n.text = own
			e.names = append(e.names, n)
		}
	}
	if len(e.keys()) == 0 {
		e.names = append(e.names, d.blank(e.body.text))
	}
	d.add(e, g)
}

// spec makes an entry of one spec of a group. Comments above a group without parentheses belong to its only spec.
func (d *declarer) spec(g *ast.GenDecl, spec ast.Spec) {
	e := &entry{keyword: g.Tok.String() + " ", body: d.cut(spec.Pos(), spec.End())}
	doc := specDoc(spec)
	if !g.Lparen.IsValid() {
		doc = g.Doc
	}
	e.doc = d.comment(doc)
	switch s := spec.(type) {
	case *ast.ImportSpec:
		d.imported(e, s)
	case *ast.TypeSpec:
		e.kind, e.names = Type, []name{d.ident(s.Name, s.Pos())}
		e.literals(s.Type)
		if e.names[0].key == "" {
			e.names[0] = d.blank(e.body.text)
		}
	case *ast.ValueSpec:
		d.variables(e, s)
	}
	d.add(e, spec)
}

func specDoc(spec ast.Spec) *ast.CommentGroup {
	switch s := spec.(type) {
	case *ast.ImportSpec:
		return s.Doc
	case *ast.TypeSpec:
		return s.Doc
	case *ast.ValueSpec:
		return s.Doc
	}
	return nil
}

func (d *declarer) imported(e *entry, s *ast.ImportSpec) {
	e.kind = Import
	e.path, _ = strconv.Unquote(s.Path.Value)
	if s.Name != nil {
		e.alias = s.Name.Name
	}
	key := e.alias
	switch {
	case e.path == "C" && e.doc.text != "":
		e.tuple = true
		for _, n := range definedInC(e.doc.text) {
			e.names = append(e.names, name{key: "C~" + n})
		}
		return
	case e.alias == "":
		key = AssumedName(e.path)
	case e.alias == ".", e.alias == "_":
		key += "~" + e.path
	}
	e.names = []name{{key: key}}
}

func (d *declarer) variables(e *entry, s *ast.ValueSpec) {
	e.kind = Var
	e.tuple = len(s.Names) > 1 && len(s.Values) == 1
	for i, id := range s.Names {
		n := d.ident(id, s.Pos())
		if n.key == "" {
			n = d.blank(fmt.Sprintf("%d %s", i, e.body.text))
		}
		e.names = append(e.names, n)
	}
}

// blank is the key of a blank variable: the same for the same text, so that running a cell again changes nothing.
func (d *declarer) blank(text string) name {
	h := fnv.New32a()
	h.Write([]byte(text))
	for n := h.Sum32(); ; n++ {
		key := fmt.Sprintf("_~%06d", n%1_000_000)
		if !d.blanks[key] {
			d.blanks[key] = true
			return name{key: key}
		}
	}
}
