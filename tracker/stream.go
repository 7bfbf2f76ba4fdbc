package tracker

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"strings"
	"time"
	"unicode/utf8"
)

// parseStream returns the name and the text of a stream message's content, the text still as JSON
// has it between its quotes. What kernels send has a simple shape, which costs one look at each
// byte; anything else is decoded and encoded again.
func parseStream(content []byte) (name string, text []byte, ok bool) {
	s := jsonScanner{rest: content, ok: true}
	s.skip('{')
	for range 2 {
		key, value := s.member()
		switch key {
		case "name":
			name = string(value)
		case "text":
			text = value
		default:
			s.ok = false
		}
	}
	s.skip('}')
	if s.ok && len(bytes.TrimSpace(s.rest)) == 0 && name != "" && !strings.Contains(name, `\`) {
		return name, text, true
	}
	return decodeStream(content)
}

func decodeStream(content []byte) (name string, text []byte, ok bool) {
	var c struct{ Name, Text *string }
	if json.Unmarshal(content, &c) != nil || c.Name == nil || c.Text == nil || *c.Name == "" {
		return "", nil, false
	}
	return *c.Name, jsonText(*c.Text), true
}

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

// oneLine returns JSON without line ends. What is no JSON becomes a JSON string, so that nothing is lost.
func oneLine(content []byte) []byte {
	if !json.Valid(content) {
		return append(append([]byte{'"'}, jsonText(string(content))...), '"')
	}
	if bytes.IndexByte(content, '\n') < 0 {
		return content
	}
	var b bytes.Buffer
	_ = json.Compact(&b, content) // it is valid
	return b.Bytes()
}

// encoded is a batch as its blob holds it.
type encoded struct {
	time     time.Time // of its first output
	lines    []byte
	count    int
	messages int64
}

// encode returns the batch as JSON lines.
func (b *batch) encode() encoded {
	e := encoded{time: b.items[0].time, count: len(b.items), lines: make([]byte, 0, int(b.size)+128*len(b.items))}
	for _, o := range b.items {
		e.messages += o.messages
		e.lines = append(e.lines, `{"time":"`...)
		e.lines = o.time.UTC().AppendFormat(e.lines, time.RFC3339Nano)
		e.lines = append(e.lines, `","type":`...)
		if o.stream != "" {
			o.text = collapseJSON(o.text)
		}
		e.lines = append(o.appendTo(e.lines), "}\n"...)
	}
	return e
}

// appendTo appends the output's type and content.
func (o output) appendTo(b []byte) []byte {
	b = append(append(append(b, '"'), jsonText(o.kind)...), `","content":`...)
	if o.stream == "" {
		return append(b, o.content...)
	}
	b = append(append(append(b, `{"name":"`...), o.stream...), `","text":"`...)
	return append(append(b, o.text...), `"}`...)
}

// OutputHash computes the digest of the whole output of a cell execution: SHA-256 over one line for
// each output, {"type":…,"content":…}, where stream messages of one name that follow each other are
// one line with their texts joined. So it does not depend on how a program's prints were cut into messages.
type OutputHash struct {
	h    hash.Hash
	open string // the stream whose line is not ended yet
}

// NewOutputHash returns the hash of no output.
func NewOutputHash() *OutputHash { return &OutputHash{h: sha256.New()} }

// Add adds an output: the type and the content of a message.
func (h *OutputHash) Add(kind string, content []byte) {
	h.add(parseOutput(CellOutput{Type: kind, Content: content}))
}

func (h *OutputHash) add(o output) {
	if o.stream == "" || o.stream != h.open {
		h.end()
		line := output{kind: o.kind, stream: o.stream, content: o.content}.appendTo([]byte(`{"type":`))
		if o.stream == "" {
			line = append(line, "}\n"...)
		} else {
			line = line[:len(line)-2] // its text follows
		}
		h.write(line)
		h.open = o.stream
	}
	h.write(o.text)
}

func (h *OutputHash) end() {
	if h.open != "" {
		h.write([]byte("\"}}\n"))
		h.open = ""
	}
}

func (h *OutputHash) write(b []byte) { _, _ = h.h.Write(b) } // a hash never fails

// Sum returns the digest as 64 hexadecimal digits. Nothing may be added afterwards.
func (h *OutputHash) Sum() string {
	h.end()
	return hex.EncodeToString(h.h.Sum(nil))
}
