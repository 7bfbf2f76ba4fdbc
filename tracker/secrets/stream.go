package secrets

import (
	"bytes"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// Stream returns where secrets stand in the text of a stream, given as the inside of a JSON string, and
// from where on its end may be a part of a secret that goes on in what is still to come: len(text) when
// it cannot be. The text may begin with some of what was looked at before, so that a secret is known
// by what stands before it.
func (s *Screener) Stream(raw []byte) (found []tracker.Secret, open int) {
	buffer := s.buffers.Get().(*[]byte)
	defer s.buffers.Put(buffer)
	t, f := newString(raw, *buffer), s.current()
	*buffer = t.decoded[:0]
	spans := f.spans(t.decoded, "")
	open = f.open(t.decoded)
	for _, sp := range spans {
		if sp.start < open && sp.end > open {
			open = sp.start
		}
	}
	return s.secrets(t, spans), t.rawEnd(open)
}

// How much of a stream is held back because a secret may go on: of a word, and of a private key.
const (
	longestOpenWord = 8 << 10
	longestOpenKey  = far
)

// open returns where the unfinished end of a stream begins: its last word, since nearly no secret
// holds a space, a private key that has begun, or what a remembered value with spaces begins with.
func (f *finder) open(text []byte) int {
	from := max(0, len(text)-longestOpenWord)
	at := from + bytes.LastIndexAny(text[from:], " \t\r\n") + 1
	if key := openKey(text); key >= 0 {
		at = min(at, key)
	}
	for _, v := range f.spanned {
		at = min(at, len(text)-begun(text, v))
	}
	return at
}

// openKey returns where a private key begins that does not end in text, -1 for none.
func openKey(text []byte) int {
	from, at := max(0, len(text)-longestOpenKey), -1
	for { // forwards, since that is many times faster than bytes.LastIndex
		i := bytes.Index(text[from:], []byte("-----BEGIN"))
		if i < 0 {
			break
		}
		at, from = from+i, from+i+1
	}
	if at < 0 || bytes.Contains(text[at:], []byte("-----END")) && lastIsWhole(text[at:]) {
		return -1
	}
	return at
}

// lastIsWhole reports whether the line that ends a private key is there to its end.
func lastIsWhole(text []byte) bool {
	return bytes.Count(text, []byte("-----")) >= 4
}

// begun returns how many bytes of value text ends with, when it ends with a part of it.
func begun(text []byte, value string) int {
	for n := min(len(text), len(value)-1); n > 0; n-- {
		if strings.HasPrefix(value, string(text[len(text)-n:])) {
			return n
		}
	}
	return 0
}
