package usage

import (
	"os"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// cell is what is known of one cell execution.
type cell struct {
	meter              *Meter
	session, execution tracker.ID
	run                Run
	stop               chan struct{} // closed at the cell's end
	done               chan struct{} // closed when nobody samples any more

	mu       sync.Mutex
	watched  bool
	programs map[int]*tree // that run
	ended    figures       // of those that have ended
	peak     int64         // bytes that all had resident at one time
	net      connections
	machine  spent
	gpus     []gpu
	why      reasons
	samples  int

	// Of who samples.
	began   time.Time // when the machine's counters were first looked at
	latest  time.Time
	rapl    rapl
	before  figures // at the last sample
	wired   traffic // of the machine, at first
	pending []tracker.Metric
}

// spent is what the machine used while it was sampled.
type spent struct {
	net     traffic
	joules  float64
	sampled time.Duration
}

func (c *cell) started(pid int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.programs[pid] = &tree{root: pid}
	if !c.watched {
		c.watched = true
		go c.watch()
	}
}

// ran says whether the cell ran a program.
func (c *cell) ran() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.watched
}

// dead takes a last look at a program that was sampled; what one that was not used is told when it is buried.
func (c *cell) dead(pid int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.programs[pid]; t != nil && t.looked {
		t.look(&c.why)
	}
}

func (c *cell) exited(pid int, state *os.ProcessState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.programs[pid]
	if t == nil {
		return
	}
	delete(c.programs, pid)
	used := t.members[pid].figures
	if state != nil {
		used.user, used.system = state.UserTime(), state.SystemTime()
		if read, written, ok := blocks(state); ok {
			used.read, used.written = read, written
		}
	}
	c.ended = c.ended.plus(used).plus(t.beside())
	c.ended.memory = 0
}

// total is what the cell used so far.
func (c *cell) total() figures {
	sum := c.ended
	for _, t := range c.programs {
		sum = sum.plus(t.total())
	}
	return sum
}

// usage is what the cell used, once it is over.
func (c *cell) usage() (u tracker.Usage, devices []tracker.Device) {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := c.total()
	u = tracker.Usage{UserCPU: sum.user, SystemCPU: sum.system, DiskRead: sum.read, DiskWritten: sum.written}
	if c.samples == 0 {
		return u, nil
	}
	net, machine := c.net.total(), c.machine
	u.Memory, u.Samples, u.Sampled = c.peak, c.samples, machine.sampled
	u.Received, u.Sent, u.MachineReceived, u.MachineSent = net.received, net.sent, machine.net.received, machine.net.sent
	u.Energy, u.Missing = machine.joules, c.why.list()
	for i := range c.gpus {
		d := c.gpus[i].device(i)
		u.GPUEnergy += d.Energy
		devices = append(devices, d)
	}
	return u, devices
}
