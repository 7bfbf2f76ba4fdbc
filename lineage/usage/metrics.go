package usage

import (
	"fmt"
	"time"

	"github.com/gemba-ml/gemba/lineage/usage/nvml"
	"github.com/gemba-ml/gemba/tracker"
)

// Prefix is that of MLflow's system metrics. Metrics whose names MLflow has mean what they mean there, and so tell of the whole
// machine; those of the cell's own processes begin with "cell_".
const Prefix = "system/"

// Run is the run that a session's cells log to.
type Run interface {
	// Open says whether the run is open. What is sampled before is no metric of it.
	Open() bool
	// Log logs metrics for a cell execution.
	Log(execution tracker.ID, metrics []tracker.Metric)
}

func (c *cell) logs() bool { return c.run != nil && c.run.Open() }

// note keeps the metrics of a sample. They are told a few samples at a time, since each telling is an entry.
func (c *cell) note(sum figures, passed time.Duration) {
	m := c.meter
	step, now := m.step(), m.options.Now().UnixNano()
	tell := func(key string, value float64) {
		c.pending = append(c.pending, tracker.Metric{Key: Prefix + key, Value: value, Step: step, Time: now})
	}
	m.machine.sample(tell)
	busy := sum.user + sum.system - c.before.user - c.before.system
	tell("cell_cpu_percentage", 100*max(0, busy.Seconds())/passed.Seconds()) // of one processor
	tell("cell_memory_megabytes", megabytes(sum.memory))
	tell("cell_disk_read_megabytes", megabytes(sum.read)) // since the cell's start, like what follows
	tell("cell_disk_write_megabytes", megabytes(sum.written))
	net := c.net.total()
	tell("cell_network_receive_megabytes", megabytes(net.received))
	tell("cell_network_transmit_megabytes", megabytes(net.sent))
	for i := range c.gpus {
		noteGPU(fmt.Sprintf("gpu_%d_", i), c.gpus[i].latest, tell)
	}
	if len(c.pending) >= untold {
		c.tell()
	}
}

// untold is how many metrics wait at most: those of some ten samples.
const untold = 160

// noteGPU tells the metrics of a GPU, as far as the driver told.
func noteGPU(gpu string, d nvml.Device, tell func(string, float64)) {
	for _, m := range []struct {
		key   string
		value float64
		from  []nvml.Figure
	}{
		{"utilization_percentage", d.Percent, []nvml.Figure{nvml.Percent}},
		{"memory_usage_megabytes", megabytes(d.MemoryUsed), []nvml.Figure{nvml.MemoryUsed}},
		{"memory_usage_percentage", 100 * float64(d.MemoryUsed) / float64(max(d.MemoryTotal, 1)), []nvml.Figure{nvml.MemoryUsed}},
		{"power_usage_watts", d.Watts, []nvml.Figure{nvml.Watts}},
		{"power_usage_percentage", 100 * d.Watts / d.LimitWatts, []nvml.Figure{nvml.Watts, nvml.LimitWatts}},
	} {
		if d.Has(m.from...) {
			tell(gpu+m.key, m.value)
		}
	}
}

// tell gives the run what it was not told yet.
func (c *cell) tell() {
	if len(c.pending) > 0 {
		c.run.Log(c.execution, c.pending)
		c.pending = nil
	}
}

// step numbers a session's samples.
func (m *Meter) step() int64 { return m.steps.Add(1) - 1 }
