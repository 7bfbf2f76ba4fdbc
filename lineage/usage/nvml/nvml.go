// Package nvml asks the NVIDIA driver about GPUs, through its management library (NVML), which is loaded while the program runs:
// nothing needs it to be there. Each figure is asked on its own, so what a driver or a device does not tell takes nothing else
// with it. It knows nothing of cells.
//
// Functions, structures and error codes are those of NVIDIA's NVML API Reference Guide.
package nvml

import (
	"bytes"
	"errors"
	"fmt"
	"unsafe"
)

// ErrNone says that there is no NVML on this machine.
var ErrNone = errors.New("no NVIDIA driver library")

// Library is the loaded library. Its methods may be used by one goroutine at a time.
type Library struct {
	library
	devices []device
}

type device struct {
	handle     uintptr
	name, uuid string
	lost       string // why the driver gives no access to it
}

// Device is one GPU at one moment. A figure that is in Missing is not known.
type Device struct {
	Name, UUID  string
	Percent     float64 // how much of the time some kernel ran on it, over the last sample period of the driver
	MemoryUsed  int64   // bytes
	MemoryTotal int64
	Watts       float64 // now
	LimitWatts  float64 // that it may draw
	Joules      float64 // since the driver was loaded
	Missing     map[Figure]string
}

// Has says whether all of these figures are known.
func (d Device) Has(figures ...Figure) bool {
	for _, f := range append(figures, Whole) {
		if _, missing := d.Missing[f]; missing {
			return false
		}
	}
	return true
}

// Figure names a figure of a Device.
type Figure string

// The figures.
const (
	Percent    Figure = "percent"
	MemoryUsed Figure = "memory"
	Watts      Figure = "power"
	LimitWatts Figure = "power limit"
	Joules     Figure = "energy"
	Whole      Figure = "device" // nothing of it is known
)

// Open loads the library and finds the devices. It returns ErrNone where there is no library. path is the library's, empty for
// where the driver puts it.
func Open(path string) (*Library, error) {
	loaded, err := load(path)
	if err != nil {
		return nil, err
	}
	l := &Library{library: loaded}
	if err := l.call("nvmlInit_v2"); err != nil {
		return nil, errors.Join(err, l.unload())
	}
	var count uint32
	if err := l.call("nvmlDeviceGetCount_v2", uintptr(unsafe.Pointer(&count))); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	for i := range min(count, maxDevices) {
		d := device{}
		if err := l.call("nvmlDeviceGetHandleByIndex_v2", uintptr(i), uintptr(unsafe.Pointer(&d.handle))); err != nil {
			d.lost = err.Error()
		} else {
			d.name = l.text("nvmlDeviceGetName", d.handle)
			d.uuid = l.text("nvmlDeviceGetUUID", d.handle)
		}
		l.devices = append(l.devices, d)
	}
	return l, nil
}

const (
	maxDevices = 64
	textSize   = 96 // NVML_DEVICE_UUID_V2_BUFFER_SIZE and NVML_DEVICE_NAME_V2_BUFFER_SIZE
)

// Close lets go of the devices.
func (l *Library) Close() error { return errors.Join(l.call("nvmlShutdown"), l.unload()) }

// memory is nvmlMemory_t, utilization nvmlUtilization_t.
type (
	memory      struct{ total, free, used uint64 }
	utilization struct{ gpu, memory uint32 }
)

// Devices asks all devices for all figures.
func (l *Library) Devices() []Device {
	all := make([]Device, len(l.devices))
	for i, d := range l.devices {
		all[i] = l.ask(d)
	}
	return all
}

func (l *Library) ask(d device) Device {
	var (
		used         utilization
		memory       memory
		power, limit uint32 // milliwatts
		energy       uint64 // millijoules
	)
	all := Device{Name: d.name, UUID: d.uuid, Missing: map[Figure]string{}}
	if d.lost != "" {
		all.Missing[Whole] = d.lost
		return all
	}
	for _, q := range []struct {
		figure   Figure
		function string
		into     unsafe.Pointer
	}{
		{Percent, "nvmlDeviceGetUtilizationRates", unsafe.Pointer(&used)},
		{MemoryUsed, "nvmlDeviceGetMemoryInfo", unsafe.Pointer(&memory)},
		{Watts, "nvmlDeviceGetPowerUsage", unsafe.Pointer(&power)},
		{LimitWatts, "nvmlDeviceGetEnforcedPowerLimit", unsafe.Pointer(&limit)},
		{Joules, "nvmlDeviceGetTotalEnergyConsumption", unsafe.Pointer(&energy)},
	} {
		if err := l.call(q.function, d.handle, uintptr(q.into)); err != nil {
			all.Missing[q.figure] = err.Error()
		}
	}
	all.Percent, all.MemoryUsed, all.MemoryTotal = float64(used.gpu), int64(memory.used), int64(memory.total)
	all.Watts, all.LimitWatts, all.Joules = float64(power)/1e3, float64(limit)/1e3, float64(energy)/1e3
	return all
}

// text asks for a name; what cannot be told is empty.
func (l *Library) text(function string, handle uintptr) string {
	b := make([]byte, textSize)
	if l.call(function, handle, uintptr(unsafe.Pointer(unsafe.SliceData(b))), textSize) != nil {
		return ""
	}
	text, _, _ := bytes.Cut(b, []byte{0})
	return string(text)
}

// call calls a function that returns nvmlReturn_t. Its arguments may be pointers.
//
//go:uintptrescapes
func (l *Library) call(function string, args ...uintptr) error {
	at, err := l.symbol(function)
	if err != nil {
		return fmt.Errorf("%s: the driver's library does not have it", function)
	}
	if code := l.invoke(at, args...); code != 0 {
		return fmt.Errorf("%s: %s", function, reason(code))
	}
	return nil
}

// reason says what an nvmlReturn_t means.
func reason(code uint32) string {
	if text, known := reasons[code]; known {
		return text
	}
	return fmt.Sprintf("error %d of the driver", code)
}

var reasons = map[uint32]string{
	1:   "the library is not initialised",
	2:   "a wrong argument",
	3:   "not supported by this device",
	4:   "no permission",
	6:   "not found",
	9:   "the driver is not loaded",
	10:  "the driver's interrupts do not come",
	12:  "the library of another driver's version",
	13:  "a function that the driver does not have",
	15:  "the GPU has fallen off the bus",
	16:  "the GPU has to be reset",
	17:  "the operating system blocks it",
	18:  "the library and the driver are of different versions",
	19:  "the GPU is in use",
	20:  "out of memory",
	999: "an unknown error of the driver",
}
