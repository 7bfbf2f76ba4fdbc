//go:build cgo && (amd64 || arm64)

package usage

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/lineage/usage/nvml/nvmltest"
	"github.com/gemba-ml/gemba/tracker"
)

// measureGPU measures a cell beside a driver that lacks something.
func measureGPU(t *testing.T, faults ...string) (*session, tracker.CellUsed) {
	t.Helper()
	s := newSession(t, Options{Every: 20 * time.Millisecond, Sys: fstest.MapFS{}, NVML: nvmltest.Build(t, kerneltest.Lacking, faults...)})
	s.start()
	r := s.program("burn")
	r.did("burn")
	r.sampled()
	r.end()
	s.recorder.Record(tracker.CellFinished{})
	s.close()
	return s, s.used()[0]
}

func TestGPUs(t *testing.T) {
	s, used := measureGPU(t)
	if len(used.Devices) != 2 {
		t.Fatalf("devices are %+v", used.Devices)
	}
	a := used.Devices[0]
	if a.Name != "Fake A" || a.UUID != "GPU-a" || a.Percent != 93 || a.PercentMax != 93 || a.Memory != 40<<30 || a.MemoryTotal != 80<<30 ||
		a.Watts != 350.5 || a.WattsMax != 350.5 || a.Energy < 2 || a.EnergyFrom != "counter" || len(a.Missing) > 0 {
		t.Errorf("a GPU is %+v", a)
	}
	if b := used.Devices[1]; used.Usage.GPUEnergy != a.Energy+b.Energy {
		t.Errorf("the GPUs used %v J together, %v and %v J each", used.Usage.GPUEnergy, a.Energy, b.Energy)
	}
	for key, want := range map[string]float64{
		"system/gpu_0_utilization_percentage":  93,
		"system/gpu_0_memory_usage_megabytes":  (40 << 30) / 1e6,
		"system/gpu_0_memory_usage_percentage": 50,
		"system/gpu_0_power_usage_watts":       350.5,
		"system/gpu_0_power_usage_percentage":  50,
		"system/gpu_1_utilization_percentage":  7,
	} {
		i := slices.IndexFunc(s.metrics, func(m tracker.Metric) bool { return m.Key == key })
		if i < 0 || s.metrics[i].Value != want {
			t.Errorf("%s is not %v in %+v", key, want, s.metrics)
		}
	}
}

// TestGPUsWithout has drivers that lack a figure: the others are there, and the reason.
func TestGPUsWithout(t *testing.T) {
	for fault, check := range map[string]func(tracker.Device, []string) bool{
		"NO_ENERGY": func(d tracker.Device, keys []string) bool {
			return d.EnergyFrom == "power" && d.Energy > 0 && d.Percent == 93 && strings.HasPrefix(d.Missing[0], "energy: ")
		},
		"NO_POWER": func(d tracker.Device, keys []string) bool {
			return d.EnergyFrom == "counter" && d.Watts == 0 && d.Percent == 93 && strings.HasPrefix(d.Missing[0], "power: ") &&
				!slices.Contains(keys, "system/gpu_0_power_usage_watts") && !slices.Contains(keys, "system/gpu_0_power_usage_percentage")
		},
		"NO_UTILIZATION": func(d tracker.Device, keys []string) bool {
			return d.Watts == 350.5 && d.Memory == 40<<30 && strings.HasPrefix(d.Missing[0], "percent: ") &&
				!slices.Contains(keys, "system/gpu_0_utilization_percentage") && slices.Contains(keys, "system/gpu_0_power_usage_watts")
		},
	} {
		t.Run(fault, func(t *testing.T) {
			s, used := measureGPU(t, fault)
			var keys []string
			for _, m := range s.metrics {
				keys = append(keys, m.Key)
			}
			if len(used.Devices) != 2 || len(used.Devices[0].Missing) != 1 || !check(used.Devices[0], keys) {
				t.Errorf("devices are %+v, metrics %v", used.Devices, keys)
			}
		})
	}
	t.Run("NO_DRIVER", func(t *testing.T) {
		_, used := measureGPU(t, "NO_DRIVER")
		if len(used.Devices) != 0 || !slices.Contains(used.Usage.Missing, "gpu: nvmlInit_v2: the driver is not loaded") || used.Usage.UserCPU == 0 {
			t.Errorf("recorded %+v", used)
		}
	})
}

// TestHangingDriver has a driver that never answers: all else is measured, the session ends, and the reason is told.
func TestHangingDriver(t *testing.T) {
	s := newSession(t, Options{Every: 20 * time.Millisecond, Sys: fstest.MapFS{}, NVML: nvmltest.Build(t, kerneltest.Lacking, "HANG")})
	for range 2 {
		s.start()
		r := s.program("burn")
		r.did("burn")
		r.sampled()
		r.end()
		s.recorder.Record(tracker.CellFinished{})
	}
	s.close()
	all := s.used()
	if len(all) != 2 {
		t.Fatalf("recorded %+v", all)
	}
	for _, e := range all {
		if e.Usage.Memory == 0 || e.Usage.Samples < 2 || len(e.Devices) > 0 || !slices.Contains(e.Usage.Missing, "gpu: the driver does not answer") {
			t.Errorf("recorded %+v", e)
		}
	}
}
