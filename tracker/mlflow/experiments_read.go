package mlflow

import (
	"context"

	"github.com/gemba-ml/gemba/tracker"
)

type experimentAnswer struct {
	Experiment experimentMessage `json:"experiment"`
}

func (s *Server) getExperiment(ctx context.Context, q *experimentID) (experimentAnswer, error) {
	if err := required("experiment_id", q.ID); err != nil {
		return experimentAnswer{}, err
	}
	x, err := s.freshExperiment(ctx, q.ID)
	return experimentAnswer{experimentOf(x)}, err
}

type experimentName struct {
	Name string `json:"experiment_name"`
}

func (s *Server) getExperimentByName(ctx context.Context, q *experimentName) (experimentAnswer, error) {
	if err := required("experiment_name", q.Name); err != nil {
		return experimentAnswer{}, err
	}
	x, err := s.named(ctx, q.Name)
	return experimentAnswer{experimentOf(x)}, err
}

// view is which stages a search looks at.
type view string

// views maps MLflow's names and numbers of ViewType to stages; none are all.
var views = map[view][]tracker.Stage{
	"": {tracker.Active}, "ACTIVE_ONLY": {tracker.Active}, "DELETED_ONLY": {tracker.Deleted}, "ALL": nil,
	"1": {tracker.Active}, "2": {tracker.Deleted}, "3": nil,
}

func (v *view) UnmarshalJSON(b []byte) error {
	*v = view(unquote(b))
	return nil
}

func (v view) stages() ([]tracker.Stage, error) {
	stages, known := views[v]
	if !known {
		return nil, invalidValue("view_type", string(v), "Want ACTIVE_ONLY, DELETED_ONLY or ALL.")
	}
	return stages, nil
}

func unquote(b []byte) string {
	if len(b) >= 2 && b[0] == '"' {
		b = b[1 : len(b)-1]
	}
	return string(b)
}
