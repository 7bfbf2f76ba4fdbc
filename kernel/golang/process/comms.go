package process

import (
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Addresses of the protocol itself; the others are the programs' and the widgets'. They and the
// target name are GoNB's, as its gonbui package and its widgets' JavaScript speak them.
const (
	commTarget  = "gonb_comm"
	commOpenAck = "#comm_open_ack"
	commPing    = "#heartbeat/ping"
	commPong    = "#heartbeat/pong"
	commRan     = "#gemba/ran" // ours: the page has run a transient script
)

// limits say how long a page is waited for.
type limits struct {
	page  time.Duration // to open the comm, when a page has sent the cell: see connect
	guess time.Duration // to open the comm, when it is not known whether there is a page, or the last wait was in vain
	ping  time.Duration // to answer
	run   time.Duration // to run a script, as long as it answers
	quiet time.Duration // not heard for so long it is asked whether it is there
}

// JupyterLab puts a cell on its page when the browser has nothing else to do, and runs no script in it before; on a machine
// that builds programs beside that takes several seconds.
var usual = limits{page: 30 * time.Second, guess: 3 * time.Second, ping: 2 * time.Second, run: 30 * time.Second, quiet: time.Second}

// comms is the session's one comm with the notebook's page, and who hears the values it brings.
type comms struct {
	kernelID string
	now      func() time.Time
	limits   limits

	mu        sync.Mutex
	id        string    // of the open comm, empty when none is
	opens     int       // how often a comm was opened
	absent    bool      // no page came when it was last waited for
	heard     time.Time // when the page last said something
	pongs     int
	scripts   int           // transient scripts that the page was asked to report
	ran       int           // the last that it reported
	changed   chan struct{} // closed when any of the above changes
	program   subscriber
	addresses map[string]bool // that the program has subscribed to
}

// subscriber is a running program that hears values from the page. Its methods do not block.
type subscriber interface {
	deliver(address string, value any)
	wake()
}

// await waits for a condition on comms, at most so long, and reports whether it came true.
type await func(limit time.Duration, condition func() bool) bool

func newComms(kernelID string, now func() time.Time) *comms {
	return &comms{kernelID: kernelID, now: now, limits: usual, changed: make(chan struct{})}
}

// hear handles one comm message of the front end.
func (c *comms) hear(t wire.Type, m wire.Comm, front wire.Front) bool {
	handle, ok := commHandlers[t]
	if !ok {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return handle(c, m, front)
}

var commHandlers = map[wire.Type]func(*comms, wire.Comm, wire.Front) bool{
	wire.CommOpen:  (*comms).opened,
	wire.CommMsg:   (*comms).message,
	wire.CommClose: (*comms).closed,
}

func (c *comms) opened(m wire.Comm, front wire.Front) bool {
	if m.TargetName != commTarget || m.ID == "" {
		return false
	}
	if c.id != "" && c.id != m.ID {
		front.Publish(wire.CommClose, wire.Comm{ID: c.id, Data: map[string]any{}})
	}
	c.id, c.heard, c.absent = m.ID, c.now(), false
	c.opens++
	c.send(front, commOpenAck, true)
	c.notify()
	return true
}

func (c *comms) message(m wire.Comm, front wire.Front) bool {
	if m.ID == "" || m.ID != c.id {
		return false
	}
	c.heard = c.now()
	address, _ := m.Data["address"].(string)
	switch {
	case address == commPing:
		c.send(front, commPong, true)
	case address == commPong:
		c.pongs++
	case address == commRan:
		n, _ := m.Data["value"].(float64)
		c.ran = int(n)
	case c.addresses[address]:
		c.program.deliver(address, portable(m.Data["value"]))
	}
	c.notify()
	return true
}

func (c *comms) closed(m wire.Comm, _ wire.Front) bool {
	if m.ID == "" || m.ID != c.id {
		return false
	}
	c.id = ""
	c.notify()
	return true
}

// send puts a value on the open comm.
func (c *comms) send(front wire.Front, address string, value any) {
	data := map[string]any{"address": address, "value": value}
	front.Publish(wire.CommMsg, wire.Comm{ID: c.id, Data: data})
}

// request asks the page for the value at an address, which comes as any other value does.
func (c *comms) request(front wire.Front, address string) {
	data := map[string]any{"address": address, "read_request": true}
	front.Publish(wire.CommMsg, wire.Comm{ID: c.id, Data: data})
}

// notify wakes all who await a change.
func (c *comms) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
	if c.program != nil {
		c.program.wake()
	}
}

// attach makes p the program that subscribes; it hears nothing yet.
func (c *comms) attach(p subscriber) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.program, c.addresses = p, map[string]bool{}
}

// detach ends p's subscriptions; values for it are dropped from here on.
func (c *comms) detach(p subscriber) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.program == p {
		c.program, c.addresses = nil, nil
	}
}

func (c *comms) subscribe(address string, on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.addresses != nil {
		c.addresses[address] = on
	}
}

// open lists the open comm, as comm_info_reply does.
func (c *comms) open(target string) map[string]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.id == "" || target != "" && target != commTarget {
		return map[string]string{}
	}
	return map[string]string{c.id: commTarget}
}

// holds evaluates a condition on comms' fields.
func (c *comms) holds(condition func() bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return condition()
}

// do runs f, which sends, when a comm is open.
func (c *comms) do(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.id != "" {
		f()
	}
}
