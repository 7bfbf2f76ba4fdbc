package proxy

import (
	"encoding/json"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// question is what the kernel asked the user last.
type question struct {
	id    string // of the input_request, empty when it is answered
	asked wire.Input
	cell  *cell
}

// questioned takes note of a question.
func (r *Relay) questioned(m message) {
	if m.header.Type != wire.InputRequest {
		return
	}
	q := question{id: m.header.ID}
	_ = json.Unmarshal(m.content(), &q.asked) // one that does not say what it asks is answered all the same
	r.mu.Lock()
	defer r.mu.Unlock()
	q.cell = r.cells[m.parent.ID]
	r.asked = q
}

// answer records what the user answered, before the kernel gets it: what may be a secret is known as one by then.
func (r *Relay) answer(m message) {
	var content wire.InputValue
	if json.Unmarshal(m.content(), &content) != nil {
		return
	}
	r.mu.Lock()
	q := r.asked
	r.asked = question{}
	r.mu.Unlock()
	if q.cell != nil && (m.parent.ID == "" || m.parent.ID == q.id) {
		q.cell.Answered(q.asked, &content.Value)
	}
}
