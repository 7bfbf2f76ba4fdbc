package secrets

import (
	"bytes"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// newJSON returns the text of JSON values: their strings, one behind the other, and, with names, as a
// person would write them, with each member's name before its value. Without names nothing reaches
// from one string into the next, and digests are left out. Pictures and other bytes in base64 are no text.
func newJSON(raw []byte, names bool) *text {
	r := jsonReader{text: &text{raw: raw, decoded: make([]byte, 0, len(raw)+len(raw)/4), parts: []part{}}, names: names}
	for r.at < len(raw) {
		r.token()
	}
	return r.text
}

// jsonReader goes through the tokens of JSON values. It needs them to be valid no more than to end.
type jsonReader struct {
	*text
	names bool
	at    int
	key   string // the last string, when a colon follows it
}

// apart keeps two strings apart for every rule: no expression steps over byte 0.
const apart = "\n\x00\n"

func (r *jsonReader) token() {
	switch c := r.raw[r.at]; c {
	case '"':
		r.string()
	case ' ', '\t', '\r', '\n':
		r.at++
	case ':':
		r.glue(": ")
	case ',':
		r.glue(",\n")
	case '[', ']', '{', '}':
		r.glue("\n")
		r.key = ""
	default:
		r.number()
	}
}

// glue puts what separates two strings between them.
func (r *jsonReader) glue(s string) {
	r.at++
	if r.names {
		r.decoded = append(r.decoded, s...)
	}
}

// string takes a string.
func (r *jsonReader) string() {
	inside := place{r.at + 1, r.at + 1 + stringLength(r.raw[r.at+1:])}
	r.at = min(inside.end+1, len(r.raw))
	content := r.raw[inside.start:inside.end]
	key, isKey := r.key, isName(r.raw[r.at:])
	if r.key = ""; isKey {
		r.key = string(content)
	}
	switch {
	case binary(key) && !isKey, !r.names && isDigest(content):
		return
	case r.names:
		r.decoded = append(r.decoded, '"')
		r.add(inside, jsonString)
		r.decoded = append(r.decoded, '"')
	default:
		r.add(inside, jsonString)
		r.decoded = append(r.decoded, apart...)
	}
}

// number takes what is no string: a number, true, false or null.
func (r *jsonReader) number() {
	n := bytes.IndexAny(r.raw[r.at:], " \t\r\n\",:[]{}")
	if n < 0 {
		n = len(r.raw) - r.at
	}
	r.add(place{r.at, r.at + n}, jsonNumber)
	r.at, r.key = r.at+n, ""
	if !r.names {
		r.decoded = append(r.decoded, apart...)
	}
}

// stringLength returns how far it is to the quote that ends a string, or to the end.
func stringLength(b []byte) int {
	for i := 0; ; {
		n := bytes.IndexAny(b[i:], `"\`)
		if n < 0 {
			return len(b)
		}
		if i += n; b[i] == '"' {
			return i
		}
		if i += 2; i >= len(b) {
			return len(b)
		}
	}
}

// isName reports whether a colon comes next.
func isName(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && b[0] == ':'
}

// binary reports whether a MIME type is one whose data are bytes, which a message holds in base64.
func binary(mime string) bool {
	kind, sub, ok := strings.Cut(mime, "/")
	switch kind {
	case "image":
		return ok && !strings.HasPrefix(sub, "svg")
	case "audio", "video", "font":
		return ok
	case "application":
		return sub == "pdf" || sub == "octet-stream" || sub == "zip"
	}
	return false
}

// isDigest reports whether a string is a digest or a SHA-256, which name bytes and are no secret.
func isDigest(b []byte) bool {
	if len(b) < 64 || len(b) > 71 { // most strings of a document
		return false
	}
	_, err := tracker.ParseDigest("sha256:" + strings.TrimPrefix(string(b), "sha256:"))
	return err == nil
}
