package magics

import (
	"errors"
	"strings"
)

var errQuote = errors.New("a quote is not closed")

// words splits arguments at blanks. Double quotes keep blanks together, and a backslash inside them the character behind
// it; single quotes keep everything.
func words(text string) (list []string, err error) {
	var word strings.Builder
	open, quote := false, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == 0 && (c == ' ' || c == '\t'):
			if open {
				list = append(list, word.String())
			}
			word.Reset()
			open = false
		case quote == 0 && (c == '"' || c == '\''):
			open, quote = true, c
		case c == quote && quote != 0:
			quote = 0
		case quote == '"' && c == '\\' && i+1 < len(text):
			i++
			word.WriteByte(text[i])
		default:
			open = true
			word.WriteByte(c)
		}
	}
	if quote != 0 {
		return nil, errQuote
	}
	if open {
		list = append(list, word.String())
	}
	return list, nil
}
