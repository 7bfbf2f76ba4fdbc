package mlflow

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// changeModel records a change of a registered model and returns it as it is then.
func (s *Server) changeModel(ctx context.Context, name string, change func(index.Model, *tracker.ModelChanged) error) (index.Model, error) {
	s.registry.Lock()
	defer s.registry.Unlock()
	m, err := s.model(ctx, name)
	if err != nil {
		return m, err
	}
	e := tracker.ModelChanged{Model: name, Time: s.clock.tell()}
	if err := change(m, &e); err != nil {
		return m, err
	}
	if err := s.record(ctx, e); err != nil {
		return m, err
	}
	if e.Renamed != "" {
		name = e.Renamed
	}
	return s.model(ctx, name)
}

type createModel struct {
	Name        string `json:"name"`
	Tags        []pair `json:"tags"`
	Description string `json:"description"`
}

func (s *Server) createModel(ctx context.Context, q *createModel) (registeredAnswer, error) {
	if err := checkModelName("name", q.Name); err != nil {
		return registeredAnswer{}, err
	}
	tags, err := checkModelTags(q.Tags)
	if err != nil {
		return registeredAnswer{}, err
	}
	s.registry.Lock()
	defer s.registry.Unlock()
	if err := s.modelFree(ctx, q.Name); err != nil {
		return registeredAnswer{}, err
	}
	e := tracker.ModelChanged{Model: q.Name, Time: s.clock.tell(), Stage: tracker.Active, Description: &q.Description, Tags: tags}
	if err := s.record(ctx, e); err != nil {
		return registeredAnswer{}, err
	}
	m, err := s.model(ctx, q.Name)
	if err != nil {
		return registeredAnswer{}, err
	}
	return s.modelAnswer(ctx, m)
}

// modelFree refuses a name that a registered model has.
func (s *Server) modelFree(ctx context.Context, name string) error {
	_, err := s.model(ctx, name)
	var e *Error
	if errors.As(err, &e) && e.Code == DoesNotExist {
		return nil
	}
	if err != nil {
		return err
	}
	return fail(AlreadyExists, "Registered Model (name=%s) already exists.", name)
}

func checkModelName(parameter, name string) error {
	if err := required(parameter, strings.TrimSpace(name)); err != nil {
		return err
	}
	if strings.ContainsAny(name, "/:") {
		return invalid("Invalid model name '%.300s'. Names cannot contain '/' or ':'.", name)
	}
	if err := checkLength(parameter, maxExperimentName, name); err != nil {
		return err
	}
	return checkPlace(parameter, name)
}

func checkModelTags(tags []pair) (list []tracker.Tag, err error) {
	for _, t := range tags {
		if err := checkModelTag(t); err != nil {
			return nil, err
		}
		list = withTag(list, tracker.Tag{Key: t.Key, Value: t.Value})
	}
	return list, nil
}

func checkModelTag(t pair) error {
	if err := required("key", t.Key); err != nil {
		return err
	}
	if err := checkTag("key", t.Key); err != nil {
		return err
	}
	return checkLength("value", maxModelTag, t.Value)
}

type renameModel struct {
	Name string `json:"name"`
	To   string `json:"new_name"`
}

func (s *Server) renameModel(ctx context.Context, q *renameModel) (registeredAnswer, error) {
	if err := checkModelName("new_name", q.To); err != nil {
		return registeredAnswer{}, err
	}
	m, err := s.changeModel(ctx, q.Name, func(_ index.Model, e *tracker.ModelChanged) error {
		e.Renamed = q.To
		return s.modelFree(ctx, q.To)
	})
	if err != nil {
		return registeredAnswer{}, err
	}
	return s.modelAnswer(ctx, m)
}

type updateModel struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

func (s *Server) updateModel(ctx context.Context, q *updateModel) (registeredAnswer, error) {
	m, err := s.changeModel(ctx, q.Name, func(_ index.Model, e *tracker.ModelChanged) error {
		e.Description = &q.Description
		return nil
	})
	if err != nil {
		return registeredAnswer{}, err
	}
	return s.modelAnswer(ctx, m)
}

