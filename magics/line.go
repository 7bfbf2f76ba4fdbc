package magics

import (
	"slices"
	"strings"
)

// Line is a line of a cell that is a command and not code. Where a line ends in a backslash, the next ones belong to it.
type Line struct {
	Number int    // from 1
	Count  int    // of lines, usually 1
	Text   string // from its sign "%" on, lines joined by a blank
}

// Lines finds the commands of a cell of any language: lines that begin with "%". A cell whose first line is
// a cell magic, "%%name", has none: the rest is another language's. Engines that know where their strings
// end say better which lines are commands.
func Lines(source string) (list []Line) {
	if cellMagic(source) {
		return nil
	}
	number := 0
	for text := range strings.Lines(source) {
		number++
		if strings.HasPrefix(text, "%") {
			list = append(list, Line{number, 1, strings.TrimRight(text, "\r\n")})
		}
	}
	return list
}

// cellMagic reports whether the first line with text in it is a cell magic. A bare "%%" begins the main part of a Go cell.
func cellMagic(source string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(source, " \t\r\n"), "%%")
	return ok && rest != "" && !strings.ContainsAny(rest[:1], " \t\r\n")
}

// Mentioned reports whether a cell may have a magic at all, which most have not: finding its commands takes longer.
func Mentioned(source string) bool {
	if !strings.Contains(source, "%") {
		return false
	}
	return slices.ContainsFunc(Table(), func(m Magic) bool { return !m.Long && strings.Contains(source, "%"+m.Name) }) ||
		strings.Contains(source, "%"+long)
}

// Call is a magic in a cell.
type Call struct {
	Line   int
	Magic  Magic
	Action Action
}

// LineError is an error of a magic, with the line it stands on.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return e.Err.Error() }
func (e *LineError) Unwrap() error { return e.Err }

// Take takes the magics out of a cell: what remains has empty lines in their place, so that line numbers stay. Lines are those that
// are commands; of a cell that is a magic as a whole nothing but line ends remains. The
// error is a *LineError for the first one that cannot be read.
func Take(source string, lines []Line) (calls []Call, rest string, err error) {
	if calls, rest, ours, err := takeCell(source); ours {
		return calls, rest, err
	}
	var gone []int
	for _, line := range lines {
		m, args, ok := recognize(line.Text)
		if !ok {
			continue
		}
		action, err := read(m, args)
		if err != nil {
			return nil, source, &LineError{line.Number, err}
		}
		calls = append(calls, Call{line.Number, m, action})
		for i := range line.Count {
			gone = append(gone, line.Number+i)
		}
	}
	return calls, blank(source, gone), nil
}

// recognize tells which magic a line calls, and gives its arguments, not yet taken apart.
func recognize(text string) (m Magic, args string, ok bool) {
	name, args := cutWord(strings.TrimPrefix(text, "%"))
	if name == long {
		return Magic{Name: long, Args: "NAME …", ParseText: parseLong}, args, true
	}
	m, ok = find(name, true)
	return m, args, ok
}

func cutWord(text string) (word, rest string) {
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// read takes the arguments of a magic apart.
func read(m Magic, text string) (Action, error) {
	if m.ParseText != nil {
		return m.ParseText(text)
	}
	args, err := words(text)
	if err != nil {
		return nil, &UsageError{m, err.Error()}
	}
	return m.Parse(args)
}

// blank empties lines.
func blank(source string, numbers []int) string {
	if len(numbers) == 0 {
		return source
	}
	var b strings.Builder
	number := 0
	for text := range strings.Lines(source) {
		if number++; slices.Contains(numbers, number) {
			text = text[len(strings.TrimRight(text, "\r\n")):]
		}
		b.WriteString(text)
	}
	return b.String()
}
