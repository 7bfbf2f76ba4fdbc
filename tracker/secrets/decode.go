package secrets

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// escape begins the control sequences of terminals.
const escape = 0x1b

// decode appends what raw means to dst: escapes of JSON as what they stand for, control sequences as nothing.
func decode(dst, raw []byte, n notation) []byte {
	for len(raw) > 0 {
		i := n.special(raw)
		dst, raw = append(dst, raw[:i]...), raw[i:]
		switch {
		case len(raw) == 0:
		case len(raw) > 1 && n == jsonString && simple[raw[1]] != 0: // most are
			dst, raw = append(dst, simple[raw[1]]), raw[2:]
		default:
			u, length := readUnit(raw, n)
			dst, raw = append(dst, u.text[:u.n]...), raw[length:]
		}
	}
	return dst
}

// special returns how many bytes of raw stand for themselves before the first that may not.
func (n notation) special(raw []byte) int {
	first := byte(escape)
	if n == jsonString {
		first = '\\'
	}
	if i := bytes.IndexByte(raw, first); i >= 0 {
		return i
	}
	return len(raw)
}

// unit is what one escape or character means.
type unit struct {
	text [utf8.UTFMax]byte
	n    int
}

// readUnit reads the escape or control sequence that raw begins with. What is neither is a byte.
func readUnit(raw []byte, n notation) (u unit, length int) {
	if n == plainText {
		if length = sequence(raw, 1); length > 0 {
			return u, length
		}
		return unit{[utf8.UTFMax]byte{raw[0]}, 1}, 1
	}
	r, length := readEscape(raw)
	if r == escape {
		if whole := sequence(raw, length); whole > 0 {
			return u, whole
		}
	}
	u.n = utf8.EncodeRune(u.text[:], r)
	return u, length
}

// sequence returns the length of a control sequence (ECMA-48, 5.4) whose escape has the given length, 0
// when there is none.
func sequence(raw []byte, after int) int {
	if len(raw) <= after || raw[after] != '[' {
		return 0
	}
	i := after + 1
	for i < len(raw) && 0x20 <= raw[i] && raw[i] <= 0x3f {
		i++
	}
	if i == len(raw) || raw[i] < 0x40 || raw[i] > 0x7e {
		return 0
	}
	return i + 1
}

// simple are the escapes of two characters (RFC 8259, section 7).
var simple = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// readEscape reads the JSON escape that raw begins with; what is no escape is a backslash.
func readEscape(raw []byte) (r rune, length int) {
	if len(raw) < 2 {
		return '\\', 1
	}
	if c := simple[raw[1]]; c != 0 {
		return rune(c), 2
	}
	first, ok := readHex(raw)
	if !ok {
		return '\\', 1
	}
	if utf16.IsSurrogate(first) {
		if second, ok := readHex(raw[6:]); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return r, 12
			}
		}
	}
	return first, 6
}

// readHex reads \u and four digits.
func readHex(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(raw[2:6]), 16, 32)
	return rune(n), err == nil
}