// deleteModel puts a model away with its versions, and takes away what one of the same name must not inherit.
func (s *Server) deleteModel(ctx context.Context, q *modelName) (nothing, error) {
	s.registry.Lock()
	defer s.registry.Unlock()
	m, err := s.model(ctx, q.Name)
	if err != nil {
		return nothing{}, err
	}
	versions, err := s.versions(ctx, q.Name)
	if err != nil {
		return nothing{}, err
	}
	var events []tracker.Event
	for _, v := range versions {
		events = append(events, tracker.ModelChanged{Model: q.Name, Version: v.Version, Time: s.clock.tell(), Stage: tracker.Deleted})
	}
	e := tracker.ModelChanged{Model: q.Name, Time: s.clock.tell(), Stage: tracker.Deleted, Description: new(string)}
	for _, t := range m.Tags {
		e.Tags = append(e.Tags, tracker.Tag{Key: t.Key, Removed: true})
	}
	for _, a := range m.Aliases {
		e.Aliases = append(e.Aliases, tracker.Alias{Name: a.Name})
	}
	return nothing{}, s.record(ctx, append(events, e)...)
}

type modelTag struct {
	Name string `json:"name"`
	pair
}

func (s *Server) setModelTag(ctx context.Context, q *modelTag) (nothing, error) {
	if err := checkModelTag(q.pair); err != nil {
		return nothing{}, err
	}
	_, err := s.changeModel(ctx, q.Name, func(_ index.Model, e *tracker.ModelChanged) error {
		e.Tags = []tracker.Tag{{Key: q.Key, Value: q.Value}}
		return nil
	})
	return nothing{}, err
}

// deleteModelTag takes a tag away. MLflow does not mind when there is none.
func (s *Server) deleteModelTag(ctx context.Context, q *modelTag) (nothing, error) {
	if err := checkModelTag(pair{Key: q.Key}); err != nil {
		return nothing{}, err
	}
	_, err := s.changeModel(ctx, q.Name, func(_ index.Model, e *tracker.ModelChanged) error {
		e.Tags = []tracker.Tag{{Key: q.Key, Removed: true}}
		return nil
	})
	return nothing{}, err
}

type aliasRequest struct {
	Name    string `json:"name"`
	Alias   string `json:"alias"`
	Version string `json:"version"`
}

func (s *Server) setAlias(ctx context.Context, q *aliasRequest) (nothing, error) {
	if err := checkAlias(q.Alias); err != nil {
		return nothing{}, err
	}
	_, err := s.changeModel(ctx, q.Name, func(_ index.Model, e *tracker.ModelChanged) error {
		v, err := s.modelVersion(ctx, q.Name, q.Version)
		e.Aliases = []tracker.Alias{{Name: q.Alias, Version: v.Version}}
		return err
	})
	return nothing{}, err
}

func checkAlias(alias string) error {
	if err := required("alias", alias); err != nil {
		return err
	}
	if !regexp.MustCompile(`^[\p{L}\p{N}_\-]*$`).MatchString(alias) {
		return invalid("Invalid alias name: '%.300s'. Names may only contain alphanumerics, underscores (_), and dashes (-).", alias)
	}
	if strings.EqualFold(alias, "latest") {
		return invalid("'latest' alias name (case insensitive) is reserved.")
	}
	if regexp.MustCompile(`^[vV]\d+$`).MatchString(alias) {
		return invalid("Version alias name '%s' is reserved.", alias)
	}
	return checkLength("Registered model alias name", maxAlias, alias)
}

func (s *Server) deleteAlias(ctx context.Context, q *aliasRequest) (nothing, error) {
	if err := checkAlias(q.Alias); err != nil {
		return nothing{}, err
	}
	_, err := s.changeModel(ctx, q.Name, func(_ index.Model, e *tracker.ModelChanged) error {
		e.Aliases = []tracker.Alias{{Name: q.Alias}}
		return nil
	})
	return nothing{}, err
}
