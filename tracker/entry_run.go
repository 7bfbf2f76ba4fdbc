package tracker

import "time"

// The entries of this file record what runs are and what they logged. Everything that a user wrote at length is in
// the blobs that they name: JSON lines of Param, Tag, Input and Alias, and the points of metrics (see points.go).
// These blobs are no documents: a digest in them is the user's text.

// ExperimentEntry records ExperimentChanged.
type ExperimentEntry struct {
	Header
	Experiment ID     `json:"experiment"`
	Name       string `json:"name,omitempty"`
	Stage      Stage  `json:"stage,omitempty"`
	Logged     Digest `json:"logged,omitzero"`
}

// RunEntry records RunChanged.
type RunEntry struct {
	Header
	Run        ID        `json:"run"`
	Experiment ID        `json:"experiment,omitzero"`
	Parent     ID        `json:"parent,omitzero"`
	Name       string    `json:"name,omitempty"`
	Status     RunStatus `json:"status,omitempty"`
	Stage      Stage     `json:"stage,omitempty"`
	User       string    `json:"user,omitempty"`
	Source     string    `json:"source,omitempty"`
	Started    time.Time `json:"started,omitzero"`
	Ended      time.Time `json:"ended,omitzero"`
}

// LoggedEntry records RunLogged.
type LoggedEntry struct {
	Header
	Run     ID     `json:"run"`
	Logged  Digest `json:"logged,omitzero"`
	Params  int    `json:"params,omitempty"`
	Tags    int    `json:"tags,omitempty"`
	Inputs  int    `json:"inputs,omitempty"`
	Points  Digest `json:"points,omitzero"`
	Metrics int    `json:"metrics,omitempty"` // how many points
	Log     ID     `json:"log,omitzero"`
	End     int64  `json:"end,omitempty"`
}

// ArtifactEntry records ArtifactLogged.
type ArtifactEntry struct {
	Header
	Run      ID     `json:"run"`
	Path     string `json:"path"`
	Type     string `json:"type,omitempty"`
	Media    string `json:"media,omitempty"`
	Artifact Digest `json:"artifact,omitzero"`
	Tree     Digest `json:"tree,omitzero"`
	Files    int64  `json:"files,omitempty"`
	Bytes    int64  `json:"bytes"`
	Removed  bool   `json:"removed,omitempty"`
}

// ModelEntry records ModelChanged. Its blob is one line with the description, when there is one, and then a line for each
// tag and alias.
type ModelEntry struct {
	Header
	Model      string `json:"model"`
	Version    int    `json:"version,omitempty"`
	Stage      Stage  `json:"stage,omitempty"`
	Renamed    string `json:"renamed,omitempty"`
	Run        ID     `json:"run,omitzero"`
	Source     string `json:"source,omitempty"`
	Status     string `json:"status,omitempty"`
	Deployment string `json:"deployment,omitempty"`
	Logged     Digest `json:"logged,omitzero"`
}

// ViewEntry records ViewSaved.
type ViewEntry struct {
	Header
	Name  string `json:"name"`
	Query Digest `json:"query,omitzero"`
}

// ReviewEntry records Reviewed.
type ReviewEntry struct {
	Header
	Subject ID      `json:"subject"`
	Verdict Verdict `json:"verdict"`
	By      string  `json:"by,omitempty"`
	Comment Digest  `json:"comment,omitzero"`
}
