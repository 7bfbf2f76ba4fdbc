package mlflow

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

type modelMessage struct {
	Name        string           `json:"name"`
	Created     integer          `json:"creation_timestamp,omitempty"`
	Updated     integer          `json:"last_updated_timestamp,omitempty"`
	Description string           `json:"description,omitempty"`
	Latest      []versionMessage `json:"latest_versions,omitempty"`
	Tags        []pair           `json:"tags,omitempty"`
	Aliases     []aliasMessage   `json:"aliases,omitempty"`
}

type aliasMessage struct {
	Alias   string `json:"alias"`
	Version string `json:"version"`
}

type registeredAnswer struct {
	Model modelMessage `json:"registered_model"`
}

// models returns the registered models that are not put away. Logged models are none.
func (s *Server) models(ctx context.Context) ([]index.Model, error) {
	if err := s.upToDate(ctx); err != nil {
		return nil, err
	}
	all, err := s.Index.Models(ctx, []tracker.Stage{tracker.Active})
	return slices.DeleteFunc(slices.Clone(all), func(m index.Model) bool { return strings.HasPrefix(m.Name, loggedPrefix) }), err
}

// model returns a registered model that is not put away.
func (s *Server) model(ctx context.Context, name string) (index.Model, error) {
	if err := required("name", name); err != nil {
		return index.Model{}, err
	}
	if err := s.upToDate(ctx); err != nil {
		return index.Model{}, err
	}
	m, err := s.Index.Model(ctx, name)
	if err == nil && (m.Stage == tracker.Deleted || strings.HasPrefix(m.Name, loggedPrefix) || m.Name != name) {
		err = index.ErrNotFound
	}
	return m, orMissing(err, "Registered Model with name=%s not found", name)
}

// versions returns the versions of a model that are not put away, by number.
func (s *Server) versions(ctx context.Context, name string) ([]index.ModelVersion, error) {
	all, err := s.Index.Versions(ctx, name)
	if errors.Is(err, index.ErrNotFound) {
		return nil, nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(v index.ModelVersion) bool {
		return v.Stage == tracker.Deleted || name == "" && strings.HasPrefix(v.Model, loggedPrefix)
	}), err
}

func (s *Server) modelAnswer(ctx context.Context, m index.Model) (registeredAnswer, error) {
	versions, err := s.versions(ctx, m.Name)
	return registeredAnswer{modelOf(m, versions)}, err
}

func modelOf(m index.Model, versions []index.ModelVersion) modelMessage {
	a := modelMessage{Name: m.Name, Created: milliseconds(m.Created), Updated: milliseconds(m.Updated), Description: m.Description, Tags: shownTags(m.Tags)}
	for _, v := range latest(versions, nil) {
		a.Latest = append(a.Latest, versionOf(v, m.Aliases))
	}
	for _, l := range m.Aliases {
		a.Aliases = append(a.Aliases, aliasMessage{l.Name, strconv.Itoa(l.Version)})
	}
	return a
}

// latest returns the newest version in each of the stages, of all stages when none is named.
func latest(versions []index.ModelVersion, stages []string) (list []index.ModelVersion) {
	newest := map[string]index.ModelVersion{}
	for _, v := range versions {
		if at := cmp.Or(v.Deployment, "None"); v.Version > newest[at].Version {
			newest[at] = v
		}
	}
	for stage, v := range newest {
		if len(stages) == 0 || slices.Contains(stages, stage) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b index.ModelVersion) int { return a.Version - b.Version })
	return list
}

type modelName struct {
	Name string `json:"name"`
}

func (s *Server) getModel(ctx context.Context, q *modelName) (registeredAnswer, error) {
	m, err := s.model(ctx, q.Name)
	if err != nil {
		return registeredAnswer{}, err
	}
	return s.modelAnswer(ctx, m)
}

// modelList is how registered models are searched.
func modelList() listing[index.Model] {
	return listing[index.Model]{
		attributes: [][]string{{"name"}, {"creation_timestamp"}, {"last_updated_timestamp", "timestamp"}},
		value: func(m index.Model, f filter.Field) (string, float64, bool) {
			if f.Space == filter.Tags {
				return tagValue(m.Tags, f.Name)
			}
			switch f.Name {
			case "name":
				return m.Name, 0, true
			case "creation_timestamp":
				return "", float64(milliseconds(m.Created)), true
			case "last_updated_timestamp":
				return "", float64(milliseconds(m.Updated)), true
			}
			return "", 0, false
		},
		order:  []filter.Order{{Field: filter.Field{Space: filter.Attributes, Name: "name"}}},
		normal: 100, most: 1000,
	}
}

type modelsAnswer struct {
	Models []modelMessage `json:"registered_models,omitempty"`
	Next   string         `json:"next_page_token,omitempty"`
}

func (s *Server) searchModels(ctx context.Context, q *query) (modelsAnswer, error) {
	all, err := s.models(ctx)
	if err != nil {
		return modelsAnswer{}, err
	}
	page, next, err := modelList().search(all, *q)
	a := modelsAnswer{Next: next}
	for _, m := range page {
		one, err := s.modelAnswer(ctx, m)
		if err != nil {
			return a, err
		}
		a.Models = append(a.Models, one.Model)
	}
	return a, err
}
