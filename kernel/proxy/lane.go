package proxy

import (
	"maps"
	"slices"
	"sync"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// lane is where executions come one after the other: the kernel's main shell, each of its subshells, and its control channel. The
// kernel has one of them at a time, and what is behind another waits here.
type lane struct {
	relay   *Relay
	channel wire.Channel

	mu    sync.Mutex
	state laneState
	polls bool      // the cell that runs answers comms meanwhile
	held  []message // what waits, in order
}

// laneState says what a lane's execution is at.
type laneState int

const (
	free      laneState = iota // there is none
	preparing                  // it is not with the kernel yet: all waits
	running                    // the kernel has it: the next execution waits, and what is behind that
)

// manyLanes is how many lanes are kept for subshells that may be gone.
const manyLanes = 64

// laneOf returns the lane of a message from a front end.
func (r *Relay) laneOf(c wire.Channel, m message) *lane {
	name := string(c)
	if c == wire.Shell {
		name += "." + m.header.Subshell
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lanes[name] == nil {
		if len(r.lanes) > manyLanes { // none but this channel's reader makes a free one busy
			maps.DeleteFunc(r.lanes, func(_ string, l *lane) bool { return l.channel == c && l.empty() })
		}
		r.lanes[name] = &lane{relay: r, channel: c}
	}
	return r.lanes[name]
}

// empty says that nothing runs and nothing waits.
func (l *lane) empty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state == free && len(l.held) == 0
}

// submit passes a message on when those before it are. What comes on the control channel waits for nothing, but that executions
// stay in their order.
func (l *lane) submit(m message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.passes(m) && (len(l.held) > 0 || l.waits(m)) {
		l.held = append(l.held, m)
		return
	}
	l.launch(m)
}

func (l *lane) waits(m message) bool {
	return l.state == preparing || l.state == running && m.header.Type == wire.ExecuteRequest
}

// passes says that a message overtakes the executions that wait: the cell that runs may be waiting for it, a widget's answer, say.
func (l *lane) passes(m message) bool {
	if l.channel == wire.Control {
		return m.header.Type != wire.ExecuteRequest
	}
	return l.state == running && l.polls && comms[m.header.Type]
}

var comms = map[wire.Type]bool{wire.CommOpen: true, wire.CommMsg: true, wire.CommClose: true}

// launch passes a message on. The lock is held.
func (l *lane) launch(m message) {
	if m.header.Type != wire.ExecuteRequest {
		l.relay.toKernel(l.channel, m)
		return
	}
	l.state = preparing
	l.relay.begins.Go(func() { l.relay.execute(l, m) })
}

// start gives the kernel the execution that was prepared; polls: it answers comms meanwhile. However fast the kernel is, its end comes
// after this.
func (l *lane) start(m message, polls bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.relay.toKernel(l.channel, m)
	l.become(running, polls)
}

// end says that there is no execution any more.
func (l *lane) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.become(free, false)
}

// become says what the lane's execution is at now, and passes on what does not have to wait any more. The lock is held.
func (l *lane) become(state laneState, polls bool) {
	l.state, l.polls = state, polls
	l.held = slices.DeleteFunc(l.held, func(m message) bool {
		passes := l.passes(m)
		if passes {
			l.launch(m)
		}
		return passes
	})
	for len(l.held) > 0 && !l.waits(l.held[0]) {
		m := l.held[0]
		l.held = l.held[1:]
		l.launch(m)
	}
}

// abort takes the executions that wait out of the lane; what else waits stays.
func (l *lane) abort() (aborted []message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var stay []message
	for _, m := range l.held {
		if m.header.Type == wire.ExecuteRequest {
			aborted = append(aborted, m)
		} else {
			stay = append(stay, m)
		}
	}
	l.held = stay
	return aborted
}
