package index

import (
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
)

// Experiment is a row of the table experiments with its tags.
type Experiment struct {
	ID      tracker.ID // zero: Default
	Name    string
	Stage   tracker.Stage
	Created time.Time
	Updated time.Time
	Tags    []tracker.Tag // by key
	Runs    int           // that are not deleted
}

// Run is a run with the last of all that it logged.
type Run struct {
	ID         tracker.ID
	Experiment tracker.ID
	Parent     tracker.ID
	Session    tracker.ID
	Execution  tracker.ID
	Name       string
	Status     tracker.RunStatus
	Stage      tracker.Stage
	User       string
	Source     string
	Started    time.Time
	Ended      time.Time
	Params     []tracker.Param  // by key
	Tags       []tracker.Tag    // by key
	Metrics    []tracker.Metric // the last of each series as MLflow has it (highest step, then time, then value), by key
	Inputs     []tracker.Input
	More       map[filter.Field][]string // what Columns.More asked for: the first values of each
}

// Columns is what of a run a search returns beside its own row.
type Columns struct {
	Params, Tags, Metrics, Inputs bool
	Keys                          []string       // of params, tags and metrics; nil: all
	More                          []filter.Field // of which a run can have several values: git.branch, data.path
}

// RunSearch asks for runs. The zero value asks for all active runs, newest first.
type RunSearch struct {
	Experiments []tracker.ID // nil: all
	Stages      []tracker.Stage
	Filter      filter.Expr // nil: all
	Order       []filter.Order
	Limit       int    // 0: 1000
	After       string // the Next of the page before, with the same search
	Columns     Columns
	Now         time.Time // what ages in the filter are counted from; zero: the present
}

// RunPage is an answer to a RunSearch.
type RunPage struct {
	Runs []Run
	Next string // empty: there are no more
}

// SeriesSearch asks for the points of a run's metric.
type SeriesSearch struct {
	Run    tracker.ID
	Key    string
	From   int64 // steps; From and To zero: all
	To     int64
	Points int // at most so many, of which extremes are kept; 0: each one
}

// Artifact is a file or a folder that a run keeps.
type Artifact struct {
	Run    tracker.ID
	Path   string
	Kind   string
	Media  string
	Digest tracker.Digest // of a file
	Tree   tracker.Digest // of a folder
	Files  int64
	Bytes  int64
	Logged time.Time
}

// Model is a registered model.
type Model struct {
	Name        string
	Stage       tracker.Stage
	Created     time.Time
	Updated     time.Time
	Description string
	Tags        []tracker.Tag
	Aliases     []tracker.Alias
}

// ModelVersion is a version of a registered model.
type ModelVersion struct {
	Model       string
	Version     int
	Stage       tracker.Stage
	Created     time.Time
	Updated     time.Time
	Description string
	Run         tracker.ID
	Source      string
	Status      string
	Deployment  string // "None", "Staging", "Production", "Archived"
	Tags        []tracker.Tag
}

// View is a search that somebody gave a name.
type View struct {
	Name  string
	Query []byte
	Saved time.Time
}

// RunExecution is a cell execution, or a session, that told something of a run.
type RunExecution struct {
	Session   tracker.ID
	Execution tracker.ID
	First     time.Time
}
