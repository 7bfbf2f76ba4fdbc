package index

import (
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Environment names the environment of a session.
type Environment struct {
	Session     tracker.ID     `json:"session"`
	Time        time.Time      `json:"time"`
	Environment tracker.Digest `json:"environment_digest,omitzero"`
}

// CodeState is the code of a cell execution, or of a session when Execution is zero.
type CodeState struct {
	Session    tracker.ID     `json:"session"`
	Execution  tracker.ID     `json:"execution,omitzero"`
	Time       time.Time      `json:"time"`
	Repository string         `json:"repository,omitempty"`
	Commit     string         `json:"commit,omitempty"`
	Branch     string         `json:"branch,omitempty"`
	Remote     string         `json:"remote,omitempty"`
	Tags       []string       `json:"tags"`
	Flags      []string       `json:"flags"` // what is special about the repository: merging, shallow, …
	Dirty      int            `json:"dirty"`
	Changes    tracker.Digest `json:"changes_digest,omitzero"`
	Missing    string         `json:"missing,omitempty"`
}

// Observation counts what a cell execution read, wrote, started and connected to.
type Observation struct {
	Session   tracker.ID     `json:"session"`
	Execution tracker.ID     `json:"execution"`
	Time      time.Time      `json:"time"`
	Observed  tracker.Digest `json:"observed_digest,omitzero"`
	Read      int            `json:"read"`
	Written   int            `json:"written"`
	Processes int            `json:"processes"`
	Hosts     int            `json:"hosts"`
	Missing   string         `json:"missing,omitempty"`
}

// Snapshot is files as they were at one moment.
type Snapshot struct {
	ID        tracker.ID     `json:"id"`
	Journal   tracker.ID     `json:"journal"`
	Entry     int64          `json:"entry"`
	Session   tracker.ID     `json:"session,omitzero"`
	Execution tracker.ID     `json:"execution,omitzero"`
	Started   time.Time      `json:"started"`
	Name      string         `json:"name"`
	Path      string         `json:"path"`
	Tree      tracker.Digest `json:"tree_digest,omitzero"`
	Files     int64          `json:"files"`
	Bytes     int64          `json:"bytes"`
	Profile   tracker.Digest `json:"profile_digest,omitzero"`
	Checks    tracker.Digest `json:"checks_digest,omitzero"`
	Failed    int            `json:"failed"`
	Owner     string         `json:"owner,omitempty"`
	Source    string         `json:"source,omitempty"`
	Licence   string         `json:"licence,omitempty"`
	Sensitive string         `json:"sensitivity,omitempty"`
	Missing   string         `json:"missing,omitempty"`
}

// Removal tells of bytes that were taken out of the packs.
type Removal struct {
	Time    time.Time      `json:"time"`
	Reason  string         `json:"reason"`
	Remote  string         `json:"remote,omitempty"`
	By      string         `json:"by,omitempty"`
	Removed tracker.Digest `json:"removed_digest,omitzero"`
	Count   int64          `json:"count"`
	Bytes   int64          `json:"bytes"`
}
