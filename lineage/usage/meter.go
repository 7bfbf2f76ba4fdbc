package usage

import (
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Options say how to measure. The zero Options are right for a session.
type Options struct {
	Now   func() time.Time // nil: time.Now
	Every time.Duration    // between samples, at least; 0: a second
	NVML  string           // path of NVIDIA's library; empty: where the driver puts it
	Sys   fs.FS            // /sys/class/powercap; nil: the system's
}

const (
	usually = time.Second
	// first is how long a program has to run until the machine's counters are looked at. One that ends earlier costs nothing.
	first = usually / 10
	// rest is for how many times as long as a sample took no other is taken.
	rest = 1000
)

// Meter measures the programs of a session's cells. It is told of them by whoever runs them; its methods do so little that
// a program can wait for them. It may be used from several goroutines.
type Meter struct {
	options Options
	driver  driver
	machine machine
	steps   atomic.Int64 // samples that became metrics

	mu   sync.Mutex
	cell *cell // the one that runs, nil when none does
}

// New returns a Meter.
func New(o Options) *Meter {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Every == 0 {
		o.Every = usually
	}
	if o.Sys == nil {
		o.Sys = os.DirFS("/sys/class/powercap")
	}
	return &Meter{options: o, driver: driver{path: o.NVML}}
}

// Started is told that a program runs, as the leader of a session of processes where the system has such. Outside of cells nothing
// is measured.
func (m *Meter) Started(pid int) {
	if c := m.current(); c != nil {
		c.started(pid)
	}
}

// Dead is told that a program is dead and not yet buried: the system still tells what it used. Where this cannot be known it is
// not called.
func (m *Meter) Dead(pid int) {
	if c := m.current(); c != nil {
		c.dead(pid)
	}
}

// Exited is told how a program ended.
func (m *Meter) Exited(pid int, state *os.ProcessState) {
	if c := m.current(); c != nil {
		c.exited(pid, state)
	}
}

// Close lets go of the driver of the GPUs.
func (m *Meter) Close() { m.driver.close() }

func (m *Meter) current() *cell {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cell
}

// begin begins with a cell.
func (m *Meter) begin(e tracker.CellStarted, run Run) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cell = &cell{meter: m, session: e.Session, execution: e.Execution, run: run, rapl: rapl{sys: m.options.Sys},
		programs: map[int]*tree{}, stop: make(chan struct{}), done: make(chan struct{})}
}

// end ends with the cell, and returns it when it ran programs.
func (m *Meter) end() *cell {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.cell
	m.cell = nil
	if c == nil || !c.ran() {
		return nil
	}
	close(c.stop)
	return c
}
