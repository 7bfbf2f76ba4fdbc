package proxy

import (
	"bytes"
	"cmp"
	"encoding/json"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// voice is how the kernel speaks: what gemba says in its place sounds the same.
type voice struct {
	username, session, version string
	topic                      []byte // of its statuses on iopub
}

// hear learns the kernel's voice from a message.
func (v *voice) hear(m message) {
	v.username, v.session, v.version = m.header.Username, m.header.Session, m.header.Version
}

// message writes a message in the kernel's voice, as an answer to the one whose header is parent, or to none.
func (v *voice) message(author kernel.Author, t wire.Type, parent json.RawMessage, content, metadata any) (wire.Message, error) {
	m, err := author.Message(t, parent, content, metadata)
	m.Header.Username, m.Header.Version = cmp.Or(v.username, m.Header.Username), cmp.Or(v.version, m.Header.Version)
	m.Header.Session = cmp.Or(v.session, m.Header.Session)
	return m, err
}

// about is the topic of a published message.
func (v *voice) about(t wire.Type) []byte {
	if prefix, ok := bytes.CutSuffix(v.topic, []byte(wire.Status)); ok {
		return append(bytes.Clone(prefix), t...)
	}
	return []byte(t)
}
