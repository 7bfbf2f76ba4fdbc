package source

import (
	"errors"
	"go/scanner"
	"sort"
	"strings"
)

// A text is the Go text of a cell, of which pieces can be cut with their places.
type text struct {
	cell  string
	goSrc string
	lines []line
}

func newText(cell, goSrc string) *text { return &text{cell, goSrc, splitLines(goSrc)} }

// place gives line and column, from 1, of an offset.
func (t *text) place(offset int) (line, col int) {
	i := sort.Search(len(t.lines), func(i int) bool { return t.lines[i].offset > offset }) - 1
	return i + 1, offset - t.lines[i].offset + 1
}

func (t *text) piece(from, to int) piece {
	line, col := t.place(from)
	return piece{t.cell, line, col, t.goSrc[from:to]}
}

func (t *text) diagnostic(offset int, message string) Diagnostic {
	line, col := t.place(min(max(offset, 0), len(t.goSrc)))
	return Diagnostic{t.cell, line, col, message}
}

// syntax turns what go/parser complains about into diagnostics of the cell; shift is how many bytes were put before
// the cell's text.
func (t *text) syntax(err error, shift int) []Diagnostic {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return []Diagnostic{{File: t.cell, Message: err.Error()}}
	}
	list.RemoveMultiples()
	var found []Diagnostic
	for _, e := range list {
		offset := e.Pos.Offset - shift
		if offset > len(t.goSrc) && len(found) > 0 {
			break // what was put behind the text only repeats the complaint
		}
		if d := t.diagnostic(offset, e.Msg); len(found) == 0 || found[len(found)-1].Line != d.Line {
			found = append(found, d)
		}
	}
	return found
}

// trim narrows a range of offsets to what is not blank in it.
func trim(s string, from, to int) (int, int) {
	from += len(s[from:to]) - len(strings.TrimLeft(s[from:to], " \t\r\n"))
	to -= len(s[from:to]) - len(strings.TrimRight(s[from:to], " \t\r\n"))
	return from, to
}
