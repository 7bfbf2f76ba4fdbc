package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// cell is an execution that the kernel has, or is about to have.
type cell struct {
	*kernel.Execution
	lane    *lane
	request message
	asked   wire.Execute
	source  string // as the front end sent it
	cellID  string
	ctx     context.Context // of what gemba does before the kernel has it
	cancel  context.CancelFunc
	facts   func() wire.Facts // gathers them the first time, when the kernel has replied

	// The relay's lock guards what follows.
	announced bool        // its busy and execute_input were published here, before the kernel's
	taken     bool        // magics were taken out
	failure   *wire.Error // why it does not run: the kernel executes nothing in its place
	count     int
	reply     *message // that waits for the rest
	idle      *message // likewise
	waits     bool     // for either, with a limit
	stirred   int      // messages that came for it
	taking    int      // of them being recorded
	over      bool
}

// execute begins an execution, and gives it to the kernel.
func (r *Relay) execute(l *lane, m message) {
	c, ok := r.begin(l, m)
	if !ok { // the kernel says what it wants to say to that
		r.toKernel(l.channel, m)
		l.end()
		return
	}
	asked := wire.Cell{Source: c.source, Count: c.count, CellID: c.cellID, Silent: c.asked.Silent, Uncounted: !c.asked.Counts(), AllowStdin: c.asked.Asks()}
	prepared, failure := c.Prepare(c.ctx, asked, announcer{r, c})
	c.cancel()
	if r.ctx.Err() != nil { // the kernel is gone
		return
	}
	if failure != nil {
		r.fail(c, failure)
		prepared.Source = ""
	} else {
		r.Link.Place(prepared.Env)
	}
	l.start(r.rewritten(c, prepared.Source), r.Link.polls(prepared.Source))
}

// begin records the beginning of an execution, false for a request that is none.
func (r *Relay) begin(l *lane, m message) (*cell, bool) {
	c := &cell{lane: l, request: m}
	if json.Unmarshal(m.content(), &c.asked) != nil || c.asked.Code == nil {
		return nil, false
	}
	c.source, c.cellID = *c.asked.Code, cellID(m)
	c.ctx, c.cancel = context.WithCancel(r.ctx)
	r.mu.Lock()
	c.count = r.count
	if c.asked.Counts() {
		c.count++ // as the kernel will
	}
	r.mu.Unlock()
	begun, before := r.Link.Now(), r.Link.spent()
	c.facts = sync.OnceValue(func() wire.Facts {
		facts := r.Link.Guest.Facts(m.header.ID)
		r.Link.spent().since(before, &facts)
		facts.Run = r.Link.Now().Sub(begun)
		return facts
	})
	c.Execution = r.Session.Begin(wire.Cell{Source: c.source, Count: c.count, CellID: c.cellID, Silent: c.asked.Silent})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cells[m.header.ID] = c
	return c, true
}

func cellID(m message) string {
	var meta wire.ExecuteMetadata
	_ = json.Unmarshal(m.metadata(), &meta) // a front end that sends no cell id is none the worse
	return meta.CellID
}

// rewritten is the request of a cell whose magics were taken out.
func (r *Relay) rewritten(c *cell, rest string) message {
	if rest == c.source {
		return c.request
	}
	fields := map[string]any{"code": r.Link.counted(rest, c.source)}
	if c.failure != nil {
		fields["user_expressions"] = struct{}{}
	}
	content, err := set(c.request.content(), fields)
	if err != nil { // it was read before
		return c.request
	}
	r.mu.Lock()
	c.taken = true
	r.mu.Unlock()
	return c.request.with(content, r.key)
}

// fail shows why a cell does not run.
func (r *Relay) fail(c *cell, failure *wire.Error) {
	if failure.Traceback == nil {
		failure.Traceback = []string{}
	}
	c.failure = failure
	if !c.asked.Silent {
		announcer{r, c}.Publish(wire.ErrorType, failure)
	}
}

// announcer shows what gemba has to say in a cell, behind the busy and the input that a front end expects first.
type announcer struct {
	r *Relay
	c *cell
}

// Publish shows a message, and records it.
func (a announcer) Publish(t wire.Type, content any, _ ...[]byte) {
	if a.c.asked.Silent && t.IsOutput() {
		return
	}
	a.announce()
	a.r.say(a.c.request.rawHeader(), t, content)
	if raw, err := wire.Encode(content); err == nil { // what was said is JSON
		a.c.Output(t, raw)
	}
}

func (a announcer) announce() {
	a.r.mu.Lock()
	was := a.c.announced
	a.c.announced = true
	a.r.mu.Unlock()
	if was {
		return
	}
	a.r.say(a.c.request.rawHeader(), wire.Status, wire.State{ExecutionState: wire.Busy})
	if !a.c.asked.Silent {
		a.r.say(a.c.request.rawHeader(), wire.ExecuteInput, wire.CellInput{Code: a.c.source, Count: a.c.count})
	}
}

// Input fails: magics ask nothing.
func (a announcer) Input(context.Context, string, bool) (string, error) { return "", wire.ErrNoStdin }

// patience is how long the reply to a cell waits for its idle, or the other way round, when nothing else comes: a kernel sends both.
const patience = time.Second

// settle ends a cell when the kernel's reply and its idle are both there.
func (r *Relay) settle(c *cell) {
	r.mu.Lock()
	whole := c.reply != nil && c.idle != nil
	if !whole && !c.waits {
		c.waits = true
		r.limit(c)
	}
	r.mu.Unlock()
	if whole {
		r.conclude(c)
	}
}

