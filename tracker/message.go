package tracker

import (
	"bytes"
	"cmp"
	"encoding/json"
	"time"
)

// output is an output on its way. A stream's text stays as it is in JSON, without its quotes: parts
// of it behind each other are the text of all, with no decoding and no copying.
type output struct {
	time     time.Time
	kind     string
	stream   string   // name of the stream, as JSON has it; empty for anything but a stream message
	text     [][]byte // of a stream, in parts
	textSize int
	grows    bool   // the last part of text belongs to this output alone
	content  []byte // of anything else, on one line
	display  string // display_id of an update_display_data
	messages int64
}

// streamType and updateType are the message types that are joined.
const (
	streamType = "stream"
	updateType = "update_display_data"
)

func parseOutput(e CellOutput) output {
	o := output{time: encodable(e.Time), kind: cmp.Or(e.Type, "unknown"), messages: 1}
	if e.Type == streamType {
		if name, text, ok := parseStream(e.Content); ok {
			o.stream, o.text, o.textSize = name, [][]byte{text}, len(text)
			return o
		}
	}
	o.content = oneLine(e.Content)
	if e.Type == updateType {
		o.display = displayID(e.Content)
	}
	return o
}

// displayID returns which display a message is about, empty when it does not say.
func displayID(content []byte) string {
	var c struct {
		Transient struct {
			ID string `json:"display_id"`
		}
	}
	_ = json.Unmarshal(content, &c) // what it cannot read it leaves empty
	return c.Transient.ID
}

func (o output) size() int { return o.textSize + len(o.content) }

// large is the size in bytes from which on a part of text is kept where it is instead of copied
// behind the part before it.
const large = 4096

// join appends the text of another message of the same stream.
func (o *output) join(next output) {
	for _, part := range next.text {
		switch last := len(o.text) - 1; {
		case len(part) >= large:
			o.text, o.grows = append(o.text, part), false
		case o.grows:
			o.text[last] = append(o.text[last], part...)
		default:
			o.text, o.grows = append(o.text, append(make([]byte, 0, large), part...)), true
		}
	}
	o.textSize += next.textSize
	o.messages += next.messages
}

// split cuts the text of one stream message so that the first part has at most n bytes, at a place
// where both parts are valid. Other outputs cannot be split.
func (o output) split(n int) (first, rest output, ok bool) {
	if o.stream == "" || n <= 0 {
		return o, o, false
	}
	text := o.text[0]
	n = safeCut(text, n)
	first, rest = o, o
	first.text, first.textSize = [][]byte{text[:n]}, n
	rest.text, rest.textSize, rest.messages = [][]byte{text[n:]}, len(text)-n, 0
	return first, rest, n > 0
}

// parseStream returns the name and the text of a stream message's content, both as JSON has them
// between their quotes. What kernels send has a simple shape, which costs one look at each
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
	if s.ok && len(bytes.TrimSpace(s.rest)) == 0 && name != "" && text != nil {
		return name, text, true
	}
	return decodeStream(content)
}

func decodeStream(content []byte) (name string, text []byte, ok bool) {
	var c struct{ Name, Text *string }
	if json.Unmarshal(content, &c) != nil || c.Name == nil || c.Text == nil || *c.Name == "" {
		return "", nil, false
	}
	return string(jsonText(*c.Name)), jsonText(*c.Text), true
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

// appendTo appends the output's type and content.
func (o output) appendTo(b []byte) []byte {
	b = append(append(append(b, '"'), jsonText(o.kind)...), `","content":`...)
	if o.stream == "" {
		return append(b, o.content...)
	}
	b = append(append(append(b, `{"name":"`...), o.stream...), `","text":"`...)
	for _, part := range o.text {
		b = append(b, part...)
	}
	return append(b, `"}`...)
}
