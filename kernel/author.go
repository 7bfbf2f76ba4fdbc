package kernel

import (
	"encoding/json"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

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
