package tracker

import "time"

// Kind names a kind of entry, for instance "cell.started".
type Kind string

// Entry is one recorded fact: one line of JSON in a journal. Its fields are flat and few; whatever a
// user wrote or saw is a blob that the entry names by digest, so that bytes can be taken out later
// without touching the entry. The table of kinds is in kinds.go.
type Entry interface {
	// Head returns what every entry has.
	Head() *Header
}

// Header is what every entry begins with. Session and Execution are zero where an entry concerns neither.
type Header struct {
	Kind      Kind      `json:"kind"`
	Time      time.Time `json:"time"` // the writer's clock, UTC; order comes from position, never from time
	Session   ID        `json:"session,omitzero"`
	Execution ID        `json:"execution,omitzero"`

	// How many secrets were replaced in the entry and in the blobs it names, and which rules found them.
	// Of a cell execution, cell.finished tells for all its entries.
	Redactions int64    `json:"redactions,omitempty"`
	Redacted   []string `json:"redacted,omitempty"`
}

// Head returns the header itself.
func (h *Header) Head() *Header { return h }

// JournalOpenedEntry is the first entry of a journal.
type JournalOpenedEntry struct {
	Header
	Format  int    `json:"format"`
	Journal ID     `json:"journal"`
	Key     string `json:"key,omitempty"` // verifier key of the checkpoints, empty when they are not signed
	Writer  string `json:"writer,omitempty"`
	Gemba   string `json:"gemba,omitempty"`
	Host    string `json:"host,omitempty"`
	PID     int    `json:"pid,omitempty"`
}

// JournalClosedEntry is the last entry of a journal that was closed in order.
type JournalClosedEntry struct{ Header }

// LedgerOpenedEntry is the first entry of the ledger-wide journal.
type LedgerOpenedEntry struct {
	Header
	Format int    `json:"format"`
	Ledger ID     `json:"ledger"`
	Key    string `json:"key,omitempty"`
}

// CheckpointEntry is an entry of the ledger-wide journal: the state of one journal, so that a journal
// that is removed or rolled back shows.
type CheckpointEntry struct {
	Header
	Journal    ID     `json:"journal"`
	State      string `json:"state"`         // "opened", "closed" or "cut"
	Key        string `json:"key,omitempty"` // as in JournalOpenedEntry
	Checkpoint string `json:"checkpoint"`    // the text of the journal's checkpoint file
}

// SessionOpenedEntry records SessionOpened.
type SessionOpenedEntry struct {
	Header
	Engine        string `json:"engine"`
	EngineVersion string `json:"engine_version,omitempty"`
	Gemba         string `json:"gemba,omitempty"`
	Notebook      string `json:"notebook,omitempty"`
	Dir           string `json:"dir,omitempty"`
	Host          string `json:"host,omitempty"`
	User          string `json:"user,omitempty"`
	PID           int    `json:"pid,omitempty"`
	Command       string `json:"command,omitempty"`
}

// CellStartedEntry records CellStarted.
type CellStartedEntry struct {
	Header
	Count      int    `json:"count,omitempty"`
	CellID     string `json:"cell_id,omitempty"`
	Notebook   string `json:"notebook,omitempty"`
	Source     Digest `json:"source,omitzero"`
	SourceSize int64  `json:"source_size"` // bytes
	Silent     bool   `json:"silent,omitempty"`
}

// CellOutputsEntry records a batch of outputs of a running cell. The blob holds them as JSON lines
// (see Output); several messages may have become one line.
type CellOutputsEntry struct {
	Header
	Outputs  Digest `json:"outputs,omitzero"`
	Size     int64  `json:"size"`           // bytes of the blob
	Count    int    `json:"count"`          // lines in the blob
	Messages int64  `json:"messages"`       // messages that became these lines
	Tail     bool   `json:"tail,omitempty"` // follows a cut: what came between is counted in cell.finished, not kept
}

// CellFinishedEntry records CellFinished. Durations are nanoseconds, sizes bytes.
type CellFinishedEntry struct {
	Header
	Status       Status        `json:"status"`
	ErrorName    string        `json:"error_name,omitempty"`
	ErrorValue   Digest        `json:"error_value,omitzero"`
	Wall         time.Duration `json:"wall_ns,omitempty"` // from start to finish, by the monotonic clock
	Build        time.Duration `json:"build_ns,omitempty"`
	Run          time.Duration `json:"run_ns,omitempty"`
	UserCPU      time.Duration `json:"user_cpu_ns,omitempty"`
	SystemCPU    time.Duration `json:"system_cpu_ns,omitempty"`
	MaxRSS       int64         `json:"max_rss,omitempty"`
	Reused       bool          `json:"reused,omitempty"`
	Backend      string        `json:"backend,omitempty"`
	Declarations Digest        `json:"declarations,omitzero"` // blob: a JSON array of names
	Names        Digest        `json:"names,omitzero"`        // blob: a JSON object, Names
	Program      Digest        `json:"program,omitzero"`
	GoMod        Digest        `json:"go_mod,omitzero"` // of the module that Program was built in
	GoSum        Digest        `json:"go_sum,omitzero"`
	Messages     int64         `json:"messages"`                // outputs as the front end was shown them
	OutputBytes  int64         `json:"output_bytes"`            // bytes of their contents
	OutputSHA256 string        `json:"output_sha256,omitempty"` // of the whole output (see OutputHash) without its secrets, kept or not; bare hex: it names no blob
	Truncated    bool          `json:"truncated,omitempty"`
	DroppedBytes int64         `json:"dropped_bytes,omitempty"` // of OutputBytes, left out between head and tail
}

// InterruptedEntry records Interrupted.
type InterruptedEntry struct {
	Header
	By string `json:"by"`
}

// GapEntry says that something is missing from the record, and why.
type GapEntry struct {
	Header
	Reason string    `json:"reason"`
	Since  time.Time `json:"since,omitzero"`
	Events int64     `json:"events,omitempty"` // how many events were lost
	Bytes  int64     `json:"bytes,omitempty"`  // and how many bytes of output with them
}

// SessionClosedEntry records SessionClosed.
type SessionClosedEntry struct {
	Header
	Reason string `json:"reason,omitempty"`
}

// UnknownEntry is an entry of a kind that this program does not know. It is kept, counted and skipped.
type UnknownEntry struct {
	Header
	Line []byte `json:"-"` // the whole line, as it is in the journal
}
