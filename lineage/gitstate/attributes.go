package gitstate

import (
	"strings"
)

// attributeFile is the lines of one .gitattributes, and the file that has its say where this one has none.
type attributeFile struct {
	base   string
	lines  []attributeLine
	parent *attributeFile
}

type attributeLine struct {
	pattern
	values map[string]string
}

// The values of attributes that are not text of their own.
const (
	isSet   = "true"
	isUnset = "false"
	noValue = "" // as if nothing had been said
)

// macros are attributes that stand for others. Files may define more.
type macros map[string]map[string]string

func builtinMacros() macros {
	return macros{"binary": {"diff": isUnset, "merge": isUnset, "text": isUnset}}
}

func parseAttributes(text, base string, fold bool, known macros, parent *attributeFile) *attributeFile {
	f := &attributeFile{base: base, parent: parent}
	for _, line := range patternLines(text) {
		glob, rest := attributePattern(strings.TrimLeft(line, " \t"))
		if name, ok := strings.CutPrefix(glob, "[attr]"); ok {
			if base == "" {
				known[name] = known.values(rest)
			}
		} else if glob != "" && glob[0] != '!' && glob[0] != '#' {
			f.lines = append(f.lines, attributeLine{parsePattern(glob, fold), known.values(rest)})
		}
	}
	return f
}

// attributePattern cuts a line's pattern, which may be quoted, from its attributes.
func attributePattern(line string) (glob, rest string) {
	if !strings.HasPrefix(line, `"`) {
		at := strings.IndexAny(line, " \t")
		if at < 0 {
			return line, ""
		}
		return line[:at], line[at:]
	}
	var b strings.Builder
	for i := 1; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			return b.String(), line[i+1:]
		case c == '\\' && i+1 < len(line):
			i++
			b.WriteByte(line[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", ""
}

// values reads attributes: name, -name, !name or name=value.
func (m macros) values(text string) map[string]string {
	values := map[string]string{}
	for _, word := range strings.Fields(text) {
		name, value, given := strings.Cut(word, "=")
		switch {
		case given:
		case strings.HasPrefix(name, "-"):
			name, value = name[1:], isUnset
		case strings.HasPrefix(name, "!"):
			name, value = name[1:], noValue
		default:
			value = isSet
		}
		if value == isSet {
			for n, v := range m[name] {
				values[n] = v
			}
		}
		values[name] = value
	}
	return values
}

// get returns the value of an attribute for a path, and whether anything was said of it.
func (f *attributeFile) get(path, name string) (value string, ok bool) {
	for ; f != nil; f = f.parent {
		for i := len(f.lines) - 1; i >= 0; i-- {
			line := &f.lines[i]
			if value, ok = line.values[name]; ok && line.fits(path[len(f.base):], false) {
				return value, true
			}
		}
	}
	return noValue, false
}
