package journal

import (
	"context"
	"iter"

	"github.com/gemba-ml/gemba/tracker"
)

// Format is the newest ledger format that this program reads, and the one that it writes.
const Format = 1

// Ledger is a ledger opened for reading.
type Ledger struct{ dir string }

// Find returns the directory of the ledger that serves dir: GEMBA_LEDGER, else .gemba at the root of
// the git repository that holds dir, else .gemba in dir. It need not exist.
func Find(dir string) string { return "" }

// Open opens the ledger in directory dir for reading. It returns an error that is ErrNoLedger when
// there is none, and ErrNewer when its format is newer than this program.
func Open(dir string) (*Ledger, error) { return nil, nil }

// Dir returns the ledger's directory.
func (l *Ledger) Dir() string { return l.dir }

// Journals returns the journals of the ledger, sorted by id.
func (l *Ledger) Journals() ([]tracker.ID, error) { return nil, nil }

// Record is an entry and where it is.
type Record struct {
	Journal tracker.ID
	N       int64 // 0 is the first entry
	End     int64 // offset of the byte behind the entry's line
	Line    []byte
	Entry   tracker.Entry
}

// Position is a place in a journal to go on reading from: the entry number and its offset.
type Position struct{ N, Offset int64 }

// Entries returns the entries of a journal from a position on. A torn last line is left out. After
// an error of one line (tracker.ErrEntry) reading goes on behind it.
func (l *Ledger) Entries(journal tracker.ID, from Position) iter.Seq2[Record, error] { return nil }

// State is how a journal stands.
type State string

// The states of a journal.
const (
	Open_  State = "open"   // its writer lives
	Closed State = "closed" // closed in order
	Cut    State = "cut"    // its writer is gone and did not close it
)

// State tells how a journal stands.
func (l *Ledger) State(journal tracker.ID) (State, error) { return "", nil }

// Blob returns the bytes of a blob, verified.
func (l *Ledger) Blob(d tracker.Digest) ([]byte, error) { return nil, nil }

// Create starts a new journal in the ledger at dir, which is made when there is none.
func Create(dir string, o Options) (*Writer, error) { return nil, nil }

// Options of a writer.
type Options struct {
	Key    *Key   // signs the checkpoints; nil: unsigned
	Writer string // what writes: "kernel", "run"
	Gemba  string // version of this program
}

// Writer appends to one journal; it is a tracker.Journal.
type Writer struct{}

// Key signs checkpoints.
type Key struct{}

// LoadKey returns the key of the user, made at first use: the file "key" in $GEMBA_CONFIG, else in
// gemba/ in the user's configuration folder.
func LoadKey() (*Key, error) { return nil, nil }

// Verify checks a whole ledger.
func Verify(ctx context.Context, dir string) (*Report, error) { return nil, nil }

// Report is what Verify found; see its fields in verify.go.
type Report struct{}
