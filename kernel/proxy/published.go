package proxy

import (
	"encoding/json"

	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

// published passes on what the kernel published, and records what is a cell's.
func (r *Relay) published(m message) {
	r.mu.Lock()
	c := r.cells[m.parent.ID]
	if c != nil {
		c.stirred++
		c.taking++
		defer r.taken(c)
	}
	r.mu.Unlock()
	if c == nil {
		r.toFront(wire.IOPub, m)
		r.lateOutput(m)
		return
	}
	switch m.header.Type {
	case wire.Status:
		r.status(c, m)
	case wire.ExecuteInput:
		r.input(c, m)
	default:
		r.toFront(wire.IOPub, m)
		c.Output(m.header.Type, m.content())
	}
}

func (r *Relay) taken(c *cell) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.taking--
}

// status passes on a status, except for a busy that was told before, and the idle, which waits for the cell's record.
func (r *Relay) status(c *cell, m message) {
	switch state(m) {
	case wire.Busy:
		if r.announced(c) {
			return
		}
	case wire.Idle:
		if r.keep(&c.idle, m) {
			r.settle(c)
			return
		}
	}
	r.toFront(wire.IOPub, m)
}

// keep puts a message aside until the cell's record is safe, unless there is one already.
func (r *Relay) keep(place **message, m message) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if *place != nil {
		return false
	}
	*place = &m
	return true
}

func (r *Relay) announced(c *cell) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return c.announced
}

// input passes on the input that the kernel echoes, as the front end sent it.
func (r *Relay) input(c *cell, m message) {
	var said wire.CellInput
	_ = json.Unmarshal(m.content(), &said) // without a count, the next one is guessed
	r.mu.Lock()
	announced, taken := c.announced, c.taken
	if c.asked.Counts() && said.Count > 0 {
		r.count = said.Count
	}
	r.mu.Unlock()
	if announced {
		return
	}
	if taken {
		if content, err := set(m.content(), map[string]any{"code": c.source}); err == nil {
			m = m.with(content, r.key)
		}
	}
	r.toFront(wire.IOPub, m)
}

// replied passes on a reply of the kernel: that to a cell when its record is safe.
func (r *Relay) replied(channel wire.Channel, m message) {
	r.mu.Lock()
	c := r.cells[m.parent.ID]
	r.mu.Unlock()
	if m.header.Type == wire.ConnectReply {
		m = r.connected(m)
	}
	if c == nil || m.header.Type != wire.ExecuteReply {
		r.toFront(channel, r.edited(m))
		return
	}
	if c.failure != nil {
		m = r.failed(c, m)
	}
	c.facts()                 // while the rest comes that its end waits for
	if !r.keep(&c.reply, m) { // a second reply to one request
		r.toFront(channel, m)
		return
	}
	r.settle(c)
}

// connected makes the kernel's ports the front's.
func (r *Relay) connected(m message) message {
	ports := map[string]any{"shell_port": r.Ports.Shell, "iopub_port": r.Ports.IOPub, "stdin_port": r.Ports.Stdin,
		"control_port": r.Ports.Control, "hb_port": r.Ports.Heartbeat}
	content, err := set(m.content(), ports)
	if err != nil {
		return m
	}
	return m.with(content, r.key)
}

// failed makes the kernel's reply that of the cell which gemba kept from running.
func (r *Relay) failed(c *cell, m message) message {
	content, err := set(m.content(), map[string]any{"status": wire.StatusError, "ename": c.failure.Name,
		"evalue": c.failure.Value, "traceback": c.failure.Traceback})
	if err != nil {
		return m
	}
	metadata, err := set(m.metadata(), map[string]any{"status": wire.StatusError})
	if err != nil {
		metadata = m.metadata()
	}
	return m.rewrite(metadata, content, r.key)
}

// past are the last cells that are over: what they publish afterwards has no place in their record any more.
type past struct {
	cells map[string]tracker.ID // by request, zero once it is said that something came late
	order []string
}

// remembered is how many cells are.
const remembered = 1000

func newPast() *past { return &past{cells: map[string]tracker.ID{}} }

func (p *past) add(request string, execution tracker.ID) {
	p.cells[request], p.order = execution, append(p.order, request)
	if len(p.order) > remembered {
		delete(p.cells, p.order[0])
		p.order = p.order[1:]
	}
}

// lateOutput says in the ledger, once for each cell, that it published something after its end: from a thread, say.
func (r *Relay) lateOutput(m message) {
	if !m.header.Type.IsOutput() {
		return
	}
	r.mu.Lock()
	execution, over := r.past.cells[m.parent.ID]
	if over {
		r.past.cells[m.parent.ID] = tracker.ID{}
	}
	r.mu.Unlock()
	if over && !execution.IsZero() {
		r.Session.Gap(execution, "what the cell showed after its end is not recorded")
	}
}
