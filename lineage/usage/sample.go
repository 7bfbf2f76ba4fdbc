package usage

import (
	"runtime"
	"time"
)

// watch samples until the cell is over.
func (c *cell) watch() {
	defer close(c.done)
	if !c.pause(min(first, c.meter.options.Every)) {
		return
	}
	c.baseline()
	defer c.last()
	for wait := c.meter.options.Every - first; c.pause(max(wait, 0)); {
		wait = max(c.meter.options.Every, rest*(cost(c.sample)+time.Duration(c.meter.driver.took.Load())))
	}
}

// pause waits, and reports whether the cell still runs.
func (c *cell) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.stop:
		return false
	}
}

// cost tells how much of a processor f takes.
func cost(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := processorTime()
	f()
	return processorTime() - before
}

// baseline looks at the machine's counters for the first time.
func (c *cell) baseline() {
	c.meter.driver.load()
	c.began = time.Now()
	c.latest = c.began
	wired, err := c.meter.machine.wired()
	devices, silence := c.meter.driver.devices()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wired = wired
	c.rapl.look(&c.why)
	if err != nil {
		c.why.because("machine", err.Error())
	}
	c.addDevices(devices, silence, 0)
	if c.logs() {
		c.meter.machine.begin()
	}
}

// sample looks at everything.
func (c *cell) sample() {
	now := time.Now()
	passed := now.Sub(c.latest)
	c.latest = now
	c.counters(passed)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.samples++
	var pids []int
	for _, t := range c.programs {
		t.look(&c.why)
		pids = append(pids, t.pids()...)
	}
	c.net.look(pids, &c.why)
	sum := c.total()
	c.peak = max(c.peak, sum.memory)
	if over := sum.memory == 0 && c.peak > 0; c.logs() && !over { // the last figures are those of its programs, not of their end
		c.note(sum, passed)
	}
	c.before = sum
}

// counters looks at those of the machine. Who asks for the cell's figures does not wait for the drivers.
func (c *cell) counters(passed time.Duration) {
	devices, silence := c.meter.driver.devices()
	wired, err := c.meter.machine.wired()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.addDevices(devices, silence, passed)
	if err == nil {
		c.machine.net = traffic{wired.received - c.wired.received, wired.sent - c.wired.sent}
	}
	c.rapl.look(&c.why)
	c.machine.joules, c.machine.sampled = c.rapl.joules(), time.Since(c.began)
}

// last looks at the machine's counters once more, unless the cell was too short to be sampled, and tells the run of the last samples.
func (c *cell) last() {
	c.mu.Lock()
	samples := c.samples
	c.mu.Unlock()
	if samples > 0 {
		c.counters(time.Since(c.latest))
	}
	c.tell()
}
