//go:build !linux

package gc

// yieldProcessor does nothing: only Linux has priorities of threads.
func yieldProcessor() {}
