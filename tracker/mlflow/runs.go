package mlflow

import (
	"context"
	"path"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// statusNames maps MLflow's statuses, names and numbers, to the tracker's.
var statusNames = map[string]tracker.RunStatus{
	"RUNNING": tracker.RunRunning, "SCHEDULED": tracker.RunScheduled, "FINISHED": tracker.RunFinished, "FAILED": tracker.RunFailed, "KILLED": tracker.RunKilled,
	"1": tracker.RunRunning, "2": tracker.RunScheduled, "3": tracker.RunFinished, "4": tracker.RunFailed, "5": tracker.RunKilled,
}

// status is a RunStatus, which may come as a name or a number.
type status string

func (v *status) UnmarshalJSON(b []byte) error {
	*v = status(unquote(b))
	return nil
}

func (v status) parse() (tracker.RunStatus, error) {
	parsed, known := statusNames[string(v)]
	if !known && v != "" {
		return "", invalidValue("status", string(v), "Want RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.")
	}
	return parsed, nil
}

// Tags that MLflow's clients give a run, and that are members of a run here. Each stays a tag too.
const (
	tagName   = "mlflow.runName"
	tagParent = "mlflow.parentRunId"
	tagUser   = "mlflow.user"
	tagSource = "mlflow.source.name"
)

func statusName(s tracker.RunStatus) string { return strings.ToUpper(string(s)) }

// runInfo is what MLflow calls so. Names of experiments and places of artifacts follow from ids.
func (s *Server) runInfo(ctx context.Context, x index.Run) (runInfo, error) {
	e, err := s.experiment(ctx, experimentNumber(x.Experiment))
	return infoOf(x, e), err
}

func infoOf(x index.Run, e index.Experiment) runInfo {
	id := x.ID.String()
	return runInfo{ID: id, UUID: id, Name: x.Name, Experiment: experimentNumber(x.Experiment), User: x.User, Status: statusName(x.Status),
		Started: milliseconds(x.Started), Ended: milliseconds(x.Ended), Artifacts: runArtifacts(artifactLocation(e), id), Stage: string(x.Stage)}
}

// runArtifacts is where a run's artifacts are, for clients.
func runArtifacts(location, id string) string {
	return strings.TrimRight(location, "/") + "/" + path.Join(id, "artifacts")
}

func runOf(x index.Run, e index.Experiment) runMessage {
	m := runMessage{Info: infoOf(x, e), Data: runData{Tags: shownTags(x.Tags)}}
	for _, p := range x.Params {
		m.Data.Params = append(m.Data.Params, pair{p.Key, p.Value})
	}
	for _, p := range x.Metrics {
		m.Data.Metrics = append(m.Data.Metrics, metricMessage{Key: p.Key, Value: double(p.Value), Time: integer(toMilliseconds(p.Time)), Step: integer(p.Step)})
	}
	for _, in := range x.Inputs {
		m.Inputs.Datasets = append(m.Inputs.Datasets, inputOf(in))
	}
	m.Inputs.Models, m.Outputs.Models = linkedModels(x.Tags)
	return m
}

type runID struct {
	ID   string `json:"run_id"`
	UUID string `json:"run_uuid"`
}

// id is the id, under the name that the client knows.
func (r runID) id() string {
	if r.ID == "" {
		return r.UUID
	}
	return r.ID
}

type runAnswer struct {
	Run runMessage `json:"run"`
}

func (s *Server) getRun(ctx context.Context, q *runID) (runAnswer, error) {
	id, err := parseRun(q.id())
	if err != nil {
		return runAnswer{}, err
	}
	x, err := s.indexedRun(ctx, id)
	if err != nil {
		return runAnswer{}, err
	}
	e, err := s.experiment(ctx, experimentNumber(x.Experiment))
	return runAnswer{runOf(x, e)}, err
}
