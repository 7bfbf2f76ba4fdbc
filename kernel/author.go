package kernel

import (
	"encoding/json"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

// Author writes messages in the name of a session, for what is put in between those of a wrapped kernel.
type Author struct{ a *author }

// NewAuthor returns an author whose messages have ids that no other one's of the session have, by their mark.
func NewAuthor(session tracker.ID, mark string, now func() time.Time) Author {
	return Author{&author{session: session, username: username(), mark: mark, now: now}}
}

// Message writes a message that answers the one whose header is parent, nil for none.
func (w Author) Message(t wire.Type, parent json.RawMessage, content, metadata any) (wire.Message, error) {
	return w.a.message(t, parent, content, metadata)
}

// author writes the headers of a kernel's messages. Its session is the ledger's, so that a message
// leads to its record.
type author struct {
	session  tracker.ID
	username string
	mark     string // tells the ids of a session's authors apart
	now      func() time.Time
	written  atomic.Int64
}

// message writes a message that answers the one whose header is parent, nil for none.
func (a *author) message(t wire.Type, parent json.RawMessage, content, metadata any) (m wire.Message, err error) {
	session := a.session.String()
	m.Header = wire.Header{
		MsgID: session + "_" + a.mark + strconv.FormatInt(a.written.Add(1), 10), Session: session,
		Username: a.username, Date: wire.FormatDate(a.now()), Type: t, Version: wire.ProtocolVersion,
	}
	m.Parent = parent
	if m.Content, err = wire.Encode(content); err != nil || metadata == nil {
		return m, err
	}
	m.Metadata, err = wire.Encode(metadata)
	return m, err
}
