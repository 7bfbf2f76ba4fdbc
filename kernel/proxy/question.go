package proxy

import (
	"encoding/json"
	"maps"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// question is what a cell asked the user.
type question struct {
	asked wire.Input
	cell  *cell
}

// questions are those that nobody answered yet, by the id of the input_request.
type questions struct {
	open map[string]question
	last string // that was asked: clients that do not say what they answer mean this one
}

func (q *questions) add(id string, asked question) {
	if q.open == nil {
		q.open = map[string]question{}
	}
	q.open[id], q.last = asked, id
}

// take returns the question that an answer to id answers, and forgets it.
func (q *questions) take(id string) (question, bool) {
	if id == "" {
		id = q.last
	}
	asked, ok := q.open[id]
	delete(q.open, id)
	return asked, ok
}

// forget drops what a cell asked.
func (q *questions) forget(c *cell) {
	maps.DeleteFunc(q.open, func(_ string, asked question) bool { return asked.cell == c })
}

// questioned takes note of a question.
func (r *Relay) questioned(m message) {
	if m.header.Type != wire.InputRequest {
		return
	}
	var q question
	_ = json.Unmarshal(m.content(), &q.asked) // one that does not say what it asks is answered all the same
	r.mu.Lock()
	defer r.mu.Unlock()
	if q.cell = r.cells[m.parent.ID]; q.cell != nil {
		r.asked.add(m.header.ID, q)
	}
}

// answer records what the user answered, before the kernel gets it: what may be a secret is known as one by then.
func (r *Relay) answer(m message) {
	var content wire.InputValue
	if json.Unmarshal(m.content(), &content) != nil {
		return
	}
	r.mu.Lock()
	q, ok := r.asked.take(m.parent.ID)
	r.mu.Unlock()
	if ok {
		q.cell.Answered(q.asked, &content.Value)
	}
}
