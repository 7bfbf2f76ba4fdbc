package kerneltest

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Line is the front end's side of the channels.
type Line interface {
	Write(c wire.Channel, m wire.Message) error
	Read(c wire.Channel) (wire.Message, error)
	Close() error
}

// Guard bounds what a test waits for; it decides nothing but whether the test hangs.
const Guard = 3 * time.Minute

// FrontEnd sends requests and keeps every message that comes.
type FrontEnd struct {
	t    testing.TB
	line Line

	mu      sync.Mutex
	change  *sync.Cond
	sent    int
	arrived []Arrival
	err     error
}

// Arrival is a message and the channel it came on.
type Arrival struct {
	Channel wire.Channel
	wire.Message
	parent, state string
}

func newArrival(c wire.Channel, m wire.Message) Arrival {
	a := Arrival{Channel: c, Message: m}
	var parent wire.Header
	_ = json.Unmarshal(m.Parent, &parent) // {} has no id
	a.parent = parent.MsgID
	if m.Header.Type == wire.Status {
		var content wire.State
		_ = json.Unmarshal(m.Content, &content) // no state is one that nobody waits for
		a.state = content.ExecutionState
	}
	return a
}

// NewFrontEnd reads from line until the test ends.
func NewFrontEnd(t testing.TB, line Line) *FrontEnd {
	f := &FrontEnd{t: t, line: line}
	f.change = sync.NewCond(&f.mu)
	for _, c := range channels {
		go f.read(c)
	}
	t.Cleanup(func() { _ = line.Close() })
	return f
}

func (f *FrontEnd) read(c wire.Channel) {
	for {
		m, err := f.line.Read(c)
		f.mu.Lock()
		if err != nil {
			f.err = err
		} else {
			f.arrived = append(f.arrived, newArrival(c, m))
		}
		f.change.Broadcast()
		f.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// Send sends a request and returns its id. Content is encoded unless it is a json.RawMessage.
func (f *FrontEnd) Send(c wire.Channel, t wire.Type, content any, buffers ...[]byte) string {
	return f.SendWith(c, wire.Message{Header: wire.Header{Type: t}, Buffers: buffers}, content)
}

// SendWith is Send for a message whose parent, metadata or header matter; it completes the header.
func (f *FrontEnd) SendWith(c wire.Channel, m wire.Message, content any) string {
	f.t.Helper()
	f.mu.Lock()
	f.sent++
	m.Header.MsgID = fmt.Sprintf("request-%d", f.sent)
	f.mu.Unlock()
	m.Header.Session, m.Header.Username, m.Header.Version = "front", "tester", wire.ProtocolVersion
	m.Header.Date = wire.FormatDate(time.Now())
	raw, err := wire.Encode(content)
	if err != nil {
		f.t.Fatal(err)
	}
	m.Content = raw
	if err := f.line.Write(c, m); err != nil {
		f.t.Fatalf("send %s: %v", m.Header.Type, err)
	}
	return m.Header.MsgID
}

// Execute sends an execute_request for a cell.
func (f *FrontEnd) Execute(code string) string {
	f.t.Helper()
	return f.Send(wire.Shell, wire.ExecuteRequest, map[string]any{"code": code})
}

// Await returns the first message that matches, waiting for it if need be.
func (f *FrontEnd) Await(what string, match func(Arrival) bool) Arrival {
	f.t.Helper()
	expired := false
	timer := time.AfterFunc(Guard, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		expired = true
		f.change.Broadcast()
	})
	defer timer.Stop()
	f.mu.Lock()
	defer f.mu.Unlock()
	for seen := 0; ; {
		for ; seen < len(f.arrived); seen++ {
			if match(f.arrived[seen]) {
				return f.arrived[seen]
			}
		}
		if expired || f.err != nil {
			f.t.Fatalf("no %s among %d messages (%v):\n%s", what, len(f.arrived), f.err, strings.Join(Summaries(f.arrived[max(0, seen-50):]), "\n"))
		}
		f.change.Wait()
	}
}

// Reply waits for the reply to a request.
func (f *FrontEnd) Reply(id string) Arrival {
	f.t.Helper()
	return f.Await("reply to "+id, func(a Arrival) bool {
		return a.Channel != wire.IOPub && a.ParentID() == id && strings.HasSuffix(string(a.Header.Type), "_reply")
	})
}

// Idle waits until a request is done and returns what was published for it, in order.
func (f *FrontEnd) Idle(id string) []Arrival {
	f.t.Helper()
	f.Await("idle of "+id, func(a Arrival) bool { return a.ParentID() == id && a.State() == wire.Idle })
	var published []Arrival
	for _, a := range f.Arrived() {
		if a.Channel == wire.IOPub && a.ParentID() == id {
			published = append(published, a)
		}
	}
	return published
}

// Arrived returns every message so far, in the order of arrival within each channel.
func (f *FrontEnd) Arrived() []Arrival {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Arrival(nil), f.arrived...)
}

// ParentID returns the id of the message that this one answers.
func (a Arrival) ParentID() string { return a.parent }

// State returns the execution state of a status message, nothing for others.
func (a Arrival) State() string { return a.state }

// Decode decodes the message's content as a T.
func Decode[T any](t testing.TB, a Arrival) (content T) {
	t.Helper()
	if err := json.Unmarshal(a.Content, &content); err != nil {
		t.Fatalf("decode %s: %v", a.Header.Type, err)
	}
	return content
}

// Summaries tells messages in a line each.
func Summaries(arrived []Arrival) []string {
	var lines []string
	for _, a := range arrived {
		line := string(a.Header.Type)
		if s := a.State(); s != "" {
			line = s
		} else {
			line += " " + string(a.Content[:min(len(a.Content), 200)])
		}
		lines = append(lines, line)
	}
	return lines
}
