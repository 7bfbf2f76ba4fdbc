package proxy

import (
	"encoding/json"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// edit is a request about a line that may be one of gemba's magics.
type edit struct {
	at   wire.CodeAt
	kind wire.Type
}

// noteEdit takes note of a request about a cell with magics: gemba adds to what the kernel answers.
func (r *Relay) noteEdit(m message) {
	var at wire.CodeAt
	if json.Unmarshal(m.content(), &at) != nil || !r.Session.OnCommand(at.Code, at.Position()) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.edits[m.header.ID] = edit{at, m.header.Type}
}

// edited adds to a reply what gemba knows of its magics.
func (r *Relay) edited(m message) message {
	r.mu.Lock()
	e, noted := r.edits[m.parent.ID]
	delete(r.edits, m.parent.ID)
	r.mu.Unlock()
	if !noted {
		return m
	}
	var content any
	switch m.header.Type {
	case wire.CompleteReply:
		var c wire.Completion
		if json.Unmarshal(m.content(), &c) != nil {
			return m
		}
		content = wire.Completed{Status: wire.StatusOK, Completion: r.Session.CompleteMagic(r.ctx, e.at.Code, e.at.Position(), c)}
	case wire.InspectReply:
		i, ours := r.Session.InspectMagic(e.at.Code, e.at.Position())
		if !ours {
			return m
		}
		content = wire.Inspected{Status: wire.StatusOK, Inspection: i}
	default:
		return m
	}
	raw, err := wire.Encode(content)
	if err != nil {
		return m
	}
	return m.with(raw, r.key)
}
