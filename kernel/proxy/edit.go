package proxy

import (
	"encoding/json"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// edit is a request about a line that may be one of gemba's magics, or about comms, some of which are gemba's.
type edit struct {
	at     wire.CodeAt
	target string // of comms
	kind   wire.Type
}

// edits are the last of them that are not answered.
type edits struct {
	open  map[string]edit
	order []string
}

func newEdits() edits { return edits{open: map[string]edit{}} }

// unanswered is how many requests are remembered that the kernel does not answer.
const unanswered = 100

func (e *edits) add(id string, what edit) {
	e.open[id], e.order = what, append(e.order, id)
	if len(e.order) > unanswered {
		delete(e.open, e.order[0])
		e.order = e.order[1:]
	}
}

func (e *edits) take(id string) (edit, bool) {
	what, ok := e.open[id]
	delete(e.open, id)
	return what, ok
}

// noteEdit takes note of a request about a cell with magics: gemba adds to what the kernel answers.
func (r *Relay) noteEdit(m message) {
	var at wire.CodeAt
	if json.Unmarshal(m.content(), &at) != nil || !r.Session.OnCommand(at.Code, at.Position()) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.edits.add(m.header.ID, edit{at: at, kind: m.header.Type})
}

// edited adds to a reply what gemba knows of its magics.
func (r *Relay) edited(m message) message {
	r.mu.Lock()
	e, noted := r.edits.take(m.parent.ID)
	r.mu.Unlock()
	if !noted {
		return m
	}
	var content any
	switch m.header.Type {
	case wire.CommInfoReply:
		return r.listed(m, e.target)
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
