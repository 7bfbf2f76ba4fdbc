package magics

import (
	"fmt"
	"strings"
)

// cellForm returns the magic that a cell as a whole is for, with its arguments not yet taken apart, and the rest of the cell. Its line,
// from 1, is the first that is not empty.
func cellForm(source string) (m Magic, args, below string, line int, ok bool) {
	rest := strings.TrimLeft(strings.TrimPrefix(source, "\ufeff"), " \t\r\n")
	line = 1 + strings.Count(source[:len(source)-len(rest)], "\n")
	first, below, _ := strings.Cut(rest, "\n")
	text, is := strings.CutPrefix(strings.TrimRight(first, "\r"), "%%")
	if !is {
		return m, "", "", 0, false
	}
	name, args := cutWord(text)
	if name == long {
		name, args = cutWord(strings.TrimLeft(args, " \t"))
	}
	m, ok = find(name, false)
	return m, args, below, line, ok && m.ParseCell != nil
}

// CellLine returns the line, from 1, of the cell magic that a cell is as a whole, or may become: the rest of it is not code.
func CellLine(source string) (line int, ok bool) {
	if _, _, _, line, ok = cellForm(source); ok {
		return line, true
	}
	rest := strings.TrimLeft(source, " \t\r\n")
	name, is := strings.CutPrefix(rest, "%%")
	if !is || strings.ContainsAny(strings.TrimRight(name, "\r\n"), " \t\n") || name == "" {
		return 0, false
	}
	if _, list := completeName("%%" + strings.TrimRight(name, "\r\n")); len(list) == 0 {
		return 0, false
	}
	return 1 + strings.Count(source[:len(source)-len(rest)], "\n"), true
}

// takeCell reads a cell that is a magic as a whole. What remains of it are its line ends.
func takeCell(source string) (calls []Call, rest string, ok bool, err error) {
	m, text, below, line, ok := cellForm(source)
	if !ok {
		return nil, source, false, nil
	}
	args, err := words(text)
	if err != nil {
		err = m.wrong("%v", err)
	}
	var action Action
	if err == nil {
		action, err = m.ParseCell(args, below)
	}
	if err != nil {
		return nil, source, true, &LineError{line, err}
	}
	return []Call{{line, m, action}}, strings.Repeat("\n", strings.Count(source, "\n")), true, nil
}

// cellUsage is how the cell form is written.
func (m Magic) cellUsage() string { return fmt.Sprintf("%%%%%s", m.Name) }
