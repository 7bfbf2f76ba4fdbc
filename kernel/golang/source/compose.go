package source

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Options shape a program beyond its declarations.
type Options struct {
	Imports     []Imported               // imports found for names that nothing declares; used only when needed
	Drop        map[string]bool          // import paths that the compiler found unused
	Consts      map[string]string        // string constants to declare, by name
	PackageName func(path string) string // the real name of a package, "" when not known; may be nil
}

// Imported is an import of a program.
type Imported struct {
	Path  string
	Alias string // "" for the package's own name
}

// Program is the text of package main.
type Program struct {
	Text    string
	Cells   []string   // names of the cells that it was composed of, in order of appearance
	Imports []Imported // what it imports, in order, without what composing itself needs
	Digest  string     // of the text, whatever the cells are called: equal programs from cells run again are equal
	Cgo     bool       // it imports "C"
	C       []Preamble // its C text
	Embed   bool       // it has //go:embed directives
}

// flagName is what package flag is called in programs: a name that no cell uses.
const flagName = "gemba_flag"

// Compose makes package main of declarations and a main part. Imports that nothing uses are left out.
func Compose(decls Declarations, m Main, opts Options) Program {
	c := &composer{entries: ordered(decls.entries), main: m, opts: opts}
	c.chooseImports(decls)
	p := Program{Text: c.text(func(cell string) string { return cell }), Imports: c.imported}
	p.Cells = c.cells
	ordinals := map[string]string{}
	for i, cell := range c.cells {
		ordinals[cell] = fmt.Sprint(i)
	}
	sum := sha256.Sum256([]byte(c.text(func(cell string) string { return ordinals[cell] })))
	p.Digest = hex.EncodeToString(sum[:])
	p.C = c.preambles()
	p.Cgo = slices.ContainsFunc(c.imported, func(i Imported) bool { return i.Path == "C" })
	p.Embed = strings.Contains(p.Text, "//go:embed")
	return p
}

// ordered sorts entries by kind; functions by name too, since that is the order in which GoNB runs init functions.
// Variables stay in the order in which they were declared, as Go initialises them.
func ordered(entries []*entry) []*entry {
	list := slices.Clone(entries)
	slices.SortStableFunc(list, func(a, b *entry) int {
		if a.kind != b.kind || a.kind != Func {
			return cmp.Compare(a.kind, b.kind)
		}
		return cmp.Compare(a.names[0].key, b.names[0].key)
	})
	return list
}

// A composer writes a program.
type composer struct {
	strings.Builder
	entries  []*entry
	main     Main
	opts     Options
	used     map[*entry]bool // imports that are used
	imported []Imported
	cells    []string
	nameOf   func(cell string) string
}

// text writes the program, calling cells as nameOf says.
func (c *composer) text(nameOf func(cell string) string) string {
	c.Reset()
	c.nameOf, c.cells = nameOf, nil
	c.WriteString("package main\n\n")
	if c.main.kind != mainFunc {
		c.WriteString("import " + flagName + " \"flag\"\n")
	}
	for _, i := range c.opts.Imports {
		if slices.Contains(c.imported, i) {
			c.WriteString(strings.TrimSpace("import "+i.Alias) + fmt.Sprintf(" %q\n", i.Path))
		}
	}
	c.write(func(e *entry) bool { return c.used[e] })
	for _, name := range sortedKeys(c.opts.Consts) {
		fmt.Fprintf(c, "const %s = %q\n", name, c.opts.Consts[name])
	}
	c.write(func(e *entry) bool { return e.kind != Import })
	c.mainPart()
	return c.String()
}

func (c *composer) write(which func(*entry) bool) {
	for _, e := range c.entries {
		if which(e) {
			c.entry(e)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// entry writes a declaration, each part behind a directive that says where it stands in its cell.
func (c *composer) entry(e *entry) {
	c.WriteString("\n")
	if e.doc.text != "" {
		c.doc(e)
	}
	c.WriteString(e.keyword)
	switch {
	case e.path == "C": // a directive before it would be taken for its preamble
		c.WriteString(e.body.text)
	case e.rename:
		n := e.names[0]
		head, tail := e.body, e.body
		head.text = e.body.text[:n.offset] + "init"
		tail.text = e.body.text[n.offset+len(n.ident):]
		tail.col += n.offset + len(n.ident)
		c.piece(head)
		c.piece(tail)
	case e.kind == Func && e.doc.text != "" && e.doc.end() == e.body.line-1:
		// a directive in between would keep cgo from seeing that the comment, which may say //export, is the function's
		c.WriteString(strings.Repeat(" ", e.body.col-1) + e.body.text)
	default:
		c.piece(e.body)
	}
	c.WriteString("\n")
}

// doc writes the comments of a declaration. A directive must not touch those above `import "C"`: they are C.
func (c *composer) doc(e *entry) {
	at, format := e.doc, "//line %s:%d:%d\n"
	if e.path == "C" {
		at.line, at.col, format = max(at.line-1, 1), 1, "//line %s:%d:%d\n\n"
	}
	c.place(format, at)
	c.WriteString(e.doc.text + "\n")
}

func (c *composer) piece(p piece) {
	c.place("/*line %s:%d:%d*/", p)
	c.WriteString(p.text)
}

// place writes a line directive (see the documentation of cmd/compile, "Compiler Directives").
func (c *composer) place(format string, p piece) {
	if !slices.Contains(c.cells, p.cell) {
		c.cells = append(c.cells, p.cell)
	}
	fmt.Fprintf(c, format, c.nameOf(p.cell), p.line, p.col)
}

const parseFlags = flagName + ".Parse()"

// mainPart writes func main. The directive before it makes a stack trace name the place where the user began it.
func (c *composer) mainPart() {
	m := c.main
	if m.kind != mainFunc {
		c.WriteString("\n")
	}
	switch m.kind {
	case mainNone:
		c.WriteString("//line main.go:1:1\nfunc main() { " + parseFlags + " }\n")
	case mainFunc:
		c.entry(&entry{doc: m.doc, body: m.mark})
	case mainCall:
		c.piece(piece{m.mark.cell, m.mark.line, m.mark.col, "func main() { " + parseFlags + "; "})
		c.piece(m.mark)
		c.WriteString("() }\n")
	case mainBody:
		c.piece(piece{m.mark.cell, m.mark.line, m.mark.col, "func main() { " + parseFlags + "\n"})
		if m.body.text != "" {
			c.place("//line %s:%d:%d\n", m.body)
		}
		c.WriteString(m.body.text + "\n}\n")
	}
}
