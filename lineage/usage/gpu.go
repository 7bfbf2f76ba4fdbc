package usage

import (
	"errors"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gemba-ml/gemba/lineage/usage/nvml"
	"github.com/gemba-ml/gemba/tracker"
)

// driver asks the driver of NVIDIA's GPUs. It is loaded beside the cells, when it is first wanted: that may take seconds.
type driver struct {
	path string
	once sync.Once
	open atomic.Bool  // loading it is over
	took atomic.Int64 // nanoseconds of a processor, for the last answer

	mu      sync.Mutex // held while the driver is asked
	library *nvml.Library
	err     error
	closed  bool
}

// load has the library loaded, once.
func (d *driver) load() {
	d.once.Do(func() {
		d.mu.Lock()
		go func() {
			defer d.mu.Unlock()
			d.library, d.err = nvml.Open(d.path)
			d.open.Store(true)
		}()
	})
}

// answering is how long a driver may take for an answer.
const answering = usually / 2

// devices asks all GPUs. There are none, and nothing to say, while the driver is being loaded and where there is none.
func (d *driver) devices() ([]nvml.Device, error) {
	if !d.mu.TryLock() {
		if d.open.Load() { // by who asked earlier, and waits still
			return nil, errSilent
		}
		return nil, nil
	}
	if d.library == nil || d.closed {
		defer d.mu.Unlock()
		return nil, d.told()
	}
	answer := make(chan []nvml.Device, 1)
	go func() {
		defer d.mu.Unlock()
		var all []nvml.Device
		d.took.Store(int64(cost(func() { all = d.library.Devices() })))
		answer <- all
	}()
	late := time.NewTimer(answering)
	defer late.Stop()
	select {
	case all := <-answer:
		return all, nil
	case <-late.C:
		return nil, errSilent
	}
}

var errSilent = errors.New("the driver does not answer")

// told is the error of loading the library where there seems to be a GPU.
func (d *driver) told() error {
	if _, err := os.Stat("/proc/driver/nvidia"); err != nil && d.path == "" && runtime.GOOS == "linux" {
		return nil
	}
	return d.err
}

func (d *driver) close() {
	if !d.mu.TryLock() {
		return // whoever asks the driver now may do so for ever
	}
	defer d.mu.Unlock()
	if d.library != nil && !d.closed {
		_ = d.library.Close() // nothing is lost by it
	}
	d.closed = true
}

// gpu is what one GPU did while a cell ran.
type gpu struct {
	latest         nvml.Device
	percent, watts mean
	memory         int64
	joules         float64 // by its power
	counted        bool    // its counter was read at first, and
	from           float64 // told this
	why            reasons
}

// mean collects what a mean and a maximum are made of.
type mean struct{ sum, most, count float64 }

func (m *mean) add(x float64) { m.sum, m.most, m.count = m.sum+x, max(m.most, x), m.count+1 }

func (m *mean) value() float64 { return m.sum / max(m.count, 1) }

// addDevices adds what GPUs told after some time.
func (c *cell) addDevices(all []nvml.Device, silence error, passed time.Duration) {
	if silence != nil {
		c.why.because("gpu", silence.Error())
	}
	for i, d := range all {
		if i == len(c.gpus) {
			c.gpus = append(c.gpus, gpu{})
		}
		c.gpus[i].add(d, passed)
	}
}

func (g *gpu) add(d nvml.Device, passed time.Duration) {
	g.latest = d
	for figure, why := range d.Missing {
		g.why.because(string(figure), why)
	}
	if d.Has(nvml.Percent) {
		g.percent.add(d.Percent)
	}
	if d.Has(nvml.MemoryUsed) {
		g.memory = max(g.memory, d.MemoryUsed)
	}
	if d.Has(nvml.Watts) {
		g.watts.add(d.Watts)
		g.joules += d.Watts * passed.Seconds()
	}
	if d.Has(nvml.Joules) && !g.counted {
		g.counted, g.from = true, d.Joules
	}
}

// device tells it in the ledger's words.
func (g *gpu) device(n int) tracker.Device {
	d := tracker.Device{
		Device: n, Name: g.latest.Name, UUID: g.latest.UUID, Percent: g.percent.value(), PercentMax: g.percent.most,
		Memory: g.memory, MemoryTotal: g.latest.MemoryTotal, Watts: g.watts.value(), WattsMax: g.watts.most, Missing: g.why.list(),
	}
	switch {
	case g.counted && g.latest.Joules >= g.from:
		d.Energy, d.EnergyFrom = g.latest.Joules-g.from, "counter"
	case g.watts.count > 0:
		d.Energy, d.EnergyFrom = g.joules, "power"
	}
	return d
}
