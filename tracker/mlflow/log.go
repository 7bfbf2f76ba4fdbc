package mlflow

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// recordRun records changes of a run that is locked. When that fails, what is known of the run may be wrong.
func (s *Server) recordRun(ctx context.Context, one *run, events ...tracker.Event) error {
	err := s.record(ctx, events...)
	if err != nil {
		s.runs.forget(one.id)
	}
	return err
}

type logParam struct {
	runID
	pair
}

func (s *Server) logParam(ctx context.Context, q *logParam) (nothing, error) {
	if err := required("key", q.Key); err != nil {
		return nothing{}, err
	}
	if err := checkKey("key", "Param key", q.Key); err != nil {
		return nothing{}, err
	}
	one, unlock, err := s.activeRun(ctx, q.id())
	if err != nil {
		return nothing{}, err
	}
	defer unlock()
	if old, logged := one.params[q.Key]; logged {
		if s.differs(old, q.pair) {
			return nothing{}, invalid("Changing param values is not allowed. Param with key='%s' was already logged with value='%s' for run ID='%s'. Attempted logging new value '%s'.",
				q.Key, tracker.ScreenValue(s.Screen, q.Key, old), one.id, tracker.ScreenValue(s.Screen, q.Key, q.Value))
		}
		return nothing{}, nil
	}
	one.params[q.Key] = q.Value
	return nothing{}, s.recordRun(ctx, one, tracker.RunLogged{Run: one.id, Time: s.clock.tell(), Params: []tracker.Param{param(q.pair)}})
}

// differs reports whether a param has another value than the old one, which may be known only as it is kept: without its secrets.
func (s *Server) differs(old string, p pair) bool {
	return old != p.Value && old != tracker.ScreenValue(s.Screen, p.Key, p.Value)
}

// param tells what a param's text stands for: MLflow's clients send nothing but text.
func param(p pair) tracker.Param {
	return tracker.Param{Key: p.Key, Value: p.Value, Type: typeOf(p.Value)}
}

func typeOf(value string) tracker.ValueType {
	if value == "True" || value == "False" || value == "true" || value == "false" {
		return tracker.BoolValue
	}
	if value == "" || !strings.ContainsRune("+-.0123456789", rune(value[0])) || strings.ContainsAny(value, "_xXpP") {
		return tracker.TextValue
	}
	if _, err := strconv.ParseInt(value, 10, 64); err == nil {
		return tracker.IntValue
	}
	if _, err := strconv.ParseFloat(value, 64); err == nil {
		return tracker.FloatValue
	}
	return tracker.TextValue
}

type tagRequest struct {
	runID
	pair
}

func (s *Server) setTag(ctx context.Context, q *tagRequest) (nothing, error) {
	if err := required("key", q.Key); err != nil {
		return nothing{}, err
	}
	if err := checkTag("key", q.Key); err != nil {
		return nothing{}, err
	}
	one, unlock, err := s.activeRun(ctx, q.id())
	if err != nil {
		return nothing{}, err
	}
	defer unlock()
	return nothing{}, s.recordRun(ctx, one, one.tag(tracker.RunLogged{Run: one.id, Time: s.clock.tell()}, []pair{q.pair})...)
}

// tag sets tags, and what of the run they stand for, and returns the events that tell so.
func (one *run) tag(e tracker.RunLogged, tags []pair) []tracker.Event {
	changed, members := tracker.RunChanged{Run: one.id, Time: e.Time}, false
	for _, t := range tags {
		one.tags[t.Key] = t.Value
		e.Tags = append(e.Tags, tracker.Tag{Key: t.Key, Value: t.Value})
		if t.Key == tagName && t.Value != "" {
			one.info.Name, changed.Name, members = t.Value, t.Value, true
		}
		if id, err := tracker.ParseID(t.Value); t.Key == tagParent && err == nil {
			changed.Parent, members = id, true
		}
	}
	if members {
		return []tracker.Event{changed, e}
	}
	return []tracker.Event{e}
}

func (s *Server) deleteTag(ctx context.Context, q *tagRequest) (nothing, error) {
	if err := required("key", q.Key); err != nil {
		return nothing{}, err
	}
	one, unlock, err := s.activeRun(ctx, q.id())
	if err != nil {
		return nothing{}, err
	}
	defer unlock()
	if _, found := one.tags[q.Key]; !found || isHidden(q.Key) {
		return nothing{}, fail(DoesNotExist, "No tag with name: %s in run with id %s", q.Key, one.id)
	}
	delete(one.tags, q.Key)
	return nothing{}, s.recordRun(ctx, one, tracker.RunLogged{Run: one.id, Time: s.clock.tell(), Tags: []tracker.Tag{{Key: q.Key, Removed: true}}})
}

type logModel struct {
	runID
	Model string `json:"model_json"`
}

// tagModels is the tag in which MLflow lists the models that were logged with a run, as JSON.
const tagModels = "mlflow.log-model.history"

func (s *Server) logModel(ctx context.Context, q *logModel) (nothing, error) {
	if err := required("model_json", q.Model); err != nil {
		return nothing{}, err
	}
	var model map[string]json.RawMessage
	if err := json.Unmarshal([]byte(q.Model), &model); err != nil {
		return nothing{}, invalid("Malformed model info. It is not a valid JSON: %v", err)
	}
	for _, name := range []string{"artifact_path", "flavors", "utc_time_created", "run_id"} {
		if _, found := model[name]; !found {
			return nothing{}, invalid("Model json is missing mandatory fields: {'%s'}", name)
		}
	}
	one, unlock, err := s.activeRun(ctx, q.id())
	if err != nil {
		return nothing{}, err
	}
	defer unlock()
	list, err := appendModel(one.tags[tagModels], model)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.recordRun(ctx, one, one.tag(tracker.RunLogged{Run: one.id, Time: s.clock.tell()}, []pair{{tagModels, list}})...)
}

// appendModel adds a model to the list in the tag, without what MLflow leaves out of it.
func appendModel(list string, model map[string]json.RawMessage) (string, error) {
	var models []json.RawMessage
	if list != "" {
		if err := json.Unmarshal([]byte(list), &models); err != nil {
			return "", fail(InvalidState, "The tag %s is no list: %v", tagModels, err)
		}
	}
	delete(model, "signature") // long, and in the model's own file
	line, err := json.Marshal(model)
	if err != nil {
		return "", fmt.Errorf("encode model: %w", err)
	}
	all, err := json.Marshal(append(models, line))
	return string(all), err
}
