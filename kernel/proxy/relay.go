package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/bridge"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// Front is where front ends are.
type Front interface {
	// Receive returns the next message of a channel; on shell, control and stdin its sender is its first frame.
	Receive(ctx context.Context, c wire.Channel) ([][]byte, error)
	// Forward sends a message, and does not wait for anybody to read it.
	Forward(c wire.Channel, frames [][]byte) error
	// Offer publishes a message once there is room for it, however long that takes. When ctx ends first it sends nothing.
	Offer(ctx context.Context, m wire.Message) error
}

// RelayOptions set up a Relay. Session, Link and Front are required.
type RelayOptions struct {
	Session *kernel.Session
	Link    *Link
	Front   Front
	Ports   wire.Connected // of the front, for who asks the kernel for its own
	Bridge  *bridge.Bridge // takes the comms that are for the ledger; nil: all are for the kernel
	Log     func(string)   // nil: silence
}

// Relay passes messages between front ends and a wrapped kernel, and records what cells do.
type Relay struct {
	RelayOptions
	key    wire.Key
	author kernel.Author
	ctx    context.Context
	stop   context.CancelCauseFunc
	shown  shown

	mu      sync.Mutex
	lanes   map[string]*lane
	cells   map[string]*cell // that are not over, by their request
	count   int              // the last execution count that the kernel told
	asked   questions        // that the kernel asked the user
	edits   edits            // requests about lines that may be magics
	past    *past            // cells that are over
	leaving string           // why the kernel is asked to end, empty while it is not
	begins  sync.WaitGroup   // executions that are not with the kernel yet
}

// NewRelay returns a Relay that does nothing until Serve is called.
func NewRelay(o RelayOptions) *Relay {
	if o.Log == nil {
		o.Log = func(string) {}
	}
	r := &Relay{RelayOptions: o, key: o.Link.key, author: kernel.NewAuthor(o.Session.ID, "relay", o.Link.Now),
		lanes: map[string]*lane{}, cells: map[string]*cell{}, edits: newEdits(), past: newPast()}
	r.ctx, r.stop = context.WithCancelCause(context.Background())
	return r
}

// stopped is the cause that ends Serve from this side.
type stopped struct{ reason string }

func (s *stopped) Error() string { return "kernel stopped: " + s.reason }

// Stop makes Serve end the kernel and return; the record says that reason ended the session, e.g. "SIGTERM".
func (r *Relay) Stop(reason string) { r.stop(&stopped{reason}) }

// grace is how long a kernel that is to end may take until it is killed.
const grace = 3 * time.Second

// Serve passes messages until the kernel is gone, Stop is called or ctx ends. It returns ErrDied for a kernel that ended
// without being asked to.
func (r *Relay) Serve(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { r.Stop(context.Cause(ctx).Error()) })()
	r.Link.Pass(r.fromKernel)
	var group sync.WaitGroup
	for _, c := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin} {
		group.Go(func() { r.read(c) })
	}
	select {
	case <-r.Link.Child.Gone():
	case <-r.ctx.Done():
	}
	r.Link.Child.Stop(grace) // what it started goes with it
	r.Link.drain()
	if reason := r.reason(); reason != "" {
		r.Stop(reason)
	}
	r.stop(r.Link.died())
	within(patience, r.begins.Wait)
	r.bury(context.Cause(r.ctx))
	group.Wait()
	return r.end(context.Cause(r.ctx))
}

// within waits until something is done, but not for longer than limit, and says whether it is.
func within(limit time.Duration, wait func()) bool {
	done := make(chan struct{})
	go func() {
		wait()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-time.After(limit):
		return false
	}
}

// end records that the session is over, and why.
func (r *Relay) end(why error) error {
	var s *stopped
	if errors.As(why, &s) {
		return r.Session.Close(s.reason)
	}
	return errors.Join(why, r.Session.Close(why.Error()))
}

// reason is why the kernel was asked to end.
func (r *Relay) reason() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.leaving
}

