package source

import "strings"

// Words splits a command as GoNB does: at blanks, where double quotes keep blanks together and, inside them, a backslash
// makes \n, \t or the next character itself. Single quotes around a whole word keep it as it is. An empty pair of quotes
// is an empty word.
func Words(text string) []string {
	var words []string
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		if text == "" {
			return words
		}
		var word string
		word, text = firstWord(text)
		words = append(words, word)
	}
}

// firstWord takes the first word off a text that does not begin with a blank.
func firstWord(text string) (word, rest string) {
	if end := closedQuote(text); end > 0 {
		return text[1:end], text[end+1:]
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
			if i < len(text) {
				b.WriteByte(unescape(text[i]))
			}
		case !quoted && isBlank(c):
			return b.String(), text[i:]
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

// closedQuote gives the index of the single quote that ends a word which began with one, or 0.
func closedQuote(text string) int {
	if text[0] != '\'' {
		return 0
	}
	end := strings.IndexByte(text[1:], '\'') + 1
	if end > 0 && (end+1 == len(text) || isBlank(text[end+1])) {
		return end
	}
	return 0
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	}
	return c
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
