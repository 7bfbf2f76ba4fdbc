package usage

import (
	"fmt"
	"strings"
	"sync"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/disk"
	"github.com/shirou/gopsutil/v4/mem"
	"github.com/shirou/gopsutil/v4/net"
)

// machine tells of the whole machine, as MLflow's system metrics do.
type machine struct {
	mu    sync.Mutex
	cpu   cpu.TimesStat // at the last look
	net   traffic       // at the first look
	begun bool
}

// wired is what all interfaces carried since the machine's start, but for the one that leads to itself.
func (*machine) wired() (sum traffic, err error) {
	all, err := net.IOCounters(true)
	if err != nil {
		return sum, fmt.Errorf("read network counters: %w", err)
	}
	for _, i := range all {
		if i.Name != "lo" && !strings.HasPrefix(i.Name, "lo0") && !strings.HasPrefix(i.Name, "Loopback") {
			sum.received += int64(i.BytesRecv)
			sum.sent += int64(i.BytesSent)
		}
	}
	return sum, nil
}

// begin takes the first look, before the first sample.
func (m *machine) begin() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cpu = processors()
	if !m.begun {
		m.net, _ = m.wired() // what it does not tell is no metric
		m.begun = true
	}
}

// sample tells the metrics of MLflow, in the units of their names: a megabyte has 10^6 bytes.
func (m *machine) sample(tell func(key string, value float64)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := processors()
	if busy, all := busy(now)-busy(m.cpu), whole(now)-whole(m.cpu); all > 0 && whole(m.cpu) > 0 {
		tell("cpu_utilization_percentage", 100*max(0, busy)/all)
	}
	m.cpu = now
	if memory, err := mem.VirtualMemory(); err == nil {
		tell("system_memory_usage_megabytes", megabytes(memory.Used))
		tell("system_memory_usage_percentage", 100*float64(memory.Used)/float64(memory.Total))
	}
	if d, err := disk.Usage("/"); err == nil {
		tell("disk_usage_megabytes", megabytes(d.Used))
		tell("disk_usage_percentage", d.UsedPercent)
		tell("disk_available_megabytes", megabytes(d.Free))
	}
	if now, err := m.wired(); err == nil && m.begun {
		tell("network_receive_megabytes", megabytes(now.received-m.net.received))
		tell("network_transmit_megabytes", megabytes(now.sent-m.net.sent))
	}
}

// processors is the time of all processors together, zero when it is not known.
func processors() cpu.TimesStat {
	all, err := cpu.Times(false)
	if err != nil || len(all) == 0 {
		return cpu.TimesStat{}
	}
	return all[0]
}

// busy is the time in which processors worked, in seconds, and whole all the time. What guests took is among user's.
func busy(t cpu.TimesStat) float64 {
	return t.User + t.Nice + t.System + t.Irq + t.Softirq + t.Steal
}

func whole(t cpu.TimesStat) float64 { return busy(t) + t.Idle + t.Iowait }

func megabytes[N int64 | uint64](n N) float64 { return float64(n) / 1e6 }
