package environ

import (
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// driverFiles is where NVIDIA's driver for Linux tells of itself and its devices.
const driverFiles = "proc/driver/nvidia"

// devices tells GPUs and their driver. nvidia-smi knows more than the driver's files do, and is asked where it is.
func (l *look) devices() {
	smi := l.find("nvidia-smi")
	if smi == "" || !l.askDriver(smi) {
		l.readDriver()
	}
	if l.facts["gpu.count"] == "" {
		l.facts.set("gpu.count", "0")
	}
}

// gpuColumns are what nvidia-smi is asked for each GPU, and the facts' names.
var gpuColumns = []struct{ query, fact string }{
	{"name", "model"}, {"memory.total", "memory_mib"}, {"compute_cap", "compute_capability"}, {"mig.mode.current", "mig"}, {"driver_version", ""},
}

// askDriver reports whether nvidia-smi told of GPUs.
func (l *look) askDriver(smi string) bool {
	var query []string
	for _, c := range gpuColumns {
		query = append(query, c.query)
	}
	out, err := l.tool(smi, "--query-gpu="+strings.Join(query, ","), "--format=csv,noheader,nounits")
	if err != nil {
		if l.exists(driverFiles) { // else there is a tool and no device
			l.facts.missing("gpu", err)
		}
		return false
	}
	return l.gpuTable(string(out))
}

// gpuTable reads nvidia-smi's answer: a line for each GPU.
func (l *look) gpuTable(text string) bool {
	count := 0
	for line := range strings.Lines(text) {
		values := strings.Split(line, ", ")
		if len(values) != len(gpuColumns) {
			continue
		}
		for i, c := range gpuColumns {
			fact := "gpu." + strconv.Itoa(count) + "." + c.fact
			if c.fact == "" {
				fact = "gpu.driver"
			}
			if value := strings.TrimSpace(values[i]); !strings.HasPrefix(value, "[") { // [N/A], [Not Supported]
				l.facts.set(fact, value)
			}
		}
		count++
	}
	l.facts.set("gpu.count", strconv.Itoa(count))
	return count > 0
}

var driverVersion = regexp.MustCompile(`\b(\d{3,}\.\d+(?:\.\d+)?)\b`)

// readDriver reads the driver's own files.
func (l *look) readDriver() {
	first, _, _ := strings.Cut(l.text(driverFiles+"/version"), "\n")
	l.facts.set("gpu.driver", driverVersion.FindString(first))
	list, _ := fs.Glob(l.system, driverFiles+"/gpus/*/information") // the pattern is right
	for i, path := range list {
		for line := range strings.Lines(l.text(path)) {
			if model, ok := strings.CutPrefix(line, "Model:"); ok {
				l.facts.set("gpu."+strconv.Itoa(i)+".model", model)
			}
		}
	}
	if len(list) > 0 {
		l.facts.set("gpu.count", strconv.Itoa(len(list)))
	}
}

// find gives the path of a command by the PATH that is looked at, "" when it is not there.
func (l *look) find(name string) string {
	for _, dir := range filepath.SplitList(l.variable("PATH")) {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil && filepath.IsAbs(path) {
			return path
		}
	}
	return ""
}
