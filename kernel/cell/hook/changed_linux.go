package hook

import "syscall"

// changed is when a file's bytes changed, in nanoseconds.
func changed(s *syscall.Stat_t) int64 { return s.Mtim.Nano() }
