package source

import "strings"

// Kind is what sort of declaration a name has.
type Kind int

// The kinds of declarations, in the order in which %ls lists them and programs hold them.
const (
	Import Kind = iota
	Const
	Type
	Var
	Func
)

// String is the keyword of the kind.
func (k Kind) String() string { return [...]string{"import", "const", "type", "var", "func"}[k] }

// A piece is text that was cut from a cell.
type piece struct {
	cell      string // name of the cell
	line, col int    // of its first byte, from 1
	text      string
}

// lineAt gives what the piece holds of a line of its cell, with blanks for what stood before it there, and the column
// where it begins; "" when it holds nothing of it.
func (p piece) lineAt(line int) (text string, from int) {
	lines := strings.Split(p.text, "\n")
	n := line - p.line
	switch {
	case p.text == "" || n < 0 || n >= len(lines):
		return "", 0
	case n == 0:
		return strings.Repeat(" ", p.col-1) + lines[0], p.col
	}
	return lines[n], 1
}

// end is the last line of the piece in its cell.
func (p piece) end() int { return p.line + strings.Count(p.text, "\n") }

// A name is an identifier that an entry declares.
type name struct {
	key    string // what %ls shows: unique among all declarations
	ident  string // "" for a blank one, or one that was declared anew elsewhere
	offset int    // in the entry's body
	text   string // of its own declaration, "" when that is all of the entry
}

// An entry is one remembered declaration: a spec of a var, type or import group, a whole const group, a function. It
// is never changed once made.
type entry struct {
	kind    Kind
	names   []name
	tuple   bool   // names that share one value and go together
	keyword string // to be put before body: "var ", "type ", "import ", or nothing
	doc     piece  // comments and directives before it, empty text when none
	body    piece
	path    string // of an import
	alias   string // of an import
	rename  bool   // a function init_something, composed as init
	refs    Refs

	mentions *mentions
	runs     bool   // in every program, whether or not anything refers to it
	fields   bool   // of a type: what stands before colons in its literals are fields
	like     string // of a type: the other one that it is declared by, when that is a name
}

// keys lists the keys by which the entry is remembered.
func (e *entry) keys() []string {
	var keys []string
	for _, n := range e.names {
		if n.key != "" {
			keys = append(keys, n.key)
		}
	}
	return keys
}

// without gives the entry without one of its keys, nil when nothing is left of it. A name that goes alone becomes a
// blank one of the same width: iota and columns stay what they are.
func (e *entry) without(key string) *entry {
	if e.tuple || len(e.keys()) == 1 {
		return nil
	}
	c := *e
	c.names = append([]name(nil), e.names...)
	for i, n := range c.names {
		switch {
		case n.key != key:
		case n.ident == "":
			c.names[i].key = ""
		default:
			at := n.offset
			c.body.text = c.body.text[:at] + "_" + strings.Repeat(" ", len(n.ident)-1) + c.body.text[at+len(n.ident):]
			c.names[i] = name{offset: at}
		}
	}
	return &c
}
