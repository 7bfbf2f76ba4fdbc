package source

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
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
	Tests        []string // test functions that the cell declares, in order
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

// command takes in a command that shapes the program, or leaves it to be carried out.
func (p *cellParser) command(c Command) {
	shape, shapes := shaping[c.Name()]
	switch {
	case c.Text == "":
		p.complain(c.Line, 1, "nothing follows %q: a command (%%help lists them) or a shell command is missing", c.Kind)
	case shapes:
		shape(p, c)
	case strings.HasPrefix(c.Name(), "%") && isMagic(c.Name()[1:]):
		p.complain(c.Line, 1, "%%%s can only be the first line of a cell", c.Name())
	default:
		p.cell.Commands = append(p.cell.Commands, c)
	}
}

// shaping are the commands that shape the program rather than being carried out.
var shaping = map[string]func(*cellParser, Command){
	"%":    (*cellParser).mainPart,
	"main": (*cellParser).mainPart,
	"args": func(p *cellParser, c Command) { p.cell.Args = c.Args() },
	"test": func(p *cellParser, c Command) { p.cell.Test, p.cell.Args = true, c.Args() },
	"wasm": (*cellParser).wasm,
	"exec": (*cellParser).exec,
}

func (p *cellParser) mainPart(c Command) {
	p.cell.Args = c.Args()
	p.markMain(c)
	if p.mainFrom == 0 {
		p.mainFrom = len(p.goSrc)
		if next := c.Line + c.Lines - 1; next < len(p.lines) {
			p.mainFrom = p.lines[next].offset
		}
		p.cell.Main = Main{kind: mainBody, mark: piece{cell: p.text.cell, line: c.Line, col: 1}}
	}
}

// markMain counts the commands that say what main is; only one may.
func (p *cellParser) markMain(c Command) {
	if p.mainMarks++; p.mainMarks > 1 {
		p.complain(c.Line, 1, "a cell has one main part, and %%%s begins another one", c.Name())
	}
}

func (p *cellParser) wasm(c Command) {
	if len(c.Args()) > 0 {
		p.complain(c.Line, 1, "%%wasm takes no arguments")
	}
	p.cell.Wasm = true
}

func (p *cellParser) exec(c Command) {
	p.markMain(c)
	if len(c.Args()) == 0 {
		p.complain(c.Line, 1, "%%exec needs the name of a function without parameters: %%exec name [arguments]")
		return
	}
	fn := c.Args()[0]
	expr, err := parser.ParseExpr(fn)
	if err != nil || strings.ContainsAny(fn, "\n;{}") {
		p.complain(c.Line, 1, "%%exec needs the name of a function, and %q is none", fn)
		return
	}
	p.cell.Args = c.Args()[1:]
	all := map[*ast.Ident]bool{}
	ast.Inspect(expr, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			all[id] = true
		}
		return true
	})
	p.cell.Main = Main{kind: mainCall, mark: piece{p.text.cell, c.Line, 1, fn}, refs: refsIn(expr, all)}
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
	d := &declarer{text: p.text, file: fset.File(file.FileStart), shift: len(declarationsHead),
		unresolved: unresolvedIn(file), blanks: map[string]bool{}}
	for _, decl := range file.Decls {
		d.declare(decl)
	}
	p.keep(d)
	return d.main
}

// keep makes the cell's declarations of the entries; a name may be declared once.
func (p *cellParser) keep(d *declarer) {
	seen := map[string]piece{}
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
		p.noteTest(e)
	}
	p.cell.Declarations = Merge(Declarations{}, Declarations{d.entries})
}

func (p *cellParser) noteTest(e *entry) {
	key := e.names[0].key
	switch {
	case e.kind != Func || strings.Contains(key, "~") || key == "TestMain":
	case strings.HasPrefix(key, "Test"):
		p.cell.Tests = append(p.cell.Tests, key)
	case strings.HasPrefix(key, "Benchmark"):
		p.cell.Benchmarks = append(p.cell.Benchmarks, key)
	}
}

const (
	bodyHead = "package main;func main(){"
	bodyTail = "\n}"
)

// statements parses the body of main. A cell with a func main has no other statements.
func (p *cellParser) statements(body string, explicit *entry) {
	from, to := trim(body, 0, len(body))
	if !hasCode(body) {
		if explicit != nil && p.cell.Main.kind == mainNone {
			p.cell.Main = Main{kind: mainFunc, mark: explicit.body, doc: explicit.doc, refs: explicit.refs}
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
	if p.cell.Main.kind == mainCall {
		line, col := p.place(from)
		p.complain(line, col, "statements next to %%exec: they would never run")
		return
	}
	p.parseBody(body, from, to)
}

func (p *cellParser) parseBody(body string, from, to int) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", bodyHead+body+bodyTail, 0)
	if err != nil {
		p.diagnostics = append(p.diagnostics, p.syntax(err, len(bodyHead))...)
		return
	}
	if len(file.Decls) != 1 {
		offset := fset.File(file.FileStart).Offset(file.Decls[0].End()) - 1 - len(bodyHead)
		d := p.diagnostic(offset, "unexpected }: it closes no block of this cell")
		p.diagnostics = append(p.diagnostics, d)
		return
	}
	line, col := p.place(from)
	m := &p.cell.Main
	if m.kind == mainNone {
		m.mark = piece{cell: p.text.cell, line: line, col: 1}
	}
	m.kind, m.refs = mainBody, refsIn(file, unresolvedIn(file))
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
