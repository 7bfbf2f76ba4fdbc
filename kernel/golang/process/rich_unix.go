//go:build unix

package process

import (
	"bufio"
	"encoding/gob"
	"io"
	"strings"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// program is a running program as the other side of gonbui's protocol.
type program struct {
	*pump
	front    wire.Front
	comms    *comms
	displays *displays
	asker    *asker
	lonely   bool   // no page answered this program; it is not asked again
	told     bool   // the person knows
	script   int    // number of the transient script that the page may still have to run, else 0
	shown    string // display id of that script
	deaf     bool   // the page did not tell that it ran one; it is not waited for again
}

// handlers says what becomes of a value sent under one of gonbui's own MIME types. All other values
// are displays.
var handlers = []struct {
	mime   protocol.MIMEType
	handle func(*program, any)
}{
	{protocol.MIMEJupyterInput, (*program).input},
	{protocol.MIMECommValue, (*program).value},
	{protocol.MIMECommSubscribe, (*program).subscription},
}

// register makes the types known that GoNB takes in displays' metadata, beyond those that package
// protocol registers itself. Registering a type again changes nothing.
func register() {
	gob.Register(map[string]any{})
	gob.Register([]any{})
	gob.Register([]string{})
}

// talk handles all that the program sends, until it has exited and everything is handled.
func (p *program) talk() {
	in := bufio.NewReaderSize(p.pump, 64<<10)
	for decoder := gob.NewDecoder(in); ; {
		var data protocol.DisplayData
		if err := decoder.Decode(&data); err != nil {
			p.broken(err)
			break
		}
		p.handle(&data)
	}
	_, _ = io.Copy(io.Discard, in)
	p.erase()
}

// broken tells of a pipe that does not speak the protocol. A program that was killed in the middle
// of a value is no such case.
func (p *program) broken(err error) {
	if err != io.EOF && !p.exited.Load() {
		p.out.note("gonbui's pipe carries what this kernel does not understand, rich output ends here: %v", err)
	}
}

func (p *program) handle(data *protocol.DisplayData) {
	for _, h := range handlers {
		if v, ok := data.Data[h.mime]; ok {
			h.handle(p, v)
			return
		}
	}
	p.drain()
	if strings.HasPrefix(data.DisplayID, transientPrefix) {
		p.transient(data)
		return
	}
	p.out.display(data)
}

func (p *program) input(v any) {
	request, ok := v.(protocol.InputRequest)
	if !ok {
		return
	}
	p.drain()
	p.asker.request(request.Prompt, request.Password)
}

// value handles a value for the page, and gonbui.Sync, which is one for the kernel.
func (p *program) value(v any) {
	value, ok := v.(protocol.CommValue)
	if !ok {
		return
	}
	if value.Address == protocol.GonbuiSyncAddress {
		p.back.post(&protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: value.Value})
		return
	}
	if !p.connect() || value.Address == protocol.GonbuiStartAddress {
		return
	}
	p.comms.do(func() {
		if value.Request {
			p.comms.request(p.front, value.Address)
		} else {
			p.comms.send(p.front, value.Address, value.Value)
		}
	})
}

func (p *program) subscription(v any) {
	s, ok := v.(protocol.CommSubscription)
	if !ok {
		return
	}
	p.comms.subscribe(s.Address, !s.Unsubscribe)
	if !s.Unsubscribe {
		p.connect()
	}
}

// connect makes sure that the page listens. What the program sends meanwhile waits in its pipe, so
// that a script it displays next finds globalThis.gonb_comm.
func (p *program) connect() bool {
	there := p.reach()
	if !there && !p.told && p.out.front != nil && !p.exited.Load() {
		p.told = true
		p.out.note("gonbui: %v", ErrNoPage)
	}
	return there
}

// reach is connect without a word. A page that comes late is welcome.
func (p *program) reach() bool {
	if p.out.front == nil {
		return false
	}
	if p.lonely {
		return p.comms.holds(func() bool { return p.comms.id != "" })
	}
	p.drain()
	p.lonely = !p.comms.connect(p.out.cell, p.front, p.displays, p.serve(p.comms.holds))
	return !p.lonely
}

// deliver gives the program a value that it has subscribed to.
func (p *program) deliver(address string, value any) {
	p.back.post(&protocol.CommValue{Address: address, Value: value})
}

// wake has the pump look again at what it waits for.
func (p *program) wake() { p.bell.ring() }
