package source

import (
	"go/ast"
	"go/parser"
	"go/token"
)

const (
	bodyHead = "package main;func main(){"
	bodyTail = "\n}"
)

// statements parses the body of main. A cell with a func main has no other statements.
func (p *cellParser) statements(body string, explicit *entry) {
	from, to := trim(body, 0, len(body))
	if !hasCode(body) {
		p.comments(body)
		if explicit != nil && p.cell.Main.kind == mainNone {
			p.cell.Main = Main{kind: mainFunc, mark: explicit.body, doc: explicit.doc, refs: explicit.refs, mentions: explicit.mentions}
		}
		to = from
	}
	if explicit != nil && p.cell.Main.kind != mainFunc {
		p.complain(explicit.body.line, explicit.body.col, "func main is declared, and the cell has another main part or statements outside of it")
		return
	}
	if from == to {
		return
	}
	if never := p.neverRun(); never != "" {
		line, col := p.place(from)
		p.complain(line, col, "statements next to %s: they would never run", never)
		return
	}
	p.parseBody(body, from, to)
}

// comments complains about a comment without end, in a cell that runs no statements.
func (p *cellParser) comments(body string) {
	if !hasCode(p.goSrc) {
		body = p.goSrc // whose comments belong to no chunk, and so not to body
	}
	p.parsed(body)
}

// neverRun names the command because of which a cell's statements would not be run, "" when they are. What follows %%
// is compiled and not run by %test, as GoNB does it.
func (p *cellParser) neverRun() string {
	switch {
	case p.cell.Main.kind == mainCall:
		return "%exec"
	case p.cell.Test && p.cell.Main.kind == mainNone:
		return "%test"
	}
	return ""
}

// parsed gives the syntax tree of a body, nil when it has none.
func (p *cellParser) parsed(body string) *ast.File {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", bodyHead+body+bodyTail, 0)
	if err != nil {
		p.diagnostics = append(p.diagnostics, p.syntax(err, len(bodyHead))...)
		return nil
	}
	if len(file.Decls) != 1 {
		offset := fset.File(file.FileStart).Offset(file.Decls[0].End()) - 1 - len(bodyHead)
		d := p.diagnostic(offset, "unexpected }: it closes no block of this cell")
		p.diagnostics = append(p.diagnostics, d)
		return nil
	}
	return file
}

func (p *cellParser) parseBody(body string, from, to int) {
	file := p.parsed(body)
	if file == nil {
		return
	}
	line, col := p.place(from)
	m := &p.cell.Main
	if m.kind == mainNone {
		m.mark = piece{cell: p.text.cell, line: line, col: 1}
	}
	unresolved := unresolvedIn(file)
	m.kind, m.refs, m.mentions = mainBody, refsIn(file, unresolved), mentionsIn(file, globalIn(file, unresolved))
	m.body = piece{p.text.cell, line, col, body[from:to]}
}

// hasCode says that Go text holds more than comments.
func hasCode(text string) bool {
	for _, l := range lexemes(text) {
		if l.tok != token.COMMENT && l.tok != token.SEMICOLON {
			return true
		}
	}
	return false
}

// blankPackage takes a package clause at the head of a cell out: every cell is of package main.
func blankPackage(goText string) string {
	list := lexemes(goText)
	for len(list) > 0 && list[0].tok == token.COMMENT {
		list = list[1:]
	}
	if len(list) < 2 || list[0].tok != token.PACKAGE || list[1].tok != token.IDENT {
		return goText
	}
	b := []byte(goText)
	erase(b[list[0].start:list[1].end])
	if len(list) > 2 && list[2].tok == token.SEMICOLON {
		erase(b[list[2].start:list[2].end])
	}
	return string(b)
}
