// Package account gathers what a ledger tells of one cell execution, session or run, where it came from, and what differs between two: the
// same for a command's `--json` and for the web's interface. It must not know how an answer is drawn, nor what is inside of the documents
// that package lineage writes: whoever calls it brings what reads them (Documents).
package account

import (
	"context"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Index is what is read of a ledger; *index.Index is one.
type Index interface {
	Blob(d tracker.Digest) ([]byte, error)
	Cell(ctx context.Context, id tracker.ID) (index.Cell, error)
	Cells(ctx context.Context, f index.Filter) ([]index.Cell, error)
	Session(ctx context.Context, id tracker.ID) (index.Session, error)
	Outputs(ctx context.Context, cell tracker.ID) ([]index.Batch, error)
	Gaps(ctx context.Context, id tracker.ID) ([]index.Gap, error)
	Interruptions(ctx context.Context, id tracker.ID) ([]index.Interruption, error)
	CodeStates(ctx context.Context, execution tracker.ID) ([]index.CodeState, error)
	SnapshotsOf(ctx context.Context, execution tracker.ID) ([]index.Snapshot, error)
	Observations(ctx context.Context, execution tracker.ID) ([]index.Observation, error)
	Environments(ctx context.Context, session tracker.ID) ([]index.Environment, error)
	Usages(ctx context.Context, execution tracker.ID) ([]index.Usage, error)
	UsageOfRun(ctx context.Context, run tracker.ID) (u tracker.Usage, cells int, err error)
	Run(ctx context.Context, id tracker.ID) (index.Run, error)
	RunsOf(ctx context.Context, id tracker.ID) ([]tracker.ID, error)
	SearchRuns(ctx context.Context, q index.RunSearch) (index.RunPage, error)
	Experiments(ctx context.Context, stages []tracker.Stage) ([]index.Experiment, error)
	Executions(ctx context.Context, run tracker.ID) ([]index.RunExecution, error)
	Artifacts(ctx context.Context, run tracker.ID, under string) ([]index.Artifact, error)
	SeriesKeys(ctx context.Context, run tracker.ID) ([]index.SeriesKey, error)
	Series(ctx context.Context, q index.SeriesSearch) ([]tracker.Metric, error)
	Extents(ctx context.Context, run tracker.ID) (map[string]index.Extent, error)
}

// Documents reads the documents that entries name.
type Documents interface {
	Observed(document []byte) (Touched, error)
	Changes(document []byte) ([]PathState, error)
	Facts(document []byte) ([]Fact, error)
	Modules(goMod, goSum string) ([]Fact, error)
	Join(a, b []Fact) []Fact // sorted; those of b replace those of a
	Differences(a, b []Fact) []FactChange
}

// Touched is what a cell touched.
type Touched struct {
	Files     []File
	Commands  []string
	Connected []string
}

// File is a file that a cell touched. Its digests are bare SHA-256, as sha256sum prints them.
type File struct {
	Path    string `json:"path"`
	Read    bool   `json:"read,omitempty"`
	Written bool   `json:"written,omitempty"`
	Created bool   `json:"created,omitempty"`
	Removed bool   `json:"removed,omitempty"`
	Absent  bool   `json:"absent,omitempty"` // it came and went while the cell ran, or never was there
	Size    int64  `json:"size"`
	Before  string `json:"before_sha256,omitempty"`
	After   string `json:"after_sha256,omitempty"`
	Kept    bool   `json:"kept"`
	Missing string `json:"missing,omitempty"`
}

// Verb says in a word what a cell did with a file.
func (f File) Verb() string {
	switch {
	case f.Absent:
		return "absent"
	case f.Removed:
		return "removed"
	case f.Created:
		return "created"
	case f.Written:
		return "wrote"
	}
	return "read"
}

// PathState is a path whose state differs from the commit's, and that state in a few words.
type PathState struct{ Path, State string }

// Fact is one thing that is known of an environment, such as go.version.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// FactChange is a fact that two environments do not share. Was is empty when it was added, Is when it was removed.
type FactChange struct {
	Name string `json:"name"`
	Was  string `json:"was,omitempty"`
	Is   string `json:"is,omitempty"`
}

// Reader reads accounts.
type Reader struct {
	Index       Index
	Documents   Documents
	OutputLimit int64 // how many bytes of outputs Cell reads; 0: all, negative: none
}
