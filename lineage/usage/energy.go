package usage

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// rapl counts the energy of the machine's processors, from the counters that the system shows under /sys/class/powercap
// (Documentation/power/powercap of Linux; Intel's and AMD's processors have them). Since 2020 only root may read them (CVE-2020-8694).
type rapl struct {
	sys   fs.FS // /sys/class/powercap
	zones []zone
	found bool
	used  int64 // microjoules since the first look
}

// zone is a counter of one processor package. It begins anew at its range.
type zone struct {
	path   string
	last   int64
	length int64
}

// look adds what was used since the last look.
func (r *rapl) look(why *reasons) {
	if !r.found {
		r.find(why)
		return
	}
	for i := range r.zones {
		z := &r.zones[i]
		now, err := r.number(z.path + "/energy_uj")
		if err != nil {
			why.because("energy", err.Error())
			continue
		}
		if now < z.last {
			r.used += z.length
		}
		r.used += now - z.last
		z.last = now
	}
}

// find finds the counters of packages: "intel-rapl:0" is one, "intel-rapl:0:1" a part of one.
func (r *rapl) find(why *reasons) {
	r.found = true
	paths, _ := fs.Glob(r.sys, "intel-rapl:*")
	for _, path := range paths {
		name, _ := fs.ReadFile(r.sys, path+"/name")
		if !strings.HasPrefix(string(name), "package") || strings.Count(path, ":") > 1 {
			continue
		}
		last, err := r.number(path + "/energy_uj")
		if err != nil {
			if errors.Is(err, fs.ErrPermission) {
				err = fmt.Errorf("%w (only root may read it)", err)
			}
			why.because("energy", err.Error())
			continue
		}
		length, _ := r.number(path + "/max_energy_range_uj") // without it a counter that begins anew counts too little
		r.zones = append(r.zones, zone{path, last, length})
	}
	if len(paths) == 0 {
		why.because("energy", "this machine shows no counters of its processors' energy")
	}
}

func (r *rapl) number(path string) (int64, error) {
	text, err := fs.ReadFile(r.sys, path)
	if err != nil {
		return 0, fmt.Errorf("read energy: %w", err)
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read energy of %s: %w", path, err)
	}
	return n, nil
}

// joules is what was used since the first look.
func (r *rapl) joules() float64 { return float64(max(r.used, 0)) / 1e6 }
