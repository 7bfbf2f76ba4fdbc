//go:build linux && cgo && (amd64 || arm64)

package nvml_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/lineage/usage/nvml"
	"github.com/gemba-ml/gemba/lineage/usage/nvml/nvmltest"
)

// TestDevices asks drivers that lack something: nothing else is lost, and the reason is told.
func TestDevices(t *testing.T) {
	a := nvml.Device{Name: "Fake A", UUID: "GPU-a", Percent: 93, MemoryUsed: 40 << 30, MemoryTotal: 80 << 30, Watts: 350.5, LimitWatts: 701, Joules: 5e6}
	b := nvml.Device{Name: "Fake B", UUID: "GPU-b", Percent: 7, MemoryUsed: 1 << 20, MemoryTotal: 80 << 30, Watts: 50, LimitWatts: 701, Joules: 5e6 + 1}
	without := func(lacks func(*nvml.Device), f nvml.Figure, why string) []nvml.Device {
		all := []nvml.Device{a, b}
		for i := range all {
			lacks(&all[i])
			if f != "" {
				all[i].Missing = map[nvml.Figure]string{f: why}
			}
		}
		return all
	}
	for _, test := range []struct {
		fault string
		want  []nvml.Device
	}{
		{"", []nvml.Device{a, b}},
		{"NO_NAME", without(func(d *nvml.Device) { d.Name = "" }, "", "")},
		{"NO_ENERGY", without(func(d *nvml.Device) { d.Joules = 0 }, nvml.Joules, "nvmlDeviceGetTotalEnergyConsumption: the driver's library does not have it")},
		{"NO_UTILIZATION", without(func(d *nvml.Device) { d.Percent = 0 }, nvml.Percent, "nvmlDeviceGetUtilizationRates: the driver's library does not have it")},
		{"NO_POWER", without(func(d *nvml.Device) { d.Watts = 0 }, nvml.Watts, "nvmlDeviceGetPowerUsage: not supported by this device")},
		{"LOST", []nvml.Device{a, {Missing: map[nvml.Figure]string{nvml.Whole: "nvmlDeviceGetHandleByIndex_v2: the GPU has fallen off the bus"}}}},
	} {
		t.Run(test.fault, func(t *testing.T) {
			library, err := nvml.Open(nvmltest.Build(t, kerneltest.Lacking, strings.Fields(test.fault)...))
			if err != nil {
				t.Fatal(err)
			}
			got := library.Devices()
			for i := range got {
				if len(got[i].Missing) == 0 {
					got[i].Missing = nil
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if err := library.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNoDriver(t *testing.T) {
	_, err := nvml.Open(nvmltest.Build(t, kerneltest.Lacking, "NO_DRIVER"))
	if err == nil || err.Error() != "nvmlInit_v2: the driver is not loaded" {
		t.Errorf("opened with %v", err)
	}
	if _, err := nvml.Open("/nowhere/libnvidia-ml.so.1"); !errors.Is(err, nvml.ErrNone) {
		t.Errorf("opened no library with %v", err)
	}
}
