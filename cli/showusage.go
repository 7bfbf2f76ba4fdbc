package cli

import (
	"fmt"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// runUsage tells what a run's cells used together.
func (g *page) runUsage(u *runUsage) {
	if u == nil {
		return
	}
	g.fact("cpu", "user %s, system %s, in %s", humanDuration(u.UserCPU), humanDuration(u.SystemCPU), count(u.Cells, "cell", "cells"))
	g.fact("memory", "%s at most", humanBytes(u.Memory))
	g.traffic(u.Usage)
	if u.GPUEnergy > 0 {
		g.fact("", "%s by its GPUs", humanJoules(u.GPUEnergy))
	}
}

// usage tells what a cell used beside processor time and its program's memory, which its other facts tell.
func (g *page) usage(c *shownCell) {
	for _, u := range c.Used {
		if u.Memory > c.MaxRSS {
			g.fact("", "%s at most, all its processes together", humanBytes(u.Memory))
		}
		g.traffic(u.Usage.Usage)
		for _, d := range u.Devices {
			g.device(d)
		}
		for _, why := range u.Missing {
			g.fact("unmeasured", "%s", why)
		}
	}
}

// traffic tells of disks and networks, and of the energy.
func (g *page) traffic(u tracker.Usage) {
	if u.DiskRead+u.DiskWritten > 0 {
		g.fact("disk", "%s read, %s written", humanBytes(u.DiskRead), humanBytes(u.DiskWritten))
	}
	if u.Received+u.Sent > 0 {
		g.fact("network", "%s received, %s sent (sampled: at least so much)", humanBytes(u.Received), humanBytes(u.Sent))
	}
	if u.MachineReceived+u.MachineSent > 0 {
		g.fact("", "%s received, %s sent meanwhile by the whole machine", humanBytes(u.MachineReceived), humanBytes(u.MachineSent))
	}
	if u.Energy > 0 {
		g.fact("energy", "%s by all of the machine's processors (RAPL)", humanJoules(u.Energy))
	}
}

// device tells what a GPU did.
func (g *page) device(d tracker.Device) {
	name := fmt.Sprintf("gpu %d", d.Device)
	lacks := strings.Join(d.Missing, "\n")
	said := []string{d.Name}
	add := func(figure, format string, args ...any) {
		if !strings.Contains("\n"+lacks, "\n"+figure+":") {
			said = append(said, fmt.Sprintf(format, args...))
		}
	}
	add("percent", "busy %.0f%% (%.0f%% at most)", d.Percent, d.PercentMax)
	add("memory", "%s of %s", humanBytes(d.Memory), humanBytes(d.MemoryTotal))
	add("power", "%.0f W (%.0f W at most)", d.Watts, d.WattsMax)
	if d.EnergyFrom != "" {
		said = append(said, fmt.Sprintf("%s (by its %s)", humanJoules(d.Energy), d.EnergyFrom))
	}
	g.fact(name, "%s", strings.Join(said, ", "))
	for _, why := range d.Missing {
		g.fact("unmeasured", "%s: %s", name, why)
	}
}

// humanJoules writes an energy as a person would: 12 J, 3.4 kJ, 1.2 kWh.
func humanJoules(j float64) string {
	switch {
	case j < 1e3:
		return fmt.Sprintf("%.3g J", j)
	case j < 1e6:
		return fmt.Sprintf("%.3g kJ", j/1e3)
	}
	return fmt.Sprintf("%.3g kWh", j/3.6e6)
}
