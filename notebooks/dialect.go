package notebooks

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// dialect is how a language that needs no types writes parameters. The words are those of papermill's translators
// (https://papermill.readthedocs.io/en/latest/extending-overview.html), so that both give a notebook the same values.
type dialect struct {
	comment       string
	assign        string // between name and value
	null, yes, no string
	nan, inf      string
	text          func(string) string
	list          func(items []string) string
	table         func(keys, values []string) (string, error)
}

// dialects are the languages, by the names that notebooks call them.
var dialects = map[string]dialect{
	"python": {"#", " = ", "None", "True", "False", "float('nan')", "float('inf')", strconv.Quote, joined("[", ", ", "]"), paired("{", ": ", "}")},
	"r":      {"#", " = ", "NULL", "TRUE", "FALSE", "NaN", "Inf", strconv.Quote, joined("list(", ", ", ")"), paired("list(", " = ", ")")},
	"julia":  {"#", " = ", "nothing", "true", "false", "NaN", "Inf", juliaText, joined("[", ", ", "]"), paired("Dict(", " => ", ")")},
	"bash":   {"#", "=", "''", "true", "false", "nan", "inf", shellText, joined("(", " ", ")"), noTable},
}

func joined(open, between, end string) func([]string) string {
	return func(items []string) string { return open + strings.Join(items, between) + end }
}

func paired(open, between, end string) func(keys, values []string) (string, error) {
	return func(keys, values []string) (string, error) {
		pairs := make([]string, len(keys))
		for i := range keys {
			pairs[i] = keys[i] + between + values[i]
		}
		return open + strings.Join(pairs, ", ") + end, nil
	}
}

func noTable([]string, []string) (string, error) {
	return "", errors.New("this language has no tables of names and values")
}

func juliaText(s string) string { return strings.ReplaceAll(strconv.Quote(s), "$", `\$`) }
func shellText(s string) string { return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'" }

// integer is what Python takes for one.
var integer = regexp.MustCompile(`^[+-]?[0-9]+(_[0-9]+)*$`)

// value writes the text of a parameter: a number, True, False or None as such, as papermill does; a JSON list or object as the
// language's own; all else as a text.
func (d dialect) value(text string) (string, error) {
	switch text {
	case "None", "null":
		return d.null, nil
	case "True", "true":
		return d.yes, nil
	case "False", "false":
		return d.no, nil
	}
	if integer.MatchString(text) {
		return strings.ReplaceAll(text, "_", ""), nil
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && !strings.ContainsAny(text, "xXpP_") {
		return d.float(f, text), nil
	}
	var parsed any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if strings.ContainsAny(text[:min(1, len(text))], "[{") && decoder.Decode(&parsed) == nil && !decoder.More() {
		return d.write(parsed)
	}
	return d.text(text), nil
}

func (d dialect) float(f float64, text string) string {
	switch {
	case math.IsNaN(f):
		return d.nan
	case math.IsInf(f, -1):
		return strings.Replace("-"+d.inf, "-float('", "float('-", 1)
	case math.IsInf(f, 1):
		return d.inf
	}
	return strings.TrimPrefix(text, "+")
}

// write writes a value that was JSON.
func (d dialect) write(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return d.null, nil
	case bool:
		return map[bool]string{true: d.yes, false: d.no}[v], nil
	case json.Number:
		return v.String(), nil
	case string:
		return d.text(v), nil
	case []any:
		items, err := d.writeAll(v)
		return d.list(items), err
	case map[string]any:
		keys, all := slices.Sorted(maps.Keys(v)), make([]any, 0, len(v))
		words := make([]string, len(keys))
		for i, k := range keys {
			words[i], all = d.text(k), append(all, v[k])
		}
		items, err := d.writeAll(all)
		if err != nil {
			return "", err
		}
		return d.table(words, items)
	}
	return "", fmt.Errorf("%T is no value of JSON", v)
}

func (d dialect) writeAll(list []any) ([]string, error) {
	items := make([]string, len(list))
	for i, v := range list {
		item, err := d.write(v)
		if err != nil {
			return nil, err
		}
		items[i] = item
	}
	return items, nil
}

// assignments writes a cell that sets params; a name given twice has its last value.
func (d dialect) assignments(params []Param) (string, error) {
	lines := []string{d.comment + " Parameters"}
	for i, p := range params {
		if slices.ContainsFunc(params[i+1:], func(q Param) bool { return q.Name == p.Name }) {
			continue
		}
		expr, err := d.value(p.Value)
		if err != nil {
			return "", fmt.Errorf("%w: %s: %w", ErrParameter, p.Name, err)
		}
		lines = append(lines, p.Name+d.assign+expr)
	}
	return strings.Join(lines, "\n"), nil
}

// undeclared returns the params that a cell does not assign.
func undeclared(source string, params []Param) (names []string) {
	for _, p := range params {
		if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(p.Name) + `\s*(:[^=\n]*)?(=|<-)`).MatchString(source) {
			names = append(names, p.Name)
		}
	}
	return names
}
