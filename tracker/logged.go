package tracker

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Logged is what the blob of an entry of runs, experiments or models tells: JSON lines, one for each of these.
type Logged struct {
	Params      []Param
	Tags        []Tag
	Inputs      []Input
	Aliases     []Alias
	Description *string
}

// description is a line of its own kind.
type description struct {
	Text string `json:"description"`
}

// Encode returns the lines, nothing when there are none.
func (l Logged) Encode() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if l.Description != nil {
		_ = enc.Encode(description{*l.Description}) // these always encode
	}
	encodeAll(enc, l.Params)
	encodeAll(enc, l.Tags)
	encodeAll(enc, l.Inputs)
	encodeAll(enc, l.Aliases)
	return b.Bytes()
}

func encodeAll[T any](enc *json.Encoder, list []T) {
	for _, v := range list {
		_ = enc.Encode(v) // strings and numbers always encode
	}
}

// loggedLines maps the first member of a line, which tells its kind, to what is done with it.
var loggedLines = map[string]func(*Logged, []byte) error{
	"description": func(l *Logged, line []byte) error {
		var d description
		err := json.Unmarshal(line, &d)
		l.Description = &d.Text
		return err
	},
	"param": func(l *Logged, line []byte) error { return add(&l.Params, line) },
	"tag":   func(l *Logged, line []byte) error { return add(&l.Tags, line) },
	"input": func(l *Logged, line []byte) error { return add(&l.Inputs, line) },
	"alias": func(l *Logged, line []byte) error { return add(&l.Aliases, line) },
}

func add[T any](list *[]T, line []byte) error {
	var v T
	err := json.Unmarshal(line, &v)
	*list = append(*list, v)
	return err
}

// DecodeLogged reads what Encode wrote. A kind of line that this program does not know is passed over.
func DecodeLogged(lines []byte) (Logged, error) {
	var l Logged
	for line := range bytes.Lines(lines) {
		read, known := loggedLines[firstMember(line)]
		if !known {
			continue
		}
		if err := read(&l, line); err != nil {
			return l, fmt.Errorf("decode what was logged: %w", err)
		}
	}
	return l, nil
}

// firstMember returns the name of the first member of an object, empty when there is none.
func firstMember(line []byte) string {
	rest, ok := bytes.CutPrefix(line, []byte(`{"`))
	if !ok {
		return ""
	}
	name, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(name)
}
