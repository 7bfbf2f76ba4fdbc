package tracker

import "time"

// A run is what one attempt at something gave: params, metrics, tags, artifacts; an experiment groups runs. These are
// MLflow's words and mean what they mean there. The zero ID is the experiment of runs that name none: "Default".

// RunStatus is how far a run is.
type RunStatus string

// The statuses of a run, as MLflow has them. A run that belongs to a session and whose session was cut is
// shown as RunKilled.
const (
	RunScheduled RunStatus = "scheduled"
	RunRunning   RunStatus = "running"
	RunFinished  RunStatus = "finished"
	RunFailed    RunStatus = "failed"
	RunKilled    RunStatus = "killed"
)

// Stage says whether an experiment, a run or a model is shown or was put away. Nothing is taken out of a ledger by it.
type Stage string

// The stages.
const (
	Active  Stage = "active"
	Deleted Stage = "deleted"
)

// ValueType says what a param's text stands for, so that 0.10 and 0.1 are equal where they are compared as numbers.
type ValueType string

// The types of params' values.
const (
	TextValue  ValueType = "text"
	IntValue   ValueType = "int"
	FloatValue ValueType = "float"
	BoolValue  ValueType = "bool"
	JSONValue  ValueType = "json"
)

// Param is something that a run was given. A run's param has one value for good.
type Param struct {
	Key   string    `json:"param"`
	Value string    `json:"value"`
	Type  ValueType `json:"type,omitempty"` // empty: text
}

// Tag is a note about a run, an experiment, a model or a version of one. The last one with a key counts; Removed
// takes it away.
type Tag struct {
	Key     string `json:"tag"`
	Value   string `json:"value"`
	Removed bool   `json:"removed,omitempty"`
}

// Metric is one point of a series: what was measured at a step. Value may be NaN or infinite. A series is the metrics of a
// run with one key, in the order in which they were logged.
type Metric struct {
	Key   string
	Value float64
	Step  int64
	Time  int64 // nanoseconds since 1970, UTC: a series has too many of them for more
}

// Input is a dataset that a run used, in MLflow's terms.
type Input struct {
	Name       string `json:"input"`
	Digest     string `json:"digest"` // as the client computed it: no name of a blob
	SourceType string `json:"source_type,omitempty"`
	Source     string `json:"source,omitempty"`
	Schema     string `json:"schema,omitempty"`
	Profile    string `json:"profile,omitempty"`
	Tags       []Tag  `json:"tags,omitempty"` // "mlflow.data.context": "training"
}

// ExperimentChanged tells of a new experiment, or what became of one. What is empty stays as it was.
type ExperimentChanged struct {
	Experiment ID
	Time       time.Time
	Name       string
	Stage      Stage
	Tags       []Tag
}

// RunChanged tells of a new run, or what became of one. What is zero stays as it was.
type RunChanged struct {
	Run        ID
	Experiment ID // of a new run
	Parent     ID
	Session    ID // that the run belongs to and ends with; zero for one that lives on
	Execution  ID
	Time       time.Time
	Name       string
	Status     RunStatus
	Stage      Stage
	User       string
	Source     string // program or notebook
	Started    time.Time
	Ended      time.Time
}

// RunLogged tells what a run logged, in the order in which it did.
type RunLogged struct {
	Run       ID
	Session   ID
	Execution ID
	Time      time.Time
	Params    []Param
	Tags      []Tag
	Inputs    []Input
	Metrics   []Metric

	Log ID    // the track log that this was read from, zero when it was none
	End int64 // how many of its bytes are recorded with this event
}

// ArtifactLogged tells of a file or a folder that a run keeps. Its bytes are stored already.
type ArtifactLogged struct {
	Run       ID
	Session   ID
	Execution ID
	Time      time.Time
	Path      string // in the run, with slashes; never a path of a file system
	Kind      string // "file", "folder", "image", "table", "plot", "model", …
	Media     string // its media type, when known
	Artifact  Digest // of a file
	Tree      Digest // of a folder: a document as of a snapshot
	Files     int64
	Bytes     int64
	Removed   bool // takes it away
}

// ModelChanged tells of a registered model, or of a version of one when Version is not zero. What is empty stays as it was.
type ModelChanged struct {
	Model       string
	Version     int
	Time        time.Time
	Stage       Stage
	Renamed     string // its new name
	Description *string
	Run         ID     // of a version: that it came from
	Source      string // of a version: where its files are, in the client's words
	Status      string // of a version: "READY", …
	Deployment  string // of a version: MLflow's stage: "None", "Staging", "Production", "Archived"
	Tags        []Tag
	Aliases     []Alias
}

// Alias is a name for one version of a model. Version zero takes it away.
type Alias struct {
	Name    string `json:"alias"`
	Version int    `json:"version"`
}

// ViewSaved tells of a search that somebody gave a name. An empty query takes the view away.
type ViewSaved struct {
	Time  time.Time
	Name  string
	Query []byte // as the index reads it
}

// Reviewed tells what somebody says of a run, a cell execution, a session or a snapshot. Nothing takes it away: who thinks otherwise says so
// again.
type Reviewed struct {
	Time      time.Time
	Session   ID // of a cell execution that is reviewed
	Execution ID
	Subject   ID
	Verdict   Verdict
	By        string // the user's name, as the system tells it
	Comment   string // Markdown
}

// Verdict is what a review comes to.
type Verdict string

// The verdicts.
const (
	Commented Verdict = "commented"
	Approved  Verdict = "approved"
	Rejected  Verdict = "rejected"
)

func (ExperimentChanged) event() {}
func (RunChanged) event()        {}
func (RunLogged) event()         {}
func (ArtifactLogged) event()    {}
func (ModelChanged) event()      {}
func (ViewSaved) event()         {}
func (Reviewed) event()          {}

// ExperimentNamed returns the id of an experiment that is made by its name alone, as programs do: so those of one name are
// one experiment, also when ledgers are brought together.
func ExperimentNamed(name string) (id ID) {
	if name == "Default" {
		return ID{}
	}
	d := DigestOf([]byte("gemba experiment\n" + name))
	copy(id[:], d[:])
	return id
}
