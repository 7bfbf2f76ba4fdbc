package source

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// View is the program of a cell that is being written, for an editor's tools: without directives, and whether or not
// the cell parses. Offsets are in bytes.
type View struct {
	Text     string
	segments []segment
}

// A segment is a stretch of the cell and where it lies in the program.
type segment struct{ cell, program, length int }

// Finder finds the import path of a package by its name and what is selected of it, "" when there is none.
type Finder func(name string, selected []string) string

// NewView puts a cell's text, as it is, among the declarations in force. What the cell declares anew is left out of
// those. The finder, which may be nil, gives packages that the cell uses without importing them.
func NewView(decls Declarations, text string, find Finder) View {
	commands, goText := splitCommands(text)
	goText = blankPackage(goText)
	head := len(goText)
	t := newText("", goText)
	for _, c := range commands {
		if next := c.Line + c.Lines - 1; (c.Name() == "%" || c.Name() == "main") && next < len(t.lines) {
			head = t.lines[next].offset
			break
		}
	}
	v := &viewer{goText: goText}
	v.split(head)
	for _, key := range v.declared() {
		decls, _ = decls.Remove(key)
	}
	v.write(decls, find)
	return View{v.String(), v.segments}
}

// Program gives the offset in the program of an offset in the cell; false when the text there is no Go.
func (v View) Program(cell int) (int, bool) {
	return translate(v.segments, cell, func(s segment) (int, int) { return s.cell, s.program })
}

// Cell gives the offset in the cell of an offset in the program; false when the text there is not the cell's.
func (v View) Cell(program int) (int, bool) {
	return translate(v.segments, program, func(s segment) (int, int) { return s.program, s.cell })
}

// translate prefers the segment that an offset lies in to the one that ends there.
func translate(list []segment, offset int, sides func(segment) (from, to int)) (int, bool) {
	found, ok := 0, false
	for _, s := range list {
		from, to := sides(s)
		if from <= offset && offset < from+s.length {
			return to + offset - from, true
		}
		if offset == from+s.length {
			found, ok = to+s.length, true
		}
	}
	return found, ok
}

// A viewer writes a View.
type viewer struct {
	strings.Builder
	goText     string
	imports    []chunk
	decls      []chunk
	statements []chunk
	segments   []segment
}

// split sorts the pieces of a cell; all behind the offset head are statements.
func (v *viewer) split(head int) {
	for _, c := range chunks(v.goText[:head]) {
		switch {
		case c.first == token.IMPORT:
			v.imports = append(v.imports, c)
		case c.decl:
			v.decls = append(v.decls, c)
		default:
			v.statements = append(v.statements, c)
		}
	}
	if rest := (chunk{start: head, end: len(v.goText)}); head < len(v.goText) || len(v.imports)+len(v.decls)+len(v.statements) == 0 {
		v.statements = append(v.statements, rest)
	}
}

// declared lists the keys that the cell declares, as far as it parses.
func (v *viewer) declared() []string {
	var keys []string
	for _, c := range append(v.imports[:len(v.imports):len(v.imports)], v.decls...) {
		file, _ := parser.ParseFile(token.NewFileSet(), "", declarationsHead+v.goText[c.start:c.end], parser.SkipObjectResolution)
		if file == nil {
			continue
		}
		for _, d := range file.Decls {
			keys = append(keys, declaredBy(d)...)
		}
	}
	return keys
}

func declaredBy(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil {
			return []string{receiver(d.Recv) + "~" + d.Name.Name}
		}
		return []string{d.Name.Name}
	case *ast.GenDecl:
		var keys []string
		for _, s := range d.Specs {
			keys = append(keys, specKeys(s)...)
		}
		return keys
	}
	return nil
}

func specKeys(spec ast.Spec) []string {
	var keys []string
	switch s := spec.(type) {
	case *ast.TypeSpec:
		keys = []string{s.Name.Name}
	case *ast.ValueSpec:
		for _, n := range s.Names {
			keys = append(keys, n.Name)
		}
	case *ast.ImportSpec:
		e := &entry{}
		(&declarer{}).imported(e, s)
		keys = e.keys()
	}
	return keys
}

func (v *viewer) write(decls Declarations, find Finder) {
	v.WriteString("package main\n\n")
	v.found(decls, find)
	entries := ordered(decls.entries)
	v.remembered(entries, func(k Kind) bool { return k == Import })
	v.chunks(v.imports)
	v.remembered(entries, func(k Kind) bool { return k != Import })
	v.chunks(v.decls)
	v.WriteString("\nfunc main() {\n")
	v.chunks(v.statements)
	v.WriteString("\n}\n")
}

func (v *viewer) remembered(entries []*entry, keep func(Kind) bool) {
	for _, e := range entries {
		if keep(e.kind) {
			fmt.Fprintf(v, "%s\n%s%s\n", e.doc.text, e.keyword, e.body.text)
		}
	}
}

func (v *viewer) chunks(list []chunk) {
	for _, c := range list {
		v.segments = append(v.segments, segment{c.start, v.Len(), c.end - c.start})
		v.WriteString(v.goText[c.start:c.end])
		v.WriteString("\n")
	}
}

// found imports packages for names that look like one: followed by a dot, and neither declared nor imported.
func (v *viewer) found(decls Declarations, find Finder) {
	if find == nil {
		return
	}
	refs := selectorsIn(v.goText)
	refs.add(Unresolved(decls, Main{}, Options{}))
	known := decls.declares()
	for _, key := range append(v.declared(), decls.Keys(Import)...) {
		known[key] = true
	}
	for _, name := range sortedKeys(refs) {
		if path := ""; !known[name] {
			if path = find(name, refs[name]); path != "" {
				fmt.Fprintf(v, "import %q\n", path)
			}
		}
	}
}

// selectorsIn finds x.Y in text that need not parse. Y may be missing: it is being written.
func selectorsIn(text string) Refs {
	refs := Refs{}
	list := lexemes(text)
	for i, l := range list {
		if l.tok != token.PERIOD || i == 0 || list[i-1].tok != token.IDENT || i > 1 && list[i-2].tok == token.PERIOD {
			continue
		}
		base := text[list[i-1].start:list[i-1].end]
		refs[base] = append(refs[base], []string{}...)
		if i+1 < len(list) && list[i+1].tok == token.IDENT && list[i+1].start == l.end {
			refs.add(Refs{base: {text[list[i+1].start:list[i+1].end]}})
		}
	}
	return refs
}
