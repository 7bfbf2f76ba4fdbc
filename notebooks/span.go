package notebooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// The functions of this file take bytes that are valid JSON: Parse checks a file once, as a whole.

// A member is one name and value of a JSON object, with the place of the value in the object's bytes.
type member struct {
	name       string
	start, end int
}

var (
	errNotObject = errors.New("want a JSON object")
	errNotArray  = errors.New("want a JSON array")
)

// members returns the members of the JSON object b in the order in which they are written.
func members(b []byte) (all []member, err error) {
	if b[0] != '{' {
		return nil, errNotObject
	}
	for i := next(b, 1); b[i] != '}'; i = next(b, i) {
		var name string
		colon := skip(b, i)
		if err := json.Unmarshal(b[i:colon], &name); err != nil {
			return nil, err
		}
		start := next(b, colon)
		i = skip(b, start)
		all = append(all, member{name, start, i})
	}
	return all, nil
}

// elements returns the place of each element of the JSON array b, as start and end offsets.
func elements(b []byte) (all [][2]int, err error) {
	if b[0] != '[' {
		return nil, errNotArray
	}
	for i := next(b, 1); b[i] != ']'; i = next(b, i) {
		start := i
		i = skip(b, start)
		all = append(all, [2]int{start, i})
	}
	return all, nil
}

// next returns where the next value, name or closing bracket begins, at or behind i.
func next(b []byte, i int) int {
	for strings.IndexByte(" \t\r\n,:", b[i]) >= 0 {
		i++
	}
	return i
}

// skip returns where the value that begins at i ends.
func skip(b []byte, i int) int {
	if strings.IndexByte("\"{[", b[i]) < 0 { // a number, true, false or null
		if n := bytes.IndexAny(b[i:], ",]} \t\r\n"); n >= 0 {
			return i + n
		}
		return len(b)
	}
	for depth := 0; ; i++ {
		switch b[i] {
		case '"':
			i = closing(b, i)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth == 0 {
			return i + 1
		}
	}
}

// closing returns where the closing quote of the string is whose opening quote is at i.
func closing(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i
}

// find returns the last member of that name: the one that counts for every JSON reader in use here.
func find(all []member, name string) (member, bool) {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].name == name {
			return all[i], true
		}
	}
	return member{}, false
}

// lookup decodes the member of that name of the JSON object b into v; absence leaves v as it is.
func lookup(b []byte, name string, v any) error {
	all, err := members(b)
	if err != nil {
		return err
	}
	return field(b, all, name, v)
}

// field is lookup for an object whose members are known.
func field(b []byte, all []member, name string, v any) error {
	m, ok := find(all, name)
	if !ok {
		return nil
	}
	if err := json.Unmarshal(b[m.start:m.end], v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// replace returns the JSON object b with value (already laid out) as its member of that name. A new
// member goes to the end, laid out as style says for members at that depth.
func replace(b []byte, name string, value []byte, s style, depth int) ([]byte, error) {
	all, err := members(b)
	if err != nil {
		return nil, err
	}
	if m, ok := find(all, name); ok {
		return splice(b, m.start, m.end, value), nil
	}
	at, lead := 1, "" // after the opening brace
	if len(all) > 0 {
		at, lead = all[len(all)-1].end, ","
	}
	added := append([]byte(lead+s.line(depth)), encodeString(name)...)
	added = append(append(added, s.colon()...), value...)
	if len(all) == 0 {
		return append(append([]byte{'{'}, added...), s.line(depth-1)+"}"...), nil
	}
	return splice(b, at, at, added), nil
}

// splice returns b with b[start:end] replaced; b itself stays as it is.
func splice(b []byte, start, end int, with []byte) []byte {
	out := make([]byte, 0, len(b)-(end-start)+len(with))
	out = append(out, b[:start]...)
	out = append(out, with...)
	return append(out, b[end:]...)
}
