package tracker

import "time"

// Seen is what an engine saw a cell do outside of its own memory. It holds what happened, without
// digests: whoever records a cell's files looks at them afterwards.
type Seen struct {
	Opened    []Opened
	Processes []Process
	Hosts     []string // host:port or name:port that the cell connected to, sorted
	Children  bool     // something ran that opens files unseen: only the work tree's change tells of it
	Missed    []string // what could not be observed, and why, for people
}

// Opened is a file that a program of the cell opened, by its first opening. A file that was opened by paths that are spelt
// in other ways may be told of more than once, the first time first.
type Opened struct {
	Path     string // absolute
	Unlooked bool   // nobody looked how it was then: the rest is zero
	Existed  bool   // the rest tells how it was then; zero when it did not exist
	Size     int64
	ModTime  time.Time
	Inode    uint64
}

// Process is a child process that a cell started.
type Process struct {
	Command string // its arguments, joined by blanks
	PID     int
}
