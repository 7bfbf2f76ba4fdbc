package mlflow

import (
	"context"
	"fmt"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// TestExperimentsAgree makes an experiment as programs do, by its name, so that those who race make one.
func TestExperimentsAgree(t *testing.T) {
	s := newSite(t)
	id := s.experiment("iris")
	if want := experimentNumber(tracker.ExperimentNamed("iris")); id != want {
		t.Errorf("the id is %s, want %s", id, want)
	}
	s.call("POST", "experiments/update", object{"experiment_id": id, "new_name": "lilies"})
	if second := s.experiment("iris"); second == id {
		t.Error("two experiments have one id")
	}
}

// TestSearchTellsErrors has an index that cannot be read: that is no experiment without runs.
func TestSearchTellsErrors(t *testing.T) {
	s := newSite(t)
	s.server.Index = unreadable{s.index}
	for _, path := range []string{"runs/search", "experiments/search-datasets"} {
		s.refused("POST", path, object{"experiment_ids": []string{"17"}}, Internal)
	}
}

type unreadable struct{ *index.Index }

func (unreadable) Experiments(context.Context, []tracker.Stage) ([]index.Experiment, error) {
	return nil, fmt.Errorf("read index: input/output error")
}
