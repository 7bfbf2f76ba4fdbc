package source

import (
	"fmt"
	"go/parser"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cell is the text of a cell, taken apart.
type Cell struct {
	Name         string
	Magic        *Magic       // not nil when the cell is not Go; then all that follows is empty
	Commands     []Command    // in order, to be carried out before the Go code; those that shape the program are not among them
	Declarations Declarations // what the cell declares, func main left out
	Main         Main
	Args         []string // of the program: behind %%, %main, %args, %exec or %test, the last one counts
	Test         bool     // %test
	Wasm         bool     // %wasm
	Tests        []string // test functions, fuzz targets and examples that the cell declares, in order
	Benchmarks   []string
	Go           bool // there is something to build and run
}

// TestArgs are the arguments of a %test cell's program: the cell's own, or else those that run just its tests.
func (c *Cell) TestArgs() []string {
	if len(c.Args) > 0 {
		return c.Args
	}
	args := []string{"-test.v"}
	if len(c.Benchmarks) > 0 {
		args = append(args, "-test.bench=.")
	}
	var names []string
	for _, n := range append(append([]string(nil), c.Tests...), c.Benchmarks...) {
		names = append(names, "^"+n+"$")
	}
	if len(names) > 0 {
		args = append(args, "-test.run="+strings.Join(names, "|"))
	}
	return args
}

// Parse takes a cell apart. The name is what its positions are called from then on, such as "Cell[3]". The Cell is
// never nil; with an *Error its commands are still good, and nothing else is.
func Parse(name, text string) (*Cell, error) {
	c := &Cell{Name: name, Magic: parseMagic(text)}
	if c.Magic != nil {
		return c, nil
	}
	commands, goText := splitCommands(text)
	p := &cellParser{cell: c, text: newText(name, goText)}
	for _, cmd := range commands {
		p.command(cmd)
	}
	p.goSrc = blankPackage(goText)
	if len(p.diagnostics) == 0 {
		p.code()
	}
	if len(p.diagnostics) > 0 {
		return &Cell{Name: name, Commands: c.Commands}, &Error{p.diagnostics}
	}
	c.Go = c.Test || !c.Main.empty() || !c.Declarations.Empty()
	return c, nil
}

// A cellParser fills a Cell.
type cellParser struct {
	*text
	cell        *Cell
	mainFrom    int // offset at which everything is in main, 0 when there is no such place
	mainMarks   int // how often the cell says what main is
	diagnostics []Diagnostic
}

func (p *cellParser) complain(line, col int, format string, args ...any) {
	p.diagnostics = append(p.diagnostics, Diagnostic{p.text.cell, line, col, fmt.Sprintf(format, args...)})
}

// code parses the Go text: declarations first, then what is left as the body of main.
func (p *cellParser) code() {
	head := p.goSrc
	if p.mainFrom > 0 {
		head = p.goSrc[:p.mainFrom]
	}
	list := chunks(head)
	decls := keepOnly(head, list, func(c chunk) bool { return c.decl })
	body := keepOnly(head, list, func(c chunk) bool { return !c.decl }) + p.goSrc[len(head):]
	explicit := p.declarations(decls)
	p.statements(body, explicit)
}

const declarationsHead = "package main\n" // the line end lets a comment that comes first be a doc comment

// declarations parses declarations and gives the cell's own func main, nil when it has none.
func (p *cellParser) declarations(decls string) *entry {
	if strings.TrimSpace(decls) == "" {
		return nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", declarationsHead+decls, parser.ParseComments)
	if err != nil {
		p.diagnostics = append(p.diagnostics, p.syntax(err, len(declarationsHead))...)
		return nil
	}
	unresolved := unresolvedIn(file)
	d := &declarer{text: p.text, file: fset.File(file.FileStart), shift: len(declarationsHead),
		unresolved: unresolved, global: globalIn(file, unresolved), blanks: map[string]bool{}}
	for _, decl := range file.Decls {
		d.declare(decl)
	}
	p.keep(d)
	return d.main
}

// keep makes the cell's declarations of the entries; a name may be declared once.
func (p *cellParser) keep(d *declarer) {
	seen := map[string]piece{}
	if d.main != nil {
		seen["main"] = d.main.body
	}
	for _, e := range d.entries {
		if e.names[0].key == "init" && seen["init"].line > 0 {
			e.names[0].key = fmt.Sprintf("init~%d", len(seen)) // several func init of one cell all run
		}
		for _, key := range e.keys() {
			if first, twice := seen[key]; twice && e.kind != Import {
				p.complain(e.body.line, e.body.col, "%s redeclared in this cell; other declaration at line %d", key, first.line)
			}
			seen[key] = e.body
		}
		if e.kind == Import && !importable(e.path) {
			p.complain(e.body.line, e.body.col, "invalid import path %q", e.path)
		}
		p.noteTest(e)
	}
	p.cell.Declarations = Merge(Declarations{}, Declarations{d.entries})
}

func (p *cellParser) noteTest(e *entry) {
	key := e.names[0].key
	switch {
	case e.kind != Func || strings.Contains(key, "~") || key == "TestMain":
	case isTest(key, "Test"), isTest(key, "Example"), isTest(key, "Fuzz"):
		p.cell.Tests = append(p.cell.Tests, key)
	case isTest(key, "Benchmark"):
		p.cell.Benchmarks = append(p.cell.Benchmarks, key)
	}
}

// isTest says that go test takes a function for one of its own: Test, TestX and Test_x are, Testify is not.
func isTest(name, prefix string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	first, _ := utf8.DecodeRuneInString(rest)
	return ok && (rest == "" || !unicode.IsLower(first))
}
