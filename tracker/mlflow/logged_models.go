package mlflow

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// A logged model (of MLflow 3) is what one run made of a model; it has params, tags, metrics and artifacts. The ledger has it as version 1
// of a model whose name no registered model can have, "logged/" and its id. What has no other place is in hidden tags. Its
// artifacts are those of a run whose id is the digits of its own.
const (
	loggedPrefix   = "logged/"
	modelInputTag  = hidden + "model_input."
	modelOutputTag = hidden + "model_output."

	tagModelName   = hidden + "name"
	tagModelType   = hidden + "type"
	tagModelPlace  = hidden + "experiment"
	tagModelReason = hidden + "status_message"
	modelParamTag  = hidden + "param."
	modelMetricTag = hidden + "metric."
)

func stepText(step integer) string { return strconv.FormatInt(int64(step), 10) }

// linkedModels returns which models a run read and made.
func linkedModels(tags []tracker.Tag) (in []modelInput, out []modelOutput) {
	for _, t := range tags {
		if id, found := strings.CutPrefix(t.Key, modelInputTag); found {
			in = append(in, modelInput{id})
		}
		if id, found := strings.CutPrefix(t.Key, modelOutputTag); found {
			step, _ := strconv.ParseInt(t.Value, 10, 64) // this package wrote it
			out = append(out, modelOutput{id, integer(step)})
		}
	}
	return in, out
}

// modelStatuses are MLflow's, by number.
var modelStatuses = []string{"LOGGED_MODEL_STATUS_UNSPECIFIED", "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"}

type loggedModel struct {
	Info loggedModelInfo `json:"info"`
	Data loggedModelData `json:"data"`
}

type loggedModelInfo struct {
	ID         string  `json:"model_id"`
	Experiment string  `json:"experiment_id"`
	Name       string  `json:"name"`
	Created    integer `json:"creation_timestamp_ms"`
	Updated    integer `json:"last_updated_timestamp_ms"`
	Artifacts  string  `json:"artifact_uri"`
	Status     string  `json:"status"`
	Message    string  `json:"status_message,omitempty"`
	Type       string  `json:"model_type,omitempty"`
	Run        string  `json:"source_run_id,omitempty"`
	Tags       []pair  `json:"tags,omitempty"`
}

type loggedModelData struct {
	Params  []pair          `json:"params,omitempty"`
	Metrics []metricMessage `json:"metrics,omitempty"`
}

type modelAnswer struct {
	Model loggedModel `json:"model"`
}

type createLoggedModel struct {
	Experiment string `json:"experiment_id"`
	Name       string `json:"name"`
	Type       string `json:"model_type"`
	Run        string `json:"source_run_id"`
	Params     []pair `json:"params"`
	Tags       []pair `json:"tags"`
}

func (s *Server) createLoggedModel(ctx context.Context, q *createLoggedModel) (modelAnswer, error) {
	e, err := s.activeExperiment(ctx, q.Experiment)
	if err != nil {
		return modelAnswer{}, err
	}
	if err := checkLoggedName(q.Name); err != nil {
		return modelAnswer{}, err
	}
	if q.Name == "" {
		q.Name = randomName()
	}
	var source tracker.ID
	if q.Run != "" {
		if source, err = parseRun(q.Run); err != nil {
			return modelAnswer{}, err
		}
	}
	id, now := "m-"+tracker.NewID().String(), s.clock.tell()
	v := index.ModelVersion{Model: loggedPrefix + id, Version: 1, Stage: tracker.Active, Created: now, Updated: now, Run: source, Status: modelStatuses[1],
		Source: strings.TrimRight(artifactLocation(e), "/") + "/models/" + id + "/artifacts",
		Tags:   []tracker.Tag{{Key: tagModelName, Value: q.Name}, {Key: tagModelType, Value: q.Type}, {Key: tagModelPlace, Value: experimentNumber(e.ID)}}}
	more, err := modelTags(q.Tags, q.Params)
	if err != nil {
		return modelAnswer{}, err
	}
	v.Tags = append(v.Tags, more...)
	err = s.record(ctx, tracker.ModelChanged{Model: v.Model, Version: 1, Time: now, Stage: v.Stage, Run: v.Run, Source: v.Source, Status: v.Status, Tags: v.Tags})
	return modelAnswer{loggedModelOf(v)}, err
}

func checkLoggedName(name string) error {
	if strings.ContainsAny(name, "/:.%\"'") {
		return invalidValue("name", name, "Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\").")
	}
	return checkLength("name", maxExperimentName, name)
}

