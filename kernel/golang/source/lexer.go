package source

import "strings"

// A lexer follows Go text line by line, just far enough to know whether a line begins inside a raw string or a block
// comment. It is not go/scanner because the lines in between are not Go and may hold any quote.
type lexer struct {
	inside byte // '`' in a raw string, '*' in a block comment, 0 otherwise
}

// line reads one line of Go text.
func (l *lexer) line(s string) {
	for s != "" {
		switch l.inside {
		case '`':
			s = l.until(s, "`")
		case '*':
			s = l.until(s, "*/")
		default:
			s = l.code(s)
		}
	}
}

// until drops s up to the end of the token that the lexer is in.
func (l *lexer) until(s, end string) string {
	i := strings.Index(s, end)
	if i < 0 {
		return ""
	}
	l.inside = 0
	return s[i+len(end):]
}

// code drops s up to the end of its first string, rune or comment.
func (l *lexer) code(s string) string {
	i := strings.IndexAny(s, "\"'`/")
	if i < 0 {
		return ""
	}
	switch {
	case s[i] == '`':
		l.inside = '`'
	case strings.HasPrefix(s[i:], "/*"):
		l.inside = '*'
		return s[i+2:]
	case strings.HasPrefix(s[i:], "//"):
		return ""
	case s[i] != '/':
		return afterQuoted(s[i+1:], s[i])
	}
	return s[i+1:]
}

// afterQuoted gives what follows the quote that ends an interpreted string or a rune.
func afterQuoted(s string, quote byte) string {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return s[i+1:]
		}
	}
	return ""
}
