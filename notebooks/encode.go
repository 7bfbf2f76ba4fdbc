package notebooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// A style is how a notebook's JSON is laid out: with an indent, or all on one line.
type style struct {
	indent string // of one level, "" with multiline false
	multi  bool   // members and elements stand on lines of their own
}

// jupyterStyle is the layout that nbformat writes.
var jupyterStyle = style{indent: " ", multi: true}

// styleOf reads the layout off the first line break of a JSON object.
func styleOf(object []byte) style {
	rest, ok := bytes.CutPrefix(object, []byte("{"))
	if !ok || len(rest) == 0 {
		return jupyterStyle
	}
	blank := rest[:len(rest)-len(bytes.TrimLeft(rest, " \t\r\n"))]
	if i := bytes.LastIndexByte(blank, '\n'); i >= 0 {
		return style{indent: string(blank[i+1:]), multi: true}
	}
	return style{}
}

// line is the line break before something at that depth.
func (s style) line(depth int) string {
	if !s.multi {
		return ""
	}
	return "\n" + strings.Repeat(s.indent, depth)
}

func (s style) colon() string {
	if s.multi {
		return ": "
	}
	return ":"
}

// layOut writes v for a place at that depth, as Python's json.dumps does with this style, sorted
// keys and ensure_ascii=False, which is how nbformat writes.
func (s style) layOut(v any, depth int) []byte {
	compact := appendValue(nil, v)
	if !s.multi {
		return compact
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact, strings.Repeat(s.indent, depth), s.indent); err != nil {
		panic(fmt.Sprintf("lay out JSON written a line before: %v", err))
	}
	return out.Bytes()
}

// appendValue writes what decode returns, and slices and maps of it, without blanks and with sorted keys.
func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return append(b, encodeString(v)...)
	case map[string]any:
		return appendObject(b, v)
	case []any:
		return appendArray(b, v)
	case []string:
		return appendArray(b, v)
	case []map[string]any:
		return appendArray(b, v)
	case json.RawMessage: // written so already
		return append(b, v...)
	default: // null, booleans, json.Number, int
		text, err := json.Marshal(v)
		if err != nil {
			return append(b, "null"...)
		}
		return append(b, text...)
	}
}

func appendObject(b []byte, v map[string]any) []byte {
	b = append(b, '{')
	for i, key := range slices.Sorted(maps.Keys(v)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, encodeString(key)...), ':')
		b = appendValue(b, v[key])
	}
	return append(b, '}')
}

func appendArray[T any](b []byte, v []T) []byte {
	b = append(b, '[')
	for i, item := range v {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendValue(b, item)
	}
	return append(b, ']')
}

// escapes are the characters that Python's json module escapes when ensure_ascii is off.
var escapes = map[byte]string{
	'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\f': `\f`, '\b': `\b`,
}

// encodeString quotes s. encoding/json would do but for U+2028 and U+2029, which it escapes and Python does not.
func encodeString(s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	b := make([]byte, 0, len(s)+2)
	b = append(b, '"')
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= ' ' && c != '"' && c != '\\':
			b = append(b, c)
		case escapes[c] != "":
			b = append(b, escapes[c]...)
		default:
			b = fmt.Appendf(b, `\u%04x`, c)
		}
	}
	return append(b, '"')
}

// decode reads JSON for appendValue: numbers keep their spelling.
func decode(b []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	return v, err
}
