package mlflow

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

type finalizeLogged struct {
	loggedModelID
	Status status `json:"status"`
}

func (s *Server) finalizeLogged(ctx context.Context, q *finalizeLogged) (modelAnswer, error) {
	to := string(q.Status)
	if n, err := strconv.Atoi(to); err == nil && n > 0 && n < len(modelStatuses) {
		to = modelStatuses[n]
	}
	if !slices.Contains(modelStatuses[1:], to) {
		return modelAnswer{}, invalidValue("status", to, "Want one of "+strings.Join(modelStatuses[1:], ", ")+".")
	}
	return s.changeLogged(ctx, q.ID, func(v *index.ModelVersion, e *tracker.ModelChanged) error {
		v.Status, e.Status = to, to
		return nil
	})
}

func (s *Server) deleteLogged(ctx context.Context, q *loggedModelID) (nothing, error) {
	_, err := s.changeLogged(ctx, q.ID, func(v *index.ModelVersion, e *tracker.ModelChanged) error {
		v.Stage, e.Stage = tracker.Deleted, tracker.Deleted
		return nil
	})
	return nothing{}, err
}

type tagLogged struct {
	loggedModelID
	Tags []pair `json:"tags"`
}

func (s *Server) tagLogged(ctx context.Context, q *tagLogged) (modelAnswer, error) {
	return s.changeLogged(ctx, q.ID, func(_ *index.ModelVersion, e *tracker.ModelChanged) (err error) {
		e.Tags, err = modelTags(q.Tags, nil)
		return err
	})
}

type untagLogged struct {
	loggedModelID
	Key string `json:"tag_key"`
}

func (s *Server) untagLogged(ctx context.Context, q *untagLogged) (nothing, error) {
	_, err := s.changeLogged(ctx, q.ID, func(v *index.ModelVersion, e *tracker.ModelChanged) error {
		if isHidden(q.Key) || !hasTag(v.Tags, q.Key) {
			return fail(DoesNotExist, "No tag with key '%s' found for model with ID '%s'.", q.Key, q.ID)
		}
		e.Tags = []tracker.Tag{{Key: q.Key, Removed: true}}
		return nil
	})
	return nothing{}, err
}

type paramLogged struct {
	loggedModelID
	Params []pair `json:"params"`
}

func (s *Server) paramLogged(ctx context.Context, q *paramLogged) (nothing, error) {
	_, err := s.changeLogged(ctx, q.ID, func(_ *index.ModelVersion, e *tracker.ModelChanged) (err error) {
		e.Tags, err = modelTags(nil, q.Params)
		return err
	})
	return nothing{}, err
}

type listLogged struct {
	loggedModelID
	Path string `json:"artifact_directory_path"`
}

func (s *Server) listLogged(ctx context.Context, q *listLogged) (artifactsAnswer, error) {
	v, err := s.loggedVersion(ctx, q.ID, false)
	if err != nil {
		return artifactsAnswer{}, err
	}
	at, err := parseURI(v.Source)
	if err != nil {
		return artifactsAnswer{}, err
	}
	if at.path, err = checkPath(q.Path); err != nil {
		return artifactsAnswer{}, err
	}
	files, err := s.list(ctx, at)
	return artifactsAnswer{Root: v.Source, Files: files}, err
}

// loggedList is how logged models are searched.
func loggedList() listing[loggedModel] {
	return listing[loggedModel]{
		attributes: [][]string{{"name"}, {"model_id"}, {"model_type"}, {"status"}, {"source_run_id"}, {"creation_timestamp", "creation_time", "creation_timestamp_ms"}, {"last_updated_timestamp", "last_updated_timestamp_ms"}},
		value: func(m loggedModel, f filter.Field) (string, float64, bool) {
			switch f.Space {
			case filter.Tags:
				return find(m.Info.Tags, f.Name)
			case filter.Params:
				return find(m.Data.Params, f.Name)
			case filter.Metrics:
				return lastMetric(m.Data.Metrics, f.Name)
			}
			text := map[string]string{"name": m.Info.Name, "model_id": m.Info.ID, "model_type": m.Info.Type, "source_run_id": m.Info.Run,
				"status": strings.TrimPrefix(m.Info.Status, "LOGGED_MODEL_")}[f.Name]
			number := map[string]integer{"creation_timestamp": m.Info.Created, "last_updated_timestamp": m.Info.Updated}[f.Name]
			return text, float64(number), text != "" || number != 0
		},
		order: []filter.Order{{Field: filter.Field{Space: filter.Attributes, Name: "creation_timestamp"}, Descending: true},
			{Field: filter.Field{Space: filter.Attributes, Name: "model_id"}}},
		normal: 50, most: 50_000,
	}
}

func find(list []pair, key string) (string, float64, bool) {
	i := slices.IndexFunc(list, func(p pair) bool { return p.Key == key })
	if i < 0 {
		return "", 0, false
	}
	return list[i].Value, 0, true
}

// lastMetric returns the value of the last point with a key.
func lastMetric(list []metricMessage, key string) (text string, value float64, found bool) {
	var last metricMessage
	for _, m := range list {
		if m.Key == key && (!found || m.Step > last.Step || m.Step == last.Step && m.Time >= last.Time) {
			last, found = m, true
		}
	}
	return "", float64(last.Value), found
}

type searchLogged struct {
	Experiments []string `json:"experiment_ids"`
	Filter      string   `json:"filter"`
	Max         *integer `json:"max_results"`
	Order       []struct {
		Field     string `json:"field_name"`
		Ascending *bool  `json:"ascending"`
	} `json:"order_by"`
	Datasets []struct {
		Name   string `json:"dataset_name"`
		Digest string `json:"dataset_digest"`
	} `json:"datasets"`
	Token string `json:"page_token"`
}

type loggedAnswer struct {
	Models []loggedModel `json:"models,omitempty"`
	Next   string        `json:"next_page_token,omitempty"`
}

func (s *Server) searchLogged(ctx context.Context, q *searchLogged) (loggedAnswer, error) {
	if err := s.upToDate(ctx); err != nil {
		return loggedAnswer{}, err
	}
	versions, err := s.Index.Versions(ctx, "")
	if err != nil {
		return loggedAnswer{}, err
	}
	var all []loggedModel
	for _, v := range versions {
		if m := loggedModelOf(v); strings.HasPrefix(v.Model, loggedPrefix) && v.Stage != tracker.Deleted && slices.Contains(q.Experiments, m.Info.Experiment) && q.used(m) {
			all = append(all, m)
		}
	}
	asked := query{Filter: q.Filter, Max: q.Max, Token: q.Token}
	for _, o := range q.Order {
		direction := " DESC"
		if o.Ascending == nil || *o.Ascending {
			direction = " ASC"
		}
		asked.Order = append(asked.Order, o.Field+direction)
	}
	page, next, err := loggedList().search(all, asked)
	return loggedAnswer{page, next}, err
}

// used reports whether a model was measured on one of the datasets that are asked for, if any are.
func (q *searchLogged) used(m loggedModel) bool {
	if len(q.Datasets) == 0 {
		return true
	}
	for _, d := range q.Datasets {
		if slices.ContainsFunc(m.Data.Metrics, func(p metricMessage) bool {
			return p.Dataset == d.Name && (d.Digest == "" || p.Digest == d.Digest)
		}) {
			return true
		}
	}
	return false
}
