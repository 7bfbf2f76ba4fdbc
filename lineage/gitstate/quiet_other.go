//go:build !linux

package gitstate

// quietly runs f. Only on Linux has a thread a priority of its own.
func quietly(f func()) { f() }
