package python

import (
	"strings"

	"github.com/gemba-ml/gemba/magics"
)

// Commands finds the lines of a cell that may be magics: those that begin with "%" where Python begins a statement, and not
// within a string, brackets, or a line that goes on. A cell that is another language's as a whole, "%%name", has none.
func Commands(source string) (list []magics.Line) {
	if len(magics.Lines(source)) == 0 {
		return nil
	}
	var s scanner
	number := 0
	for text := range strings.Lines(source) {
		number++
		text = strings.TrimRight(text, "\r\n")
		begins := s.begins()
		if begins && strings.HasPrefix(text, "%") {
			list = append(list, magics.Line{Number: number, Count: 1, Text: text})
		}
		if !begins || !escapes(text) {
			s.line(text)
		}
	}
	return list
}

// escapes reports whether a statement is not Python's but IPython's: a magic, or a shell's command.
func escapes(text string) bool {
	text = strings.TrimLeft(text, " \t")
	return text != "" && strings.ContainsRune("%!?", rune(text[0]))
}

// scanner knows after each line whether the next one begins a statement.
type scanner struct {
	quote string // that ends the string which the line is in, empty outside of one
	depth int    // of brackets
	goes  bool   // the line goes on after a backslash
}

func (s *scanner) begins() bool { return s.quote == "" && s.depth == 0 && !s.goes }

// line reads a line of Python, as far as strings and brackets go (https://docs.python.org/3/reference/lexical_analysis.html).
func (s *scanner) line(text string) {
	s.goes = false
	for i := 0; i < len(text); {
		i += s.token(text[i:])
	}
	if len(s.quote) == 1 && !s.goes { // it cannot go on: the source is wrong, and the next line is looked at anew
		s.quote = ""
	}
}

// token reads what stands at the beginning of text, and returns how long it is.
func (s *scanner) token(text string) int {
	switch {
	case text[0] == '\\':
		s.goes = len(text) == 1
		return min(2, len(text))
	case s.quote != "":
		if strings.HasPrefix(text, s.quote) {
			n := len(s.quote)
			s.quote = ""
			return n
		}
	case text[0] == '#':
		return len(text)
	case text[0] == '"' || text[0] == '\'':
		s.quote = text[:1]
		if triple := strings.Repeat(s.quote, 3); strings.HasPrefix(text, triple) {
			s.quote = triple
		}
		return len(s.quote)
	case strings.ContainsRune("([{", rune(text[0])):
		s.depth++
	case strings.ContainsRune(")]}", rune(text[0])):
		s.depth = max(0, s.depth-1)
	}
	return 1
}
