package golang

import (
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/source"
	"github.com/gemba-ml/gemba/magics"
)

// Commands finds the lines of a cell that are commands and stand in no string or comment.
func (e *Engine) Commands(cell string) (list []magics.Line) {
	for _, c := range source.Commands(strings.TrimPrefix(cell, byteOrderMark)) {
		if c.Kind == '%' {
			list = append(list, magics.Line{Number: c.Line, Count: c.Lines, Text: "%" + c.Text})
		}
	}
	return list
}

// Dir is the folder where cells run now.
func (e *Engine) Dir() string { return e.current().dir }
