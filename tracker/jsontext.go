package tracker

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// jsonText returns s as JSON has it, without the quotes.
func jsonText(s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // strings always encode
	return b.Bytes()[1 : b.Len()-2]
}

// jsonScanner reads an object of strings.
type jsonScanner struct {
	rest []byte
	ok   bool
}

// skip takes one byte of punctuation and the space around it.
func (s *jsonScanner) skip(c byte) {
	s.rest = bytes.TrimLeft(s.rest, " \t\r\n")
	if len(s.rest) == 0 || s.rest[0] != c {
		s.ok = false
		return
	}
	s.rest = bytes.TrimLeft(s.rest[1:], " \t\r\n")
}

func (s *jsonScanner) member() (key string, value []byte) {
	k := s.string()
	s.skip(':')
	value = s.string()
	if len(s.rest) > 0 && s.rest[0] == ',' {
		s.skip(',')
	}
	return string(k), value
}

// string takes a string and returns what is between its quotes.
func (s *jsonScanner) string() []byte {
	if !s.ok || len(s.rest) == 0 || s.rest[0] != '"' {
		s.ok = false
		return nil
	}
	b := s.rest[1:]
	for i := 0; i < len(b); i++ {
		if i += plain(b[i:]); i == len(b) {
			break
		}
		switch c := b[i]; {
		case c == '"':
			s.rest = b[i+1:]
			return b[:i]
		case c == '\\':
			n := escapeLength(b[i:])
			if n == 0 {
				s.ok = false
				return nil
			}
			i += n - 1
		case c < 0x20:
			s.ok = false
			return nil
		}
	}
	s.ok = false
	return nil
}

// plain returns how many bytes of a string, of those that can be looked at by eights, come before its next quote, backslash or control
// character.
func plain(b []byte) (n int) {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; len(b)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		quote, slash := x^ones*'"', x^ones*'\\'
		if ((quote-ones)&^quote|(slash-ones)&^slash|(x-ones*0x20)&^x)&tops != 0 { // some byte is zero, or less than a blank
			return n
		}
	}
	return n
}

// escapeLength returns the length of the JSON escape that b begins with, 0 when it is none.
func escapeLength(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if strings.IndexByte(`"\/bfnrt`, b[1]) >= 0 {
		return 2
	}
	if b[1] != 'u' || len(b) < 6 {
		return 0
	}
	if _, err := hex.Decode(make([]byte, 2), b[2:6]); err != nil {
		return 0
	}
	return 6
}

// safeCut returns the largest length up to n at which JSON text can be cut: not inside an escape or a
// character of several bytes.
func safeCut(text []byte, n int) int {
	if n >= len(text) {
		return len(text)
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	for back := 1; back <= min(6, n); back++ { // an escape that begins before n may end behind it
		if at := n - back; text[at] == '\\' && !escaped(text, at) {
			if back < escapeLength(text[at:]) {
				return at
			}
			return n
		}
	}
	return n
}

// escaped reports whether the byte at i belongs to an escape that begins before it with backslashes.
func escaped(text []byte, i int) bool {
	n := 0
	for ; n < i && text[i-1-n] == '\\'; n++ {
	}
	return n%2 == 1
}
