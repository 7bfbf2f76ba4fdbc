package tracker

import (
	"encoding/json"
	"time"
)

// Event is something that happened, told to a Recorder by whoever saw it: the kernel server, the
// headless runner, an importer. Events are the border between execution and ledger: they never
// carry a transport's message, and they carry bytes, not digests (the Recorder stores and names them).
type Event interface{ event() }

// SessionOpened starts a session: one kernel life, from start or restart to exit.
type SessionOpened struct {
	Session       ID
	Time          time.Time
	Engine        string // "go", or the name of a wrapped kernelspec
	EngineVersion string // "go1.26.8"
	Gemba         string // version of this program
	Notebook      string // path as the front end gave it, empty when unknown
	Dir           string // working directory at the start
	Host          string
	User          string
	PID           int
	Command       string // "kernel" or "run"
}

// CellStarted says that an engine began with a cell.
type CellStarted struct {
	Session   ID
	Execution ID
	Time      time.Time
	Count     int    // In [Count]
	CellID    string // nbformat id of the cell, empty when the front end sent none
	Notebook  string
	Source    string
	Silent    bool
	Unseen    bool // it may open files that the engine does not tell of; not recorded
}

// CellOutput is one output as the front end was shown it: Type is an iopub message type (stream,
// display_data, update_display_data, execute_result, error, clear_output) or input_reply's prompt,
// Content the message's content.
type CellOutput struct {
	Execution ID
	Time      time.Time
	Type      string
	Content   json.RawMessage
}

// CellFinished says how a cell execution ended.
type CellFinished struct {
	Execution    ID
	Time         time.Time
	Status       Status
	ErrorName    string
	ErrorValue   string
	Build        time.Duration
	Run          time.Duration
	UserCPU      time.Duration
	SystemCPU    time.Duration
	MaxRSS       int64
	Reused       bool
	Declarations []string // names in force, sorted
	Backend      string
	Program      string // the whole program that was built
	GoMod        string // of the module it was built in
	GoSum        string
	Seen         Seen
	Names        Names
}

// Names is what a cell's code names, as far as the engine tells. A Bound that is empty, and not nil, tells that it named nothing.
//
// Names of Python are variables, which keep their values: who used one used what the cell gave it that bound it last before. Those of Go
// are declarations, which each cell's program is made of anew: who used one depends on how it was declared last, not on values, and Used
// holds all that the program depends on, directly or through other declarations.
type Names struct {
	Bound     []string `json:"bound,omitempty"`     // names that it gave a value or declared, sorted
	Unchanged []string `json:"unchanged,omitempty"` // those of them that were declared in just this way before, sorted
	Used      []string `json:"used,omitempty"`      // names that it used and that came from cells before it, sorted
	Imports   []Module `json:"imports,omitempty"`   // libraries that it imported, and those that were loaded with them
	Seeds     []Seed   `json:"seeds,omitempty"`     // that it gave to random number generators
}

// Module is a library as a cell found it.
type Module struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"` // empty when nobody tells it
}

// Seed is what a cell gave to a random number generator.
type Seed struct {
	Call  string `json:"call"`  // as the cell has it: "np.random.seed", or "train_test_split(random_state)" for an argument with a name
	Value string `json:"value"` // a whole number, and nothing else
}

// Interrupted says who stopped what.
type Interrupted struct {
	Session   ID
	Execution ID // zero when nothing ran
	Time      time.Time
	By        string // "interrupt_request", "SIGINT", "shutdown_request"
}

// Gap says that something is missing from the record, and why.
type Gap struct {
	Session   ID
	Execution ID // zero when it concerns the session
	Time      time.Time
	Reason    string
}

// SessionClosed ends a session that ended in order.
type SessionClosed struct {
	Session ID
	Time    time.Time
	Reason  string // "shutdown", "restart", "SIGTERM", "done"
}

func (SessionOpened) event() {}
func (CellStarted) event()   {}
func (CellOutput) event()    {}
func (CellFinished) event()  {}
func (Interrupted) event()   {}
func (Gap) event()           {}
func (SessionClosed) event() {}

// Status is how a cell execution ended.
type Status string

// The statuses of a cell execution. Running is the status of one whose end was never recorded; when its
// writer is known to be gone it is shown as Cut.
const (
	Running   Status = "running"
	OK        Status = "ok"
	Failed    Status = "error"
	Aborted   Status = "aborted"     // never ran: an earlier cell of the queue failed
	Interrupt Status = "interrupted" // the user stopped it
	Cut       Status = "cut"         // the kernel died while it ran
)
