package mlflow

import (
	"context"

	"github.com/gemba-ml/gemba/tracker"
)

type logInputs struct {
	runID
	Datasets []datasetInput `json:"datasets"`
	Models   []modelInput   `json:"models"`
}

func (s *Server) logInputs(ctx context.Context, q *logInputs) (nothing, error) {
	if len(q.Datasets) > maxDatasets {
		return nothing{}, invalid("A batch logging request can contain at most %d datasets. Got %d datasets.", maxDatasets, len(q.Datasets))
	}
	for i := range q.Datasets {
		if err := q.Datasets[i].check(); err != nil {
			return nothing{}, err
		}
	}
	one, unlock, err := s.activeRun(ctx, q.id())
	if err != nil {
		return nothing{}, err
	}
	defer unlock()
	e := tracker.RunLogged{Run: one.id, Time: s.clock.tell()}
	for _, in := range q.Datasets {
		if key := [2]string{in.Dataset.Name, in.Dataset.Digest}; !one.inputs[key] {
			one.inputs[key] = true
			e.Inputs = append(e.Inputs, in.input())
		}
	}
	for _, m := range q.Models {
		e.Tags = append(e.Tags, tracker.Tag{Key: modelInputTag + m.Model, Value: "0"})
	}
	if e.Inputs == nil && e.Tags == nil {
		return nothing{}, nil
	}
	return nothing{}, s.recordRun(ctx, one, e)
}

func (in datasetInput) check() error {
	d := in.Dataset
	if err := requiredAll("dataset.name", d.Name, "dataset.digest", d.Digest, "dataset.source_type", d.SourceType, "dataset.source", d.Source); err != nil {
		return err
	}
	for _, limit := range []struct {
		name, value string
		max         int
	}{
		{"name", d.Name, maxDatasetName}, {"digest", d.Digest, maxDatasetDigest}, {"source", d.Source, maxDatasetSource},
		{"schema", d.Schema, maxDatasetSchema}, {"profile", d.Profile, maxDatasetProfile},
	} {
		if err := checkLength(limit.name, limit.max, limit.value); err != nil {
			return err
		}
	}
	return nil
}

func (in datasetInput) input() tracker.Input {
	d := in.Dataset
	to := tracker.Input{Name: d.Name, Digest: d.Digest, SourceType: d.SourceType, Source: d.Source, Schema: d.Schema, Profile: d.Profile}
	for _, t := range in.Tags {
		to.Tags = append(to.Tags, tracker.Tag{Key: t.Key, Value: t.Value})
	}
	return to
}

func inputOf(in tracker.Input) datasetInput {
	return datasetInput{Tags: shownTags(in.Tags), Dataset: datasetMessage{in.Name, in.Digest, in.SourceType, in.Source, in.Schema, in.Profile}}
}

type logOutputs struct {
	runID
	Models []modelOutput `json:"models"`
}

func (s *Server) logOutputs(ctx context.Context, q *logOutputs) (nothing, error) {
	if len(q.Models) == 0 {
		return nothing{}, required("models", "")
	}
	one, unlock, err := s.activeRun(ctx, q.id())
	if err != nil {
		return nothing{}, err
	}
	defer unlock()
	e := tracker.RunLogged{Run: one.id, Time: s.clock.tell()}
	for _, m := range q.Models {
		e.Tags = append(e.Tags, tracker.Tag{Key: modelOutputTag + m.Model, Value: stepText(m.Step)})
	}
	return nothing{}, s.recordRun(ctx, one, e)
}
