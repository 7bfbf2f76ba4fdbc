//go:build unix

package track

import (
	"runtime"
	"syscall"
)

// usage is what this program and the children that it waited for have used so far, as metrics.
func usage() map[string]float64 {
	var own, children syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &own) != nil || syscall.Getrusage(syscall.RUSAGE_CHILDREN, &children) != nil {
		return nil
	}
	unit := 1024.0 // of the peak: getrusage(2)
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		unit = 1
	}
	return map[string]float64{
		"system/program_user_seconds":     float64(own.Utime.Nano()+children.Utime.Nano()) / 1e9,
		"system/program_system_seconds":   float64(own.Stime.Nano()+children.Stime.Nano()) / 1e9,
		"system/program_memory_megabytes": float64(max(own.Maxrss, children.Maxrss)) * unit / 1e6, // the most that one of them had resident
	}
}
