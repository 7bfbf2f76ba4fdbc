package source

import (
	"fmt"
	"strings"
)

// Diagnostic is one complaint about a place in a cell.
type Diagnostic struct {
	File    string // name of the cell, as given to Parse; empty when no place is known
	Line    int    // from 1, 0 when unknown
	Col     int    // in bytes from 1, 0 when unknown
	Message string
}

// String writes a diagnostic as compilers do: "Cell[3]:12:5: undefined: x".
func (d Diagnostic) String() string {
	switch {
	case d.File == "":
		return d.Message
	case d.Line == 0:
		return d.File + ": " + d.Message
	case d.Col == 0:
		return fmt.Sprintf("%s:%d: %s", d.File, d.Line, d.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Col, d.Message)
}

// Error is what is wrong with the text of a cell.
type Error struct {
	Diagnostics []Diagnostic // never empty, in the order of the text
}

func (e *Error) Error() string {
	lines := make([]string, len(e.Diagnostics))
	for i, d := range e.Diagnostics {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}
