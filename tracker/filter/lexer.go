package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a quoted text, a sign, or the end of the text.
type token struct {
	kind tokenKind
	text string // without quotes
	at   int    // in bytes
	end  int
}

type tokenKind int

const (
	end tokenKind = iota
	word
	quoted // in ' or "
	named  // in `
	sign
)

// signs are those of the language, longer ones first.
var signs = []string{"!=", "<=", ">=", "=~", "!~", "<>", "=", "<", ">", "(", ")", ",", "."}

// lexer cuts a text into tokens.
type lexer struct {
	text string
	at   int
}

func (l *lexer) fail(at int, why string) error { return &SyntaxError{l.text, at, why} }

// next returns the token that follows. A word goes on to where no name and no number can.
func (l *lexer) next() (token, error) {
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		if !unicode.IsSpace(r) {
			break
		}
		l.at += size
	}
	begin, rest := l.at, l.text[l.at:]
	if rest == "" {
		return token{kind: end, at: begin, end: begin}, nil
	}
	if quote := rest[0]; strings.IndexByte("'\"`", quote) >= 0 {
		return l.quotation(quote)
	}
	for _, s := range signs {
		if strings.HasPrefix(rest, s) {
			l.at += len(s)
			return token{sign, s, begin, l.at}, nil
		}
	}
	n := strings.IndexFunc(rest, func(r rune) bool { return !inWord(r) })
	if n == 0 {
		return token{}, l.fail(begin, "a sign that the language does not have")
	}
	if n < 0 {
		n = len(rest)
	}
	l.at += n
	return token{word, rest[:n], begin, l.at}, nil
}

// inWord reports whether r can be a part of a name or a number. A dot is: names have dots, and so have numbers.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_./-+:@%", r)
}

// quotation reads to the closing quote; a doubled quote stands for itself.
func (l *lexer) quotation(quote byte) (token, error) {
	begin := l.at
	var b strings.Builder
	for i := begin + 1; i < len(l.text); i++ {
		if l.text[i] != quote {
			b.WriteByte(l.text[i])
			continue
		}
		if i+1 < len(l.text) && l.text[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		l.at = i + 1
		kind := quoted
		if quote == '`' {
			kind = named
		}
		return token{kind, b.String(), begin, l.at}, nil
	}
	return token{}, l.fail(begin, "the quote is not closed")
}
