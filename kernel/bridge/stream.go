package bridge

import (
	"bytes"
	"encoding/json"
	"strings"
)

// stream reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) as a handler writes them, and has
// them pushed.
type stream struct {
	emit func(event) error // pushes an event
	line []byte            // as far as it is written
	name string
	id   string
	data []string
}

// take reads a part of the stream.
func (s *stream) take(p []byte) error {
	for {
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			s.line = append(s.line, p...)
			return nil
		}
		line := string(bytes.TrimSuffix(append(s.line, p[:end]...), []byte("\r")))
		s.line, p = s.line[:0], p[end+1:]
		if err := s.read(line); err != nil {
			return err
		}
	}
}

// read reads a line: a field, a comment, or the empty one that ends an event.
func (s *stream) read(line string) error {
	if line == "" {
		return s.finish()
	}
	field, value, _ := strings.Cut(line, ":")
	value = strings.TrimPrefix(value, " ")
	switch field {
	case "event":
		s.name = value
	case "id":
		s.id = value
	case "data":
		s.data = append(s.data, value)
	}
	return nil
}

// finish has an event pushed, unless it has no data.
func (s *stream) finish() error {
	e := event{Name: s.name, ID: s.id, Data: dataOf(strings.Join(s.data, "\n"))}
	if e.Name == "" {
		e.Name = "message"
	}
	none := s.data == nil
	s.name, s.data = "", nil
	if none {
		return nil
	}
	return s.emit(e)
}

// dataOf returns JSON as it is, and any other text as a string.
func dataOf(text string) json.RawMessage {
	if json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	quoted, _ := encode(text) // a string always encodes
	return json.RawMessage(quoted)
}
