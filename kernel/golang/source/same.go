package source

import (
	"go/ast"
	"go/token"
	"strings"
)

// stands says that a constant's declaration means the same wherever it stands in its group.
func stands(s *ast.ValueSpec) bool {
	place := len(s.Values) == 0
	ast.Inspect(s, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		place = place || ok && id.Name == "iota"
		return !place
	})
	return !place
}

// A wording is how a name is declared.
type wording struct {
	remark string // what is above it, where that is more than a comment
	code   string
}

// wordings are the declarations of some keys.
func (d Declarations) wordings(of map[string]bool) map[string]wording {
	found := map[string]wording{}
	for _, e := range d.entries {
		for _, n := range e.names {
			if !of[n.key] {
				continue
			}
			w := wording{code: n.text}
			if n.text == "" {
				w.code = e.keyword + e.body.text
			}
			if e.path == "C" || strings.Contains(e.doc.text, "//go:") {
				w.remark = e.doc.text
			}
			found[n.key] = w
		}
	}
	return found
}

// same says that two wordings differ in nothing but in comments and in how they are laid out.
func (w wording) same(as wording) bool {
	a, b := w.code, as.code
	if a == b || w.remark != as.remark {
		return w == as
	}
	x, y := code(a), code(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].tok != y[i].tok || x[i].tok != token.SEMICOLON && a[x[i].start:x[i].end] != b[y[i].start:y[i].end] {
			return false
		}
	}
	return true
}

// code are the tokens of a text without comments and the semicolons that line ends make or spare.
func code(text string) []lexeme {
	var list []lexeme
	for _, l := range lexemes(text) {
		if n := len(list); n > 0 && list[n-1].tok == token.SEMICOLON && (l.tok == token.RPAREN || l.tok == token.RBRACE) {
			list = list[:n-1]
		}
		if l.tok != token.COMMENT {
			list = append(list, l)
		}
	}
	return list
}
