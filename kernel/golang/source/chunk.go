package source

import (
	"go/scanner"
	"go/token"
	"strings"
)

// A chunk is one top-level piece of a cell's Go text: a declaration or a statement, with the comments before it.
type chunk struct {
	first      token.Token // its first token: IMPORT, FUNC, TYPE, CONST, VAR and PACKAGE begin declarations
	start, end int         // offsets, comments included
	decl       bool
}

// A lexeme is a token of Go text with its place.
type lexeme struct {
	tok        token.Token
	start, end int
}

// lexemes scans text, comments included. Errors are left to the parser.
func lexemes(text string) []lexeme {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(text), nil, scanner.ScanComments)
	var list []lexeme
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return list
		}
		start := file.Offset(pos)
		list = append(list, lexeme{tok, start, min(start+width(tok, lit), len(text))})
	}
}

func width(tok token.Token, lit string) int {
	if tok == token.SEMICOLON && lit == "\n" {
		return 0
	}
	if lit != "" {
		return len(lit)
	}
	return len(tok.String())
}

// chunks cuts Go text into its top-level pieces. Together they cover the text; what is left open runs to the end.
func chunks(text string) []chunk {
	var list []chunk
	var open []lexeme // tokens of the chunk being read, comments left out
	start, depth := 0, 0
	finish := func(end int) {
		if len(open) > 0 {
			list = append(list, chunk{open[0].tok, start, end, isDeclaration(open)})
			start, open = end, nil
		}
		depth = 0
	}
	for _, l := range lexemes(text) {
		switch {
		case l.tok == token.COMMENT:
			if len(open) == 0 && len(list) > 0 && sameLine(text, start, l.start) {
				start = l.end
				list[len(list)-1].end = l.end
			}
		case l.tok == token.SEMICOLON && depth <= 0:
			finish(l.end)
		default:
			depth += nesting(l.tok)
			open = append(open, l)
		}
	}
	finish(len(text))
	if len(list) > 0 {
		list[len(list)-1].end = len(text)
	}
	return list
}

// sameLine says that only blanks lie between two offsets.
func sameLine(text string, from, to int) bool {
	return strings.Trim(text[from:to], " \t\r") == ""
}

func nesting(t token.Token) int {
	switch t {
	case token.LPAREN, token.LBRACK, token.LBRACE:
		return 1
	case token.RPAREN, token.RBRACK, token.RBRACE:
		return -1
	}
	return 0
}

// isDeclaration looks at the first tokens of a chunk. "func (" begins a method when a name and its parameters follow
// the closing parenthesis, a function literal otherwise.
func isDeclaration(tokens []lexeme) bool {
	switch tokens[0].tok {
	case token.IMPORT, token.TYPE, token.CONST, token.VAR, token.PACKAGE:
		return true
	case token.FUNC:
		return isNamedFunc(tokens[1:])
	}
	return false
}

func isNamedFunc(tokens []lexeme) bool {
	if len(tokens) == 0 || tokens[0].tok != token.LPAREN {
		return true
	}
	depth := 0
	for i, t := range tokens {
		depth += nesting(t.tok)
		if depth == 0 {
			rest := tokens[i+1:]
			return len(rest) > 0 && rest[0].tok == token.IDENT && (len(rest) == 1 || rest[1].tok == token.LPAREN)
		}
	}
	return false
}

// keepOnly blanks all of text but the chunks that keep accepts.
func keepOnly(text string, list []chunk, keep func(chunk) bool) string {
	b := []byte(text)
	end := 0
	for _, c := range list {
		if !keep(c) {
			erase(b[c.start:c.end])
		}
		end = c.end
	}
	erase(b[end:])
	return string(b)
}
