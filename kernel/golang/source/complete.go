package source

import (
	"errors"
	"go/token"
	"strings"
)

// Status says whether a cell can run as it stands, in the words of Jupyter's is_complete_reply.
type Status string

// The states of a cell being typed.
const (
	Complete   Status = "complete"
	Incomplete Status = "incomplete"
	Invalid    Status = "invalid"
)

// IsComplete judges a cell being typed line by line; indent is what the next line of an incomplete one begins with.
func IsComplete(text string) (status Status, indent string) {
	if parseMagic(text) != nil {
		if strings.HasSuffix(text, "\n\n") {
			return Complete, ""
		}
		return Incomplete, ""
	}
	lines := strings.Split(strings.TrimRight(text, " \t\r\n"), "\n")
	if last := strings.TrimPrefix(lines[len(lines)-1], Prefix); isCommand(last) && (strings.HasSuffix(last, `\`) || beginsMain(last)) {
		return Incomplete, ""
	}
	_, goText := splitCommands(text)
	if status, indent = bracketed(goText); status != Complete {
		return status, indent
	}
	return parsed(text, goText), ""
}

func beginsMain(line string) bool {
	words := Words(line)
	return words[0] == "%%" || words[0] == "%main"
}

// bracketed looks for what is still open: raw strings, comments, brackets.
func bracketed(goText string) (Status, string) {
	var lex lexer
	for _, l := range splitLines(goText) {
		lex.line(l.text)
	}
	depth, braces := 0, 0
	for _, l := range lexemes(goText) {
		depth += nesting(l.tok)
		switch {
		case depth < 0:
			return Invalid, ""
		case l.tok == token.LBRACE:
			braces++
		case l.tok == token.RBRACE:
			braces--
		}
	}
	if depth > 0 || lex.inside != 0 {
		return Incomplete, strings.Repeat("\t", max(braces, 0))
	}
	return Complete, ""
}

// parsed judges a cell with all brackets closed: a complaint about its very end means that more has to come.
func parsed(text, goText string) Status {
	_, err := Parse("", text)
	var wrong *Error
	if !errors.As(err, &wrong) {
		return Complete
	}
	t := newText("", goText)
	_, end := trim(goText, 0, len(goText))
	line, col := t.place(end)
	if d := wrong.Diagnostics[0]; d.Line > line || d.Line == line && d.Col >= col {
		return Incomplete
	}
	return Invalid
}
