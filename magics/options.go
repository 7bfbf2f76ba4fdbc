package magics

import (
	"errors"
	"flag"
	"io"
	"strings"
)

// given are the options of a call: their values, "true" for those without one.
type given map[string]string

func (g given) has(name string) bool { return g[name] != "" }

// options reads the flags of a magic, which may stand among the other arguments; these are returned. What stands behind
// "--" is no flag.
func (m Magic) options(args []string) (others []string, values given, err error) {
	f, collect := m.flags()
	for {
		if err := m.parseFlags(f, args); err != nil {
			return nil, nil, err
		}
		taken := len(args) - f.NArg()
		if taken > 0 && args[taken-1] == "--" {
			return append(others, f.Args()...), collect(), nil
		}
		if f.NArg() == 0 {
			return others, collect(), nil
		}
		others, args = append(others, f.Arg(0)), f.Args()[1:]
	}
}

// flags returns the magic's flags, and what collects their values.
func (m Magic) flags() (f *flag.FlagSet, collect func() given) {
	f = flag.NewFlagSet(m.Name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	for _, o := range m.Options {
		if o.Value == "" {
			f.Bool(o.Name, false, "")
		} else {
			f.String(o.Name, "", "")
		}
	}
	return f, func() given {
		values := given{}
		f.Visit(func(one *flag.Flag) {
			if v := one.Value.String(); v != "false" {
				values[one.Name] = v
			}
		})
		return values
	}
}

func (m Magic) parseFlags(f *flag.FlagSet, args []string) error {
	err := f.Parse(args)
	if err == nil {
		return nil
	}
	if errors.Is(err, flag.ErrHelp) {
		return m.wrong("%s", m.Help)
	}
	name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: ")
	if !unknown {
		return m.wrong("%v", err)
	}
	var names []string
	for _, o := range m.Options {
		names = append(names, o.Name)
	}
	return m.wrong("there is no option %s%s", name, didYouMean("--", strings.TrimLeft(name, "-"), names))
}

// textOptions reads the flags that a text begins with, and returns the rest as it is written. A text that is one quotation
// is what stands in the quotes.
func (m Magic) textOptions(text string) (rest string, values given, err error) {
	var front []string
	for rest = strings.TrimSpace(text); strings.HasPrefix(rest, "-"); {
		var word string
		word, rest = cutWord(rest)
		rest = strings.TrimLeft(rest, " \t")
		if front = append(front, word); word == "--" || word == "-" {
			break
		}
		if m.awaits(word) {
			word, rest = cutWord(rest)
			front, rest = append(front, word), strings.TrimLeft(rest, " \t")
		}
	}
	f, collect := m.flags()
	if err := m.parseFlags(f, front); err != nil {
		return "", nil, err
	}
	if list, err := words(rest); err == nil && len(list) == 1 && strings.ContainsAny(rest[:1], `"'`) {
		rest = list[0]
	}
	return strings.TrimSpace(strings.Join(append(f.Args(), rest), " ")), collect(), nil
}

// awaits reports whether a flag's value is the word behind it.
func (m Magic) awaits(word string) bool {
	for _, o := range m.Options {
		if strings.TrimLeft(word, "-") == o.Name {
			return o.Value != ""
		}
	}
	return false
}
