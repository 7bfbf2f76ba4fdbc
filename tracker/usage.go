package tracker

import (
	"encoding/json"
	"time"
)

// Usage is what a cell execution used of the machine. Zero is nothing, or not known: Missing tells. All but Memory are sums over
// the execution. What is sampled is not known of an execution whose programs ended within the first second.
type Usage struct {
	UserCPU         time.Duration `json:"user_cpu_ns,omitempty"` // of its programs, and of their children as far as they were seen
	SystemCPU       time.Duration `json:"system_cpu_ns,omitempty"`
	Memory          int64         `json:"memory,omitempty"`           // the most that all its processes had resident at one sample, or its program ever
	DiskRead        int64         `json:"disk_read,omitempty"`        // bytes that disks were asked for
	DiskWritten     int64         `json:"disk_written,omitempty"`     // bytes that disks are to get
	Received        int64         `json:"received,omitempty"`         // bytes over the TCP connections that samples saw
	Sent            int64         `json:"sent,omitempty"`             // what was sent again counts once
	MachineReceived int64         `json:"machine_received,omitempty"` // bytes that all of the machine's programs received, but from itself
	MachineSent     int64         `json:"machine_sent,omitempty"`
	Energy          float64       `json:"energy_j,omitempty"`     // joules that the machine's processors used, by RAPL
	GPUEnergy       float64       `json:"gpu_energy_j,omitempty"` // joules that its GPUs used, by NVML
	Samples         int           `json:"samples,omitempty"`
	Sampled         time.Duration `json:"sampled_ns,omitempty"` // from the first look at the machine's counters to the last
	Missing         []string      `json:"missing,omitempty"`    // a figure and, after a colon, why it is not known
}

// Device is what a GPU did while a cell execution was sampled, whoever used it. It is a line of the blob `devices`.
type Device struct {
	Device      int      `json:"device"` // as NVML numbers them, from 0
	Name        string   `json:"name,omitempty"`
	UUID        string   `json:"uuid,omitempty"`
	Percent     float64  `json:"percent"` // mean of the time in which it worked
	PercentMax  float64  `json:"percent_max"`
	Memory      int64    `json:"memory"` // bytes in use, the most
	MemoryTotal int64    `json:"memory_total"`
	Watts       float64  `json:"watts"` // mean
	WattsMax    float64  `json:"watts_max"`
	Energy      float64  `json:"energy_j"`
	EnergyFrom  string   `json:"energy_from,omitempty"` // "counter", the device's; "power", its samples times the time between them
	Missing     []string `json:"missing,omitempty"`     // a figure and, after a colon, why it is not known
}

// CellUsed tells what a cell execution used.
type CellUsed struct {
	Session   ID
	Execution ID
	Time      time.Time
	Usage     Usage
	Devices   []Device
}

func (CellUsed) event() {}

// UsageEntry records CellUsed.
type UsageEntry struct {
	Header
	Usage
	Devices Digest `json:"devices,omitzero"` // a line of JSON for each Device
}

func (s *scribe) cellUsed(e CellUsed) {
	h := header(e.Time, e.Session, e.Execution)
	missing := make([]string, len(e.Usage.Missing))
	for i, text := range e.Usage.Missing {
		missing[i] = s.clip(text)
	}
	e.Usage.Missing = missing
	var lines []byte
	for _, d := range e.Devices {
		line, err := json.Marshal(d)
		if err != nil { // a figure that is no number
			continue
		}
		lines = append(append(lines, line...), '\n')
	}
	s.append(&UsageEntry{Header: h, Usage: e.Usage, Devices: s.put(lines, h)})
}
