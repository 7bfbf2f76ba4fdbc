package source

import (
	"go/ast"
	"go/parser"
	"strings"
)

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
	p.cell.Main = Main{kind: mainCall, mark: piece{p.text.cell, c.Line, 1, fn}, refs: refsIn(expr, all), mentions: mentionsIn(expr, func(*ast.Ident) bool { return true })}
}
