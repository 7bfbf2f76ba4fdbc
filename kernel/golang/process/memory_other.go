//go:build !unix

package process

import "os"

// Memory measures nothing: the system does not tell the peak of a process.
type Memory struct{}

// Watch does nothing.
func (*Memory) Watch(int, <-chan struct{}) {}

// Of returns 0: it is not known.
func (*Memory) Of(*os.ProcessState) int64 { return 0 }
