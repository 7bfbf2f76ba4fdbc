package process

import "unicode/utf8"

// text turns the bytes of a stream, as they come, into valid strings. A UTF-8 sequence that is cut
// by the end of one piece appears whole with the next; each byte that is really invalid becomes
// U+FFFD, wherever the pieces are cut.
type text struct{ rest []byte }

// next returns what is complete with b, and keeps the rest. It does not keep b.
func (t *text) next(b []byte) string {
	if len(t.rest) > 0 {
		b = append(t.rest, b...)
	}
	n := Complete(b)
	t.rest = append([]byte(nil), b[n:]...)
	return Valid(b[:n])
}

// end returns what is left when no more bytes come.
func (t *text) end() string {
	s := Valid(t.rest)
	t.rest = nil
	return s
}

// Complete returns the length of b without an unfinished sequence at its end.
func Complete(b []byte) int {
	for i := len(b) - 1; i >= 0 && i > len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if utf8.FullRune(b[i:]) {
				return len(b)
			}
			return i
		}
	}
	return len(b)
}

// Valid returns b as text, with U+FFFD for each byte that is none.
func Valid(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string([]rune(string(b)))
}
