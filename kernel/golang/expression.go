package golang

import (
	"fmt"
	"go/parser"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/process"
	"github.com/gemba-ml/gemba/kernel/golang/source"
)

// expression evaluates one user expression in a program of its own, with the declarations in force, and
// returns what execute_reply carries for it: a display or an error.
func (x *execution) expression(code string) any {
	text, err := x.evaluate(code)
	if err != nil {
		failed := x.report(err)
		return map[string]any{"status": "error", "ename": failed.Name, "evalue": failed.Value, "traceback": failed.Traceback}
	}
	return map[string]any{"status": "ok", "data": map[string]any{"text/plain": text}, "metadata": map[string]any{}}
}

func (x *execution) evaluate(code string) (string, error) {
	x.page = nil // an expression runs here, whatever the cell did
	if _, err := parser.ParseExpr(code); err != nil {
		return "", fmt.Errorf("read expression: %w", err)
	}
	parsed, err := source.Parse("Expression", "%%\nfmt.Print("+code+")")
	if err != nil {
		return "", err
	}
	built, err := x.build(x.session.decls, parsed)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	exit, err := x.runner.Run(x.ctx, process.Spec{
		Path: built.Path, Dir: x.session.dir, Env: append(x.session.env.list(), built.Env...), Silent: true, Capture: &text,
	}, x.front)
	if err == nil && !exit.OK() {
		err = &exitError{exit}
	}
	return text.String(), err
}
