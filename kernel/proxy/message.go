package proxy

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// head is what is looked at of a header.
type head struct {
	ID       string    `json:"msg_id"`
	Session  string    `json:"session"`
	Username string    `json:"username"`
	Version  string    `json:"version"`
	Type     wire.Type `json:"msg_type"`
	Subshell string    `json:"subshell_id"`
}

// message is a message in passing: its frames as they came, and what is looked at of them.
type message struct {
	frames         [][]byte
	body           int // where the header is among the frames; behind it parent header, metadata, content, buffers
	header, parent head
}

// look reads the two headers of a message, false for what is not one. Neither is its signature checked nor its content read:
// most messages pass without.
func look(frames [][]byte) (message, bool) {
	at := slices.IndexFunc(frames, func(f []byte) bool { return string(f) == "<IDS|MSG>" })
	m := message{frames: frames, body: at + 2}
	if at < 0 || len(frames) < m.body+4 {
		return m, false
	}
	if json.Unmarshal(frames[m.body], &m.header) != nil || m.header.Type == "" {
		return m, false
	}
	return m, json.Unmarshal(frames[m.body+1], &m.parent) == nil
}

// identities is where the message came from, or goes to.
func (m message) identities() [][]byte { return m.frames[:m.body-2] }

func (m message) rawHeader() json.RawMessage { return m.frames[m.body] }
func (m message) rawParent() json.RawMessage { return m.frames[m.body+1] }
func (m message) metadata() json.RawMessage  { return m.frames[m.body+2] }
func (m message) content() json.RawMessage   { return m.frames[m.body+3] }

// signed reports whether whoever sent the message has the key, and what was not looked at is as the protocol has it.
func (m message) signed(key wire.Key) bool {
	return key.Verify(m.frames[m.body-1], m.frames[m.body:m.body+4]) && !slices.ContainsFunc(m.frames[m.body+1:m.body+4], isNoObject)
}

func isNoObject(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) == 0 || b[0] != '{' || !json.Valid(b)
}

// with returns the message with another content, signed anew.
func (m message) with(content json.RawMessage, key wire.Key) message {
	return m.rewrite(m.metadata(), content, key)
}

// rewrite returns the message with other metadata and another content, signed anew.
func (m message) rewrite(metadata, content json.RawMessage, key wire.Key) message {
	m.frames = slices.Clone(m.frames)
	m.frames[m.body+2], m.frames[m.body+3] = metadata, content
	m.frames[m.body-1] = key.Sign(m.frames[m.body : m.body+4])
	return m
}

// set returns the content with some of its fields replaced.
func set(content json.RawMessage, fields map[string]any) (json.RawMessage, error) {
	all := map[string]any{}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(content, &raw); err != nil {
		return nil, err
	}
	for name, value := range raw {
		all[name] = value
	}
	for name, value := range fields {
		all[name] = value
	}
	return wire.Encode(all)
}
