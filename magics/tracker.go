package magics

import "context"

// Tracker is the part of a Host that keeps the run of a session.
type Tracker interface {
	// Log adds to the session's run, which opens with the first thing that is logged: all of it, or nothing when it returns an error.
	Log(ctx context.Context, l Logged) error

	// Experiment says in which experiment what follows belongs. A run that has begun ends. A description may be empty;
	// without a name it tells which experiments there are.
	Experiment(ctx context.Context, name, description string) (Reply, error)

	// Artifact keeps a file, a folder or a text with the session's run, as it is now.
	Artifact(ctx context.Context, a Artifact) (string, error)

	// Ledger lists runs, and cell executions.
	Ledger(ctx context.Context, q Question) (Reply, error)

	// Diff compares two runs, named by ids, their beginnings or names. An empty one is the session's run.
	Diff(ctx context.Context, a, b string) (Reply, error)
}

// Logged is something to add to a run.
type Logged struct {
	Params  []Param
	Tags    []Tag
	Metrics []Metric
	Notes   []Note
}

// Param is something that the run was given. Type is text, int, float, bool or json.
type Param struct{ Key, Value, Type string }

// Tag is something noted about the run; the last one of a key counts.
type Tag struct{ Key, Value string }

// Metric is a figure of the run at a step.
type Metric struct {
	Key   string
	Value float64
	Step  int64
}

// Note is a text about the run. About says what it is: empty for a remark, "hypothesis" or "conclusion".
type Note struct{ About, Text string }

// Artifact is what a run is to keep: what is at Path, or Text where that is empty.
type Artifact struct {
	Path string // absolute
	Text string
	As   string // its path in the run; empty: that of the file
	Type string // one of ArtifactTypes; empty: file
}

// Question is what %ledger asks for.
type Question struct {
	Filter string // in the language of searches; empty: all
	Cells  bool   // cell executions and no runs
	Limit  int    // 0: as many as fit a screen
}
