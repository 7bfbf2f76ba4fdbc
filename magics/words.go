package magics

import (
	"errors"
	"flag"
	"io"
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

// options reads flags that may stand among the other arguments, which are returned. What stands behind "--" is no flag.
func options(m Magic, args []string, define func(*flag.FlagSet)) (others []string, err error) {
	f := flag.NewFlagSet(m.Name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	define(f)
	for {
		err := f.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return nil, &UsageError{m, m.Help}
		}
		if err != nil {
			return nil, &UsageError{m, strings.Replace(err.Error(), "flag provided but not defined: ", "there is no option ", 1)}
		}
		taken := len(args) - f.NArg()
		if taken > 0 && args[taken-1] == "--" {
			return append(others, f.Args()...), nil
		}
		if f.NArg() == 0 {
			return others, nil
		}
		others, args = append(others, f.Arg(0)), f.Args()[1:]
	}
}
