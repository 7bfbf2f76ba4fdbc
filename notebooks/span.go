package notebooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// A member is one name and value of a JSON object, with the place of the value in the object's bytes.
type member struct {
	name       string
	start, end int
}

var errNotObject = errors.New("want a JSON object")

// members returns the members of the JSON object b in the order in which they are written.
func members(b []byte) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	if err := open(dec, '{'); err != nil {
		return nil, err
	}
	var all []member
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		start, end, err := skip(dec)
		if err != nil {
			return nil, err
		}
		all = append(all, member{key.(string), start, end})
	}
	_, err := dec.Token()
	return all, err
}

// elements returns the place of each element of the JSON array b, as start and end offsets.
func elements(b []byte) ([][2]int, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	if err := open(dec, '['); err != nil {
		return nil, err
	}
	var all [][2]int
	for dec.More() {
		start, end, err := skip(dec)
		if err != nil {
			return nil, err
		}
		all = append(all, [2]int{start, end})
	}
	_, err := dec.Token()
	return all, err
}

// open consumes the delimiter that begins an object or an array.
func open(dec *json.Decoder, want json.Delim) error {
	switch got, err := dec.Token(); {
	case err != nil:
		return err
	case got == want:
		return nil
	case want == '{':
		return errNotObject
	}
	return errors.New("want a JSON array")
}

// skip consumes the next value and says where it stands. A RawMessage holds exactly the bytes of its
// value, so the end of the input read so far and its length give the place.
func skip(dec *json.Decoder) (start, end int, err error) {
	var value json.RawMessage
	if err := dec.Decode(&value); err != nil {
		return 0, 0, err
	}
	end = int(dec.InputOffset())
	return end - len(value), end, nil
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
