package process

import "os"

// Meter measures what programs use. A program waits for its methods, which so must be quick. They may be called from several goroutines.
type Meter interface {
	Started(pid int)                        // on Unix it is the leader of a session of processes
	Dead(pid int)                           // it is dead and not yet buried; called on Linux alone
	Exited(pid int, state *os.ProcessState) // and buried
}

// unmeasured measures nothing.
type unmeasured struct{}

func (unmeasured) Started(int)                  {}
func (unmeasured) Dead(int)                     {}
func (unmeasured) Exited(int, *os.ProcessState) {}
