package index

import (
	"errors"
	"fmt"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Session is one kernel life.
type Session struct {
	ID            tracker.ID `json:"id"`
	Journal       tracker.ID `json:"journal"`
	Status        string     `json:"status"` // "open", "closed", or "cut" when its writer died
	Started       time.Time  `json:"started"`
	Ended         time.Time  `json:"ended,omitzero"`
	EndReason     string     `json:"end_reason,omitempty"`
	Engine        string     `json:"engine"`
	EngineVersion string     `json:"engine_version"`
	Gemba         string     `json:"gemba"`
	Notebook      string     `json:"notebook"`
	Dir           string     `json:"dir"`
	Host          string     `json:"host"`
	User          string     `json:"user"`
	PID           int        `json:"pid"`
	Command       string     `json:"command"`
}

// Cell is one cell execution. Durations are nanoseconds, sizes bytes.
type Cell struct {
	ID           tracker.ID     `json:"id"`
	Session      tracker.ID     `json:"session"`
	Journal      tracker.ID     `json:"journal"`
	Entry        int64          `json:"entry"` // number of its first entry in the journal
	Status       tracker.Status `json:"status"`
	Started      time.Time      `json:"started"`
	Finished     time.Time      `json:"finished,omitzero"`
	Count        int            `json:"count"` // In [Count]
	CellID       string         `json:"cell_id,omitempty"`
	Notebook     string         `json:"notebook"`
	Silent       bool           `json:"silent,omitempty"`
	Source       tracker.Digest `json:"source_digest,omitzero"`
	SourceSize   int64          `json:"source_size"`
	Wall         time.Duration  `json:"wall_ns"`
	Build        time.Duration  `json:"build_ns"`
	Run          time.Duration  `json:"run_ns"`
	UserCPU      time.Duration  `json:"user_cpu_ns"`
	SystemCPU    time.Duration  `json:"system_cpu_ns"`
	MaxRSS       int64          `json:"max_rss"`
	Reused       bool           `json:"reused"`
	Backend      string         `json:"backend,omitempty"`
	ErrorName    string         `json:"error_name,omitempty"`
	ErrorValue   tracker.Digest `json:"error_value_digest,omitzero"`
	Declarations tracker.Digest `json:"declarations_digest,omitzero"`
	Names        tracker.Digest `json:"names_digest,omitzero"`
	Program      tracker.Digest `json:"program_digest,omitzero"`
	GoMod        tracker.Digest `json:"go_mod_digest,omitzero"`
	GoSum        tracker.Digest `json:"go_sum_digest,omitzero"`
	Redactions   int64          `json:"redactions"`         // secrets that were taken out before anything was written
	Redacted     string         `json:"redacted,omitempty"` // the rules that found them
	Messages     int64          `json:"messages"`
	OutputBytes  int64          `json:"output_bytes"`
	OutputSHA256 string         `json:"output_sha256,omitempty"` // of everything the cell printed, kept or not
	Truncated    bool           `json:"truncated"`
	DroppedBytes int64          `json:"dropped_bytes"`
}

// Batch is a group of outputs of a cell execution, in one blob (see tracker.Output).
type Batch struct {
	Time   time.Time      `json:"time"`
	Digest tracker.Digest `json:"digest,omitzero"`
	Size   int64          `json:"size"`
	Count  int            `json:"count"`
	Tail   bool           `json:"tail,omitempty"` // what came between it and the batch before is not kept
}

// Gap is something that is missing from the record.
type Gap struct {
	Session   tracker.ID `json:"session,omitzero"`
	Execution tracker.ID `json:"execution,omitzero"`
	Time      time.Time  `json:"time"`
	Reason    string     `json:"reason"`
	Since     time.Time  `json:"since,omitzero"`
	Events    int64      `json:"events,omitempty"`
	Bytes     int64      `json:"bytes,omitempty"`
}

// Interruption says who stopped what.
type Interruption struct {
	Session   tracker.ID `json:"session,omitzero"`
	Execution tracker.ID `json:"execution,omitzero"`
	Time      time.Time  `json:"time"`
	By        string     `json:"by"`
}

// Problem is a journal that could not be projected to its end.
type Problem struct {
	Journal tracker.ID `json:"journal"`
	Entry   int64      `json:"entry"` // the first one that is missing
	Reason  string     `json:"reason"`
}

// Filter chooses cell executions; its zero value chooses all. Conditions are joined by and.
type Filter struct {
	Session  string         // leading digits of the session's id
	Notebook string         // part of the notebook's path
	Status   tracker.Status // as it is shown
	Since    time.Time      // started then or later
	Limit    int            // at most so many, the newest; 0 is all
}

// Errors of looking for an id.
var (
	ErrNotFound  = errors.New("not found")
	ErrAmbiguous = errors.New("ambiguous") // an *Ambiguous lists what it may mean
)

// Ambiguous is the error for leading digits that several ids share.
type Ambiguous struct {
	Prefix     string
	Candidates []Match
}

// Match is something recorded that an id may mean.
type Match struct {
	ID   tracker.ID
	Kind string // "cell", "session", "snapshot", "run" or "experiment"
}

func (e *Ambiguous) Error() string {
	return fmt.Sprintf("id %s is ambiguous: %d ids begin with it", e.Prefix, len(e.Candidates))
}

// Unwrap makes the error an ErrAmbiguous.
func (e *Ambiguous) Unwrap() error { return ErrAmbiguous }
