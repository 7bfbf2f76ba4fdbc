package magics

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// longestKey is how long the name of a param, tag or metric may be, in bytes.
const longestKey = 1000

// pair is an argument of the form name=value.
type pair struct{ Key, Value string }

// pairs reads arguments of the form name=value. There must be one.
func (m Magic) pairs(args []string) (list []pair, err error) {
	for i, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if key = strings.TrimSpace(key); !ok || key == "" {
			return nil, m.wrong("%q is no name=value%s", arg, togetherWith(args, i))
		}
		if len(key) > longestKey {
			return nil, m.wrong("a name has %d bytes at most, and %s… has %d", longestKey, strings.ToValidUTF8(key[:20], ""), len(key))
		}
		list = append(list, pair{key, value})
	}
	if len(list) == 0 {
		return nil, m.wrong("it needs a name=value")
	}
	return list, nil
}

// togetherWith asks whether two arguments were meant as one.
func togetherWith(args []string, i int) string {
	rest := args[i:]
	if len(rest) > 2 && rest[1] == "=" {
		rest = []string{rest[0], rest[2]}
	}
	if len(rest) < 2 || strings.Contains(rest[0]+rest[1], "=") {
		return ""
	}
	return fmt.Sprintf(", did you mean %s=%s?", rest[0], rest[1])
}

// ValueTypes are the types of params' values.
func ValueTypes() []string { return []string{"text", "int", "float", "bool", "json"} }

var (
	wholeNumber = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)$`)
	notPlain    = regexp.MustCompile(`^[-+]?(?:0[0-9xX]|.*_)`) // 007 is no number that anybody computes with
)

// TypeOf returns the type of a value as it is written, one of ValueTypes.
func TypeOf(text string) string {
	for _, kind := range []string{"int", "float", "bool", "json"} {
		if isType(text, kind) && (kind != "float" || !notPlain.MatchString(text)) {
			return kind
		}
	}
	return "text"
}

// isType reports whether a text can be read as a type.
func isType(text, kind string) bool {
	switch kind {
	case "int":
		return wholeNumber.MatchString(text)
	case "float":
		_, err := strconv.ParseFloat(text, 64)
		return err == nil
	case "bool":
		return text == "true" || text == "false"
	case "json":
		return strings.ContainsAny(text[:min(1, len(text))], "[{") && json.Valid([]byte(text))
	}
	return true
}

// oneOf checks a word against those that are known.
func (m Magic) oneOf(what, word string, known []string) error {
	if slices.Contains(known, word) {
		return nil
	}
	return m.wrong("there is no %s %q%s; there are %s", what, word, didYouMean("", word, known), strings.Join(known, ", "))
}

// lines reads the rest of a cell as arguments: words of any number of lines. A line that begins with # is a remark.
func (m Magic) lines(below string) (args []string, err error) {
	for text := range strings.Lines(below) {
		if text = strings.TrimSpace(text); strings.HasPrefix(text, "#") {
			continue
		}
		more, err := words(text)
		if err != nil {
			return nil, m.wrong("%v in the line %q", err, text)
		}
		args = append(args, more...)
	}
	return args, nil
}

// below makes the cell form of a magic whose arguments may also stand in the lines below.
func (m Magic) linesBelow() func([]string, string) (Action, error) {
	return func(args []string, below string) (Action, error) {
		more, err := m.lines(below)
		if err != nil {
			return nil, err
		}
		return m.Parse(append(slices.Clone(args), more...))
	}
}
