package bridge

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Target is the target_name of comms that belong here, and how their ids begin.
const Target = "gemba.ledger"

// Version is that of the protocol.
const Version = 1

// Hello is what a front end is told first.
type Hello struct {
	Version int    `json:"version"`
	Program string `json:"program"` // version of this program
	Session string `json:"session"` // id in the ledger
	Kernel  string `json:"kernel"`  // "go", or the name of the wrapped kernel's kernelspec
}

// Options set up a Bridge. Handler is required. It gets paths below /api/ only, and is called from several goroutines at once.
type Options struct {
	Handler http.Handler
	Hello   Hello        // its Version is filled in
	Log     func(string) // nil: silence
}

// Bridge answers what comes over the comms of one kernel. A nil Bridge takes nothing.
type Bridge struct {
	Options
	ctx   context.Context
	end   context.CancelFunc
	group sync.WaitGroup
	pace  chan struct{} // has a token for each message of the last second
	turn  chan struct{} // has one while a message is being published

	mu    sync.Mutex
	comms []*comm // that are open, the oldest first
}

// New returns a Bridge. Close ends what it does.
func New(o Options) *Bridge {
	if o.Log == nil {
		o.Log = func(string) {}
	}
	o.Hello.Version = Version
	b := &Bridge{Options: o, pace: make(chan struct{}, perSecond), turn: make(chan struct{}, 1)}
	b.ctx, b.end = context.WithCancel(context.Background())
	return b
}

// Close ends all requests, and waits for the handler to return from them.
func (b *Bridge) Close() {
	b.mu.Lock()
	b.end() // under the lock, so that nothing begins behind it
	b.mu.Unlock()
	b.group.Wait()
}

// start calls f in a goroutine, unless the bridge is closed.
func (b *Bridge) start(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx.Err() == nil {
		b.group.Go(f)
	}
}

// incoming is the content of a comm message.
type incoming struct {
	ID     string          `json:"comm_id"`
	Target string          `json:"target_name"`
	Data   json.RawMessage `json:"data"`
}

// Take returns what is to be done about a comm message of a front end, nil for one that does not belong here. That is quick, and is to be
// called in the order in which messages came. It says its answers through publish, later and from other goroutines.
func (b *Bridge) Take(t wire.Type, content json.RawMessage, publish Publish) (do func()) {
	if b == nil {
		return nil
	}
	var in incoming
	if json.Unmarshal(content, &in) != nil {
		return nil
	}
	c := b.find(in.ID)
	switch {
	case t == wire.CommOpen && in.Target == Target:
		return func() { b.open(in, publish) }
	case t == wire.CommMsg && c != nil:
		return func() { c.take(in.Data, publish) }
	case t == wire.CommClose && c != nil:
		return func() { b.drop(c) }
	case t == wire.CommMsg && strings.HasPrefix(in.ID, Target):
		return func() { b.refuse(in.ID, "this comm is not open: open a new one", publish) }
	case t == wire.CommClose && strings.HasPrefix(in.ID, Target):
		return func() {}
	}
	return nil
}

// Comms returns the open comms, id to target name; target restricts them unless it is empty.
func (b *Bridge) Comms(target string) map[string]string {
	open := map[string]string{}
	if b == nil || target != "" && target != Target {
		return open
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.comms {
		open[c.id] = Target
	}
	return open
}

func (b *Bridge) find(id string) *comm {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.IndexFunc(b.comms, func(c *comm) bool { return c.id == id }); i >= 0 {
		return b.comms[i]
	}
	return nil
}

// kept is how many comms stay open.
const kept = 8

// open opens a comm and closes those that are too many. One with the id of an open one takes its place.
func (b *Bridge) open(in incoming, publish Publish) {
	var asked struct {
		Version int `json:"version"`
	}
	if json.Unmarshal(in.Data, &asked) != nil || asked.Version != Version {
		b.refuse(in.ID, "this gemba speaks version 1 of its protocol: reload the page, and where that does not help, gemba install puts the extension in that goes with it", publish)
		return
	}
	c := newComm(b, in.ID, publish)
	b.mu.Lock()
	if i := slices.IndexFunc(b.comms, func(o *comm) bool { return o.id == c.id }); i >= 0 {
		b.comms[i].cancel()
		b.comms = slices.Delete(b.comms, i, i+1)
	}
	b.comms = append(b.comms, c)
	stale := slices.Clone(b.comms[:max(0, len(b.comms)-kept)])
	b.mu.Unlock()
	for _, s := range stale {
		b.drop(s)
		b.refuse(s.id, "newer pages took this one's place: reload it to go on", publish)
	}
	b.start(c.greet)
}

// drop forgets a comm and ends its requests.
func (b *Bridge) drop(c *comm) {
	c.cancel()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.comms = slices.DeleteFunc(b.comms, func(o *comm) bool { return o == c })
}
