package mlflow

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Logged is a logged model (of MLflow 3) for those who bring one in, or take one out, without a client.
type Logged struct {
	tracker.ModelChanged // Model is its id, "m-" and 32 digits
	Name                 string
	Type                 string
	Message              string
	Experiment           tracker.ID
	Params               []tracker.Param
	Metrics              []LoggedMetric
}

// LoggedMetric is a point that was measured on a logged model.
type LoggedMetric struct {
	tracker.Metric
	Run             string
	Dataset, Digest string
}

// Changed returns the event that makes the model known, with what it has no place for in hidden tags.
func (m Logged) Changed() tracker.ModelChanged {
	c := m.ModelChanged
	c.Model, c.Version = loggedPrefix+m.Model, 1
	c.Tags = append(slices.Clone(m.Tags), tracker.Tag{Key: tagModelName, Value: m.Name}, tracker.Tag{Key: tagModelType, Value: m.Type},
		tracker.Tag{Key: tagModelPlace, Value: experimentNumber(m.Experiment)})
	if m.Message != "" {
		c.Tags = append(c.Tags, tracker.Tag{Key: tagModelReason, Value: m.Message})
	}
	for _, p := range m.Params {
		c.Tags = append(c.Tags, tracker.Tag{Key: modelParamTag + p.Key, Value: p.Value})
	}
	told := map[string]bool{}
	for _, p := range m.Metrics {
		t := p.tag(m.Model)
		if told[t.Key] { // of another time
			t.Key += "/" + strconv.FormatInt(p.Time, 10)
		}
		told[t.Key] = true
		c.Tags = append(c.Tags, t)
	}
	return c
}

func (p LoggedMetric) tag(model string) tracker.Tag {
	point := metricMessage{Key: p.Key, Value: double(p.Value), Time: integer(toMilliseconds(p.Time)), Step: integer(p.Step), Run: p.Run, Model: model,
		Dataset: p.Dataset, Digest: p.Digest}
	line, _ := json.Marshal(point) // texts and numbers always encode
	return tracker.Tag{Key: modelMetricTag + strings.Join([]string{p.Key, p.Run, p.Dataset, p.Digest, stepText(point.Step)}, "/"), Value: string(line)}
}

// ExperimentNumber returns the number by which MLflow's clients know an experiment.
func ExperimentNumber(id tracker.ID) string { return experimentNumber(id) }

// LoggedOf reads a logged model from what the ledger has of it; it is one when ok. Its experiment is the number that clients know.
func LoggedOf(v index.ModelVersion) (m Logged, experiment string, ok bool) {
	if !strings.HasPrefix(v.Model, loggedPrefix) {
		return m, "", false
	}
	x := loggedModelOf(v)
	m = Logged{ModelChanged: tracker.ModelChanged{Model: x.Info.ID, Version: 1, Time: v.Created, Stage: v.Stage, Run: v.Run, Source: v.Source, Status: v.Status},
		Name: x.Info.Name, Type: x.Info.Type, Message: x.Info.Message}
	for _, t := range x.Info.Tags {
		m.Tags = append(m.Tags, tracker.Tag{Key: t.Key, Value: t.Value})
	}
	for _, p := range x.Data.Params {
		m.Params = append(m.Params, tracker.Param{Key: p.Key, Value: p.Value})
	}
	for _, p := range x.Data.Metrics {
		m.Metrics = append(m.Metrics, LoggedMetric{Metric: tracker.Metric{Key: p.Key, Value: float64(p.Value), Step: int64(p.Step), Time: int64(p.Time) * 1e6},
			Run: p.Run, Dataset: p.Dataset, Digest: p.Digest})
	}
	return m, x.Info.Experiment, true
}

// TypeOf tells what a param's text stands for: MLflow has nothing but text.
func TypeOf(value string) tracker.ValueType { return typeOf(value) }