func modelTags(tags, params []pair) (list []tracker.Tag, err error) {
	for _, t := range tags {
		if isHidden(t.Key) {
			return nil, checkTag("key", t.Key)
		}
		list = append(list, tracker.Tag{Key: t.Key, Value: t.Value})
	}
	for _, p := range params {
		list = append(list, tracker.Tag{Key: modelParamTag + p.Key, Value: p.Value})
	}
	return list, nil
}

// loggedModelOf reads a logged model from what the ledger has of it.
func loggedModelOf(v index.ModelVersion) loggedModel {
	m := loggedModel{Info: loggedModelInfo{ID: strings.TrimPrefix(v.Model, loggedPrefix), Created: milliseconds(v.Created), Updated: milliseconds(v.Updated),
		Artifacts: v.Source, Status: v.Status, Run: v.Run.String(), Tags: shownTags(v.Tags)}}
	for _, t := range v.Tags {
		if to, member := map[string]*string{tagModelName: &m.Info.Name, tagModelType: &m.Info.Type, tagModelPlace: &m.Info.Experiment, tagModelReason: &m.Info.Message}[t.Key]; member {
			*to = t.Value
		}
		if key, found := strings.CutPrefix(t.Key, modelParamTag); found {
			m.Data.Params = append(m.Data.Params, pair{key, t.Value})
		}
		var point metricMessage
		if strings.HasPrefix(t.Key, modelMetricTag) && json.Unmarshal([]byte(t.Value), &point) == nil {
			m.Data.Metrics = append(m.Data.Metrics, point)
		}
	}
	return m
}

// loggedVersion returns the ledger's version of a logged model.
func (s *Server) loggedVersion(ctx context.Context, id string, deletedToo bool) (index.ModelVersion, error) {
	if err := required("model_id", id); err != nil {
		return index.ModelVersion{}, err
	}
	if err := s.upToDate(ctx); err != nil {
		return index.ModelVersion{}, err
	}
	list, err := s.Index.Versions(ctx, loggedPrefix+id)
	if err != nil {
		return index.ModelVersion{}, err
	}
	i := slices.IndexFunc(list, func(v index.ModelVersion) bool { return v.Version == 1 && (deletedToo || v.Stage != tracker.Deleted) })
	if i < 0 {
		return index.ModelVersion{}, fail(DoesNotExist, "Logged model with ID '%.80s' not found.", id)
	}
	return list[i], nil
}

type loggedModelID struct {
	ID      string `json:"model_id"`
	Deleted bool   `json:"allow_deleted"`
}

func (s *Server) getLoggedModel(ctx context.Context, q *loggedModelID) (modelAnswer, error) {
	v, err := s.loggedVersion(ctx, q.ID, q.Deleted)
	return modelAnswer{loggedModelOf(v)}, err
}

// changeLogged records a change of a logged model.
func (s *Server) changeLogged(ctx context.Context, id string, change func(*index.ModelVersion, *tracker.ModelChanged) error) (modelAnswer, error) {
	s.registry.Lock()
	defer s.registry.Unlock()
	v, err := s.loggedVersion(ctx, id, true)
	if err != nil {
		return modelAnswer{}, err
	}
	v.Updated = s.clock.tell()
	e := tracker.ModelChanged{Model: v.Model, Version: 1, Time: v.Updated}
	if err := change(&v, &e); err != nil {
		return modelAnswer{}, err
	}
	for _, t := range e.Tags {
		v.Tags = withTag(v.Tags, t)
	}
	return modelAnswer{loggedModelOf(v)}, s.record(ctx, e)
}

// modelMetrics returns the events that tell logged models of metrics that were measured on them.
func (s *Server) modelMetrics(ctx context.Context, run string, metrics []metric) (events []tracker.Event, err error) {
	tags := map[string][]tracker.Tag{}
	for i := range metrics {
		m := &metrics[i]
		if m.Model == "" {
			continue
		}
		point := metricMessage{Key: m.Key, Value: *m.Value, Time: *m.Time, Step: m.Step, Run: run, Model: m.Model, Dataset: m.Dataset, Digest: m.Digest}
		line, err := json.Marshal(point)
		if err != nil {
			return nil, err
		}
		if tags[m.Model] == nil {
			if _, err := s.loggedVersion(ctx, m.Model, false); err != nil {
				return nil, err
			}
		}
		tags[m.Model] = append(tags[m.Model], tracker.Tag{Key: modelMetricTag + strings.Join([]string{m.Key, run, m.Dataset, m.Digest, stepText(m.Step)}, "/"), Value: string(line)})
	}
	for model, list := range tags {
		events = append(events, tracker.ModelChanged{Model: loggedPrefix + model, Version: 1, Time: s.clock.tell(), Tags: list})
	}
	return events, nil
}