// read passes on what front ends send on one channel until the relay ends.
func (r *Relay) read(c wire.Channel) {
	for {
		frames, err := r.Front.Receive(r.ctx, c)
		if r.ctx.Err() != nil {
			return
		}
		if err != nil {
			r.stop(&stopped{"read " + string(c) + " channel: " + err.Error()})
			return
		}
		m, ok := look(frames)
		if !ok || !m.signed(r.key) { // the kernel says what it wants to say to that
			r.toKernel(c, m)
			continue
		}
		r.fromFront(c, m)
	}
}

// fromFront looks at what a front end sends before it is passed on.
func (r *Relay) fromFront(c wire.Channel, m message) {
	switch m.header.Type {
	case wire.InterruptRequest:
		r.interrupted(string(wire.InterruptRequest))
	case wire.ShutdownRequest:
		r.shutdown(m)
	case wire.InputReply:
		r.answer(m)
	case wire.CompleteRequest, wire.InspectRequest:
		r.noteEdit(m)
	case wire.CommInfoRequest:
		r.noteComms(m)
	}
	if c == wire.Stdin {
		r.toKernel(c, m)
		return
	}
	if c == wire.Shell && comms[m.header.Type] && r.bridged(m) {
		return
	}
	r.laneOf(c, m).submit(m)
}

// toKernel passes a message on to the kernel.
func (r *Relay) toKernel(c wire.Channel, m message) {
	if err := r.Link.Child.channels[c].Send(m.frames); err != nil {
		r.Log("the kernel does not take a message: " + err.Error())
	}
}

// fromKernel passes a message of the kernel on to the front ends.
func (r *Relay) fromKernel(c wire.Channel, m message, read bool) {
	switch {
	case !read:
		r.toFront(c, m)
	case c == wire.IOPub:
		r.published(m)
	case c == wire.Stdin:
		r.questioned(m)
		r.toFront(c, m)
	default:
		r.replied(c, m)
	}
}

func (r *Relay) toFront(c wire.Channel, m message) {
	if c == wire.IOPub && m.header.Type == wire.Status {
		r.shown.mu.Lock()
		defer r.shown.mu.Unlock()
		r.shown.note(m)
	}
	r.forward(c, m.frames)
}

func (r *Relay) forward(c wire.Channel, frames [][]byte) {
	if err := r.Front.Forward(c, frames); err != nil && !errors.Is(err, kernel.ErrAway) {
		r.Log("drop a message: " + err.Error())
	}
}

// shutdown takes note of a request that ends the kernel: it is not dying by itself.
func (r *Relay) shutdown(m message) {
	var asked wire.Shutdown
	_ = json.Unmarshal(m.content(), &asked) // one that says nothing more is no restart
	reason := "shutdown"
	if asked.Restart {
		reason = "restart"
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leaving = reason
}

// Interrupt interrupts the kernel as its kernelspec says; by says who asked, e.g. "SIGINT".
func (r *Relay) Interrupt(by string) {
	r.interrupted(by)
	go r.Link.interrupt() // some answer
}

// interrupted records an interrupt, and ends what gemba does for cells that the kernel does not have yet.
func (r *Relay) interrupted(by string) {
	r.Session.Interrupted(by)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.cells {
		c.cancel()
	}
}

// say publishes a message of gemba's own in the kernel's voice, as an answer to a request, or to none.
func (r *Relay) say(parent json.RawMessage, t wire.Type, content any) {
	if m, ok := r.spoken(t, parent, content); ok {
		said, _ := look(m.Frames(r.key)) // it was written here
		r.toFront(wire.IOPub, said)
	}
}

// spoken writes a message to be published in the kernel's voice, false for one that cannot be written.
func (r *Relay) spoken(t wire.Type, parent json.RawMessage, content any) (wire.Message, bool) {
	m, err := r.Link.voice.message(r.author, t, parent, content, nil)
	if err != nil {
		r.Log("drop a message of gemba's: " + err.Error())
		return m, false
	}
	m.Identities = [][]byte{r.Link.voice.about(t)}
	return m, true
}
