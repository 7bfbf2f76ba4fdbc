package golang

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/build"
	"github.com/gemba-ml/gemba/kernel/golang/process"
	"github.com/gemba-ml/gemba/kernel/golang/source"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// exitError is a program that ended otherwise than with status 0.
type exitError struct{ process.Exit }

func (e *exitError) Error() string {
	if e.Signal != "" {
		return "signal: " + e.Signal
	}
	return fmt.Sprintf("exit status %d", e.Code)
}

// report words err as the one error message of the cell, nil when there is none. The first line of the
// traceback is the error itself, as front ends show the traceback only.
func (x *execution) report(err error) *wire.Error {
	if err == nil {
		return nil
	}
	var (
		failed *exitError
		wrong  *source.Error
		broken *build.Error
		line   *lineError
	)
	switch {
	case x.ctx.Err() != nil, errors.Is(err, context.Canceled), errors.As(err, &failed) && failed.Interrupted:
		return newError(wire.Interrupted, "interrupted", red(wire.Interrupted)+": the cell was interrupted")
	case errors.As(err, &wrong):
		return newError("SyntaxError", wrong.Diagnostics[0].String(), x.listing(wrong.Diagnostics)...)
	case errors.As(err, &broken):
		return x.buildError(broken)
	case errors.As(err, &failed):
		return x.exitReport(failed, err)
	case errors.As(err, &line):
		d := source.Diagnostic{File: x.name(), Line: line.line, Message: line.Error()}
		return newError("CommandError", line.Error(), x.listing([]source.Diagnostic{d})...)
	}
	return newError("Error", err.Error(), err.Error())
}

// buildError words what the compiler or the go command said.
func (x *execution) buildError(err *build.Error) *wire.Error {
	if len(err.Diagnostics) == 0 {
		return newError("BuildError", firstLine(err.Error()), err.Error())
	}
	text := x.listing(err.Diagnostics)
	if err.Hint != "" {
		text = append(text, err.Hint)
	}
	return newError("BuildError", err.Diagnostics[0].String(), text...)
}

// exitReport words the end of a program. What a panic printed stands in the output above already, so it
// is named and not repeated; the traceback adds the lines of the cells.
func (x *execution) exitReport(failed *exitError, err error) *wire.Error {
	name, value := lastWords(string(failed.Stderr))
	if name == "" {
		name, value = "ExitError", err.Error()
	}
	if failed.Signal == "killed" {
		value += " (the system ends a program this way when memory runs out)"
	}
	return newError(name, value, append([]string{red(err.Error())}, x.trace(string(failed.Stderr))...)...)
}

func newError(name, value string, traceback ...string) *wire.Error {
	for i, text := range traceback {
		traceback[i] = shorten(text, longestText)
	}
	return &wire.Error{Name: name, Value: shorten(value, longestValue), Traceback: traceback}
}

// listing writes diagnostics for people: each with its place and, where it is in a cell, the line of
// the cell and a mark under the column.
func (x *execution) listing(list []source.Diagnostic) []string {
	var out []string
	for _, d := range list {
		out = append(out, red(d.String()))
		text, ok := x.line(d)
		if !ok {
			continue
		}
		text, col := around(text, d.Col)
		out = append(out, numbered(d.Line, text))
		if d.Col > 0 {
			out = append(out, "      | "+indentTo(text, col)+red("^"))
		}
	}
	return out
}

// line gives the line of text that a diagnostic is about: of this cell, or of a declaration that an earlier
// one left behind.
func (x *execution) line(d source.Diagnostic) (string, bool) {
	if d.File != x.name() {
		text, ok := x.session.decls.Line(d.File, d.Line, d.Col)
		return strings.TrimRight(text, "\r"), ok
	}
	lines := strings.Split(x.cell.Source, "\n")
	if d.Line < 1 || d.Line > len(lines) {
		return "", false
	}
	return strings.TrimRight(lines[d.Line-1], "\r"), true
}

func numbered(line int, text string) string { return fmt.Sprintf("%5d | %s", line, text) }

// indentTo is white space as wide as the part of text before column col, which counts bytes from 1.
func indentTo(text string, col int) string {
	before := text[:min(col-1, len(text))]
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, before)
}

// red marks text as ipykernel's tracebacks are marked: front ends render ANSI colours there.
func red(text string) string { return "\x1b[31m" + text + "\x1b[0m" }

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
