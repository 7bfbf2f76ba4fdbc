package wire

import (
	"context"
	"errors"
	"time"
)

// Cell is what an engine is asked to execute: one execute_request, freed of its transport.
type Cell struct {
	Source          string
	Count           int    // execution count shown to the user as In [Count]
	CellID          string // metadata.cellId of the request, empty when the front end sends none
	Silent          bool   // nothing is published and nothing counts
	Uncounted       bool   // store_history is false: runs like any other, but does not count
	AllowStdin      bool   // the front end can answer input_request
	UserExpressions map[string]string
	Env             []string // more of the environment for what the cell runs, each "NAME=value"
}

// Front is what an engine may say to the front end while it works for one request. Every message
// has that request as its parent. A Front may be used from several goroutines; messages leave in
// the order of the calls. It must not be used after the call it was given to has returned.
type Front interface {
	// Publish sends a message on iopub. Content is anything that encodes to a JSON object.
	Publish(t Type, content any, buffers ...[]byte)

	// Input asks the user for a line (input_request) and returns it without its line end.
	// It returns ErrNoStdin when the front end cannot ask, and ctx.Err() when ctx ends first.
	Input(ctx context.Context, prompt string, password bool) (string, error)
}

// ErrNoStdin says that the front end does not answer input requests (allow_stdin is false).
var ErrNoStdin = errors.New("this front end does not answer input requests (allow_stdin is false)")

// Outcome is how a cell execution ended.
type Outcome struct {
	Error           *Error         // nil when the cell succeeded
	Shown           bool           // the engine has shown the error in its own way, on a stream perhaps
	UserExpressions map[string]any // results by name, as execute_reply carries them
	Payload         []any          // execute_reply's deprecated payload, for pagers and set_next_input
	Facts           Facts
}

// Error is the content of an error message and of a failed reply.
type Error struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// Interrupted is the Name of an Error that reports an interrupt, as ipykernel spells it.
const Interrupted = "KeyboardInterrupt"

// Facts are what an engine knows about an execution beyond its messages; all of it is recorded.
type Facts struct {
	Build        time.Duration // from source to executable, zero when nothing was built
	Run          time.Duration // wall time of the cell's process
	UserCPU      time.Duration // of the cell's process and the children it waited for
	SystemCPU    time.Duration
	MaxRSS       int64    // peak resident memory in bytes
	Reused       bool     // an executable built before was run again
	Declarations []string // names in force while the cell ran, sorted
	Backend      string   // compute backend chosen for the cell, empty when it uses none
	Program      string   // the whole program that was built, empty when none was
	GoMod        string   // go.mod and go.sum of the module it was built in
	GoSum        string
	Seen         Seen
	Bound        []string // names that the cell gave a value or declared, sorted; nil when the engine does not know, of Used too
	Unchanged    []string // those of them that were declared in just this way before, sorted
	Used         []string // names that it used and that came from cells before it, sorted
	Imports      []Module // that it imported, and those that were loaded with them
	Seeds        []Seed   // that it gave to random number generators
}

// Module is a library as a cell found it.
type Module struct {
	Name    string
	Version string // empty when nobody tells it
}

// Seed is what a cell gave to a random number generator.
type Seed struct {
	Call  string // as the cell has it: "np.random.seed", or "train_test_split(random_state)" for an argument with a name
	Value string // a whole number, and nothing else: what a cell holds may be a secret
}

// Seen is what an engine saw a cell do outside of its own memory.
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