// limit ends a cell when nothing comes for it any more. The lock is held.
func (r *Relay) limit(c *cell) {
	before := c.stirred
	time.AfterFunc(patience, func() {
		r.mu.Lock()
		stirred := c.stirred != before || c.taking > 0
		if stirred && !c.over {
			r.limit(c)
		}
		r.mu.Unlock()
		if !stirred {
			r.conclude(c)
		}
	})
}

// conclude makes the record of a cell safe, and then passes on its idle and its reply: in this order, since what a front end sends
// because of the reply goes straight to the kernel, and is not to be busy before this idle.
func (r *Relay) conclude(c *cell) {
	reply, idle, first := r.forget(c)
	if !first {
		return
	}
	outcome, failed := r.outcome(c, reply)
	c.Finish(outcome)
	var behind []message // before anybody knows that it failed: what comes then is not meant
	if failed && c.asked.Stops() && !c.asked.Silent {
		behind = c.lane.abort()
	}
	if idle != nil {
		r.toFront(wire.IOPub, *idle)
	} else {
		r.shown.mu.Lock()
		r.shown.forget(c.request.header.ID)
		r.shown.mu.Unlock()
	}
	if reply != nil {
		r.toFront(c.lane.channel, *reply)
	}
	for _, m := range behind {
		r.abort(c.lane, m, reply)
	}
	c.lane.end()
}

// forget says that a cell is over, and whether it was not before.
func (r *Relay) forget(c *cell) (reply, idle *message, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.over {
		return nil, nil, false
	}
	c.over = true
	id := c.request.header.ID
	if r.cells[id] == c {
		delete(r.cells, id)
	}
	r.asked.forget(c)
	r.past.add(id, c.ID)
	return c.reply, c.idle, true
}

// outcome is how a cell ended, by its reply.
func (r *Relay) outcome(c *cell, reply *message) (o wire.Outcome, failed bool) {
	o.Facts = c.facts()
	if c.failure != nil {
		o.Error = c.failure
		return o, true
	}
	if reply == nil {
		o.Facts.Seen.Missed = append(o.Facts.Seen.Missed, "how the cell ended: the kernel sent no execute_reply")
		return o, false
	}
	o = replyOf(*reply, o)
	return o, o.Shown
}

// failure is why a cell failed, nil when it did not. Some kernels reply that an interrupted cell was aborted.
func failure(status string, said wire.Error) *wire.Error {
	switch status {
	case wire.StatusError:
		return &said
	case wire.StatusAborted, "abort": // as version 4 of the protocol had it
		return &wire.Error{Name: wire.Interrupted, Value: "the kernel says that the cell was aborted", Traceback: []string{}}
	}
	return nil
}

// bury ends the cells that the kernel took with it. Where nobody asked it to go, they say so.
func (r *Relay) bury(why error) {
	r.mu.Lock()
	cells := slices.Collect(maps.Values(r.cells))
	r.mu.Unlock()
	dead := &wire.Error{Name: "DeadKernel", Value: why.Error()}
	if errors.As(why, new(*stopped)) {
		dead.Name = wire.Interrupted
	}
	for _, c := range cells {
		r.buryOne(c, dead)
	}
}

func (r *Relay) buryOne(c *cell, dead *wire.Error) {
	r.mu.Lock()
	replied := c.reply != nil
	r.mu.Unlock()
	if replied { // and went before it was idle
		r.conclude(c)
		return
	}
	if _, _, first := r.forget(c); !first {
		return
	}
	if dead.Name != wire.Interrupted {
		r.say(c.request.rawHeader(), wire.Stream, wire.StreamContent{Name: "stderr", Text: "gemba: " + dead.Value + "; what ran until then is recorded\n"})
	}
	c.Finish(wire.Outcome{Error: dead, Facts: c.facts()})
}

// abort answers an execution that waited behind one that failed, as the kernel would have. The reply to that one, nil for none,
// shows what the kernel says besides.
func (r *Relay) abort(l *lane, m message, failed *message) {
	var asked wire.Execute
	if json.Unmarshal(m.content(), &asked) == nil && asked.Code != nil {
		r.Session.Abort(wire.Cell{Source: *asked.Code, CellID: cellID(m), Silent: asked.Silent})
	}
	var metadata json.RawMessage = []byte("{}")
	if failed != nil {
		metadata = failed.metadata()
	}
	if with, err := set(metadata, map[string]any{"status": wire.StatusAborted}); err == nil {
		metadata = with
	}
	r.say(m.rawHeader(), wire.Status, wire.State{ExecutionState: wire.Busy})
	r.say(m.rawHeader(), wire.Status, wire.State{ExecutionState: wire.Idle})
	r.reply(l.channel, m, wire.ExecuteReply, wire.Plain{Status: wire.StatusAborted}, metadata)
}

// reply answers a request in the kernel's place.
func (r *Relay) reply(c wire.Channel, request message, t wire.Type, content, metadata any) {
	m, err := r.Link.voice.message(r.author, t, request.rawHeader(), content, metadata)
	if err != nil {
		r.Log("drop a reply of gemba's: " + err.Error())
		return
	}
	m.Identities = request.identities()
	r.toFront(c, message{frames: m.Frames(r.key)})
}
