package mlflow

import (
	"context"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

type createVersion struct {
	Name        string `json:"name"`
	Source      string `json:"source"`
	Run         string `json:"run_id"`
	Tags        []pair `json:"tags"`
	Link        string `json:"run_link"`
	Description string `json:"description"`
	Model       string `json:"model_id"`
}

func (s *Server) createVersion(ctx context.Context, q *createVersion) (versionAnswer, error) {
	if err := requiredAll("name", q.Name, "source", q.Source); err != nil {
		return versionAnswer{}, err
	}
	tags, err := checkModelTags(q.Tags)
	if err != nil {
		return versionAnswer{}, err
	}
	storage, err := s.checkSource(ctx, q)
	if err != nil {
		return versionAnswer{}, err
	}
	for key, value := range map[string]string{tagRunLink: q.Link, tagLoggedModel: q.Model, tagStorage: storage} {
		if value != "" {
			tags = append(tags, tracker.Tag{Key: key, Value: value})
		}
	}
	s.registry.Lock()
	defer s.registry.Unlock()
	return s.addVersion(ctx, q, tags)
}

// addVersion gives the version the next number. A number that was put away is not given again.
func (s *Server) addVersion(ctx context.Context, q *createVersion, tags []tracker.Tag) (versionAnswer, error) {
	m, err := s.model(ctx, q.Name)
	if err != nil {
		return versionAnswer{}, err
	}
	all, err := s.Index.Versions(ctx, q.Name)
	if err != nil {
		return versionAnswer{}, err
	}
	now := s.clock.tell()
	v := index.ModelVersion{Model: q.Name, Version: 1, Stage: tracker.Active, Created: now, Updated: now, Description: q.Description, Source: q.Source, Status: "READY",
		Deployment: "None", Tags: tags}
	for _, have := range all {
		v.Version = max(v.Version, have.Version+1)
	}
	v.Run, _ = tracker.ParseID(q.Run) // checked with the source; a run of another server has no id here
	e := tracker.ModelChanged{Model: v.Model, Version: v.Version, Time: now, Stage: v.Stage, Run: v.Run, Source: v.Source, Status: v.Status, Deployment: v.Deployment, Tags: v.Tags}
	if q.Description != "" {
		e.Description = &q.Description
	}
	return versionAnswer{versionOf(v, m.Aliases)}, s.record(ctx, e)
}

// checkSource refuses a source that is not the client's to register, and returns where the files are when the source is a model. Whoever could
// register any file of the server as a model could read it.
func (s *Server) checkSource(ctx context.Context, q *createVersion) (storage string, err error) {
	scheme, rest, found := strings.Cut(q.Source, ":")
	if !found || scheme == "file" || len(scheme) < 2 || climbs(q.Source) || strings.ContainsRune(q.Source, 0) {
		return "", invalid("Invalid model version source: '%s'. It must be an address, such as runs:/RUN/model, without relative path references.", q.Source)
	}
	switch rest = strings.TrimLeft(rest, "/"); scheme {
	case "models":
		return s.modelSource(ctx, q, rest)
	case "runs":
		if run, _, _ := strings.Cut(rest, "/"); q.Run == "" || run != q.Run {
			return "", s.foreignSource(q, "run_id")
		}
	case "mlflow-artifacts":
		at, err := parseURI(q.Source)
		if err != nil {
			return "", err
		}
		if id, err := tracker.ParseID(q.Run); at.model != q.Model || at.model == "" && (err != nil || at.run != id) {
			return "", s.foreignSource(q, "run_id")
		}
		return "", s.exists(ctx, at)
	}
	return "", nil
}

func (s *Server) foreignSource(q *createVersion, parameter string) error {
	return invalid("Invalid model version source: '%s'. The %s request parameter must identify the resource that contains the source.", q.Source, parameter)
}

// modelSource finds the files of models:/MODEL_ID, models:/NAME/VERSION or models:/NAME@ALIAS.
func (s *Server) modelSource(ctx context.Context, q *createVersion, rest string) (string, error) {
	if name, version, found := strings.Cut(rest, "/"); found {
		return s.sameSource(ctx, q, name, version)
	}
	if name, alias, found := strings.Cut(rest, "@"); found {
		a, err := s.versionByAlias(ctx, &aliasRequest{Name: name, Alias: alias})
		if err != nil {
			return "", err
		}
		return s.sameSource(ctx, q, name, a.Version.Version)
	}
	if rest != q.Model {
		return "", s.foreignSource(q, "model_id")
	}
	v, err := s.loggedVersion(ctx, rest, false)
	if q.Run == "" {
		q.Run = v.Run.String()
	}
	return v.Source, err
}

// sameSource takes over from another version where its files are, and of which run and model.
func (s *Server) sameSource(ctx context.Context, q *createVersion, name, version string) (string, error) {
	v, err := s.modelVersion(ctx, name, version)
	if q.Run == "" {
		q.Run = v.Run.String()
	}
	if q.Model == "" {
		q.Model = hiddenTag(v.Tags, tagLoggedModel)
	}
	return storageOf(v), err
}

// changeVersion records a change of a version.
func (s *Server) changeVersion(ctx context.Context, id versionID, change func(*index.ModelVersion, *tracker.ModelChanged) error) (versionAnswer, error) {
	s.registry.Lock()
	defer s.registry.Unlock()
	v, err := s.modelVersion(ctx, id.Name, id.Version)
	if err != nil {
		return versionAnswer{}, err
	}
	v.Updated = s.clock.tell()
	e := tracker.ModelChanged{Model: v.Model, Version: v.Version, Time: v.Updated}
	if err := change(&v, &e); err != nil {
		return versionAnswer{}, err
	}
	if err := s.record(ctx, e); err != nil {
		return versionAnswer{}, err
	}
	return s.versionAnswer(ctx, v)
}

type updateVersion struct {
	versionID
	Description *string `json:"description"`
}

func (s *Server) updateVersion(ctx context.Context, q *updateVersion) (versionAnswer, error) {
	return s.changeVersion(ctx, q.versionID, func(v *index.ModelVersion, e *tracker.ModelChanged) error {
		if e.Description = q.Description; q.Description != nil {
			v.Description = *q.Description
		}
		return nil
	})
}

// deleteVersion puts a version away, and with it the names that it had.
func (s *Server) deleteVersion(ctx context.Context, q *versionID) (nothing, error) {
	s.registry.Lock()
	defer s.registry.Unlock()
	v, err := s.modelVersion(ctx, q.Name, q.Version)
	if err != nil {
		return nothing{}, err
	}
	m, err := s.model(ctx, q.Name)
	if err != nil {
		return nothing{}, err
	}
	e := tracker.ModelChanged{Model: v.Model, Time: s.clock.tell()}
	for _, a := range m.Aliases {
		if a.Version == v.Version {
			e.Aliases = append(e.Aliases, tracker.Alias{Name: a.Name})
		}
	}
	return nothing{}, s.record(ctx, tracker.ModelChanged{Model: v.Model, Version: v.Version, Time: e.Time, Stage: tracker.Deleted}, e)
}

// deployments are the stages of a version, as MLflow writes them.
var deployments = []string{"None", "Staging", "Production", "Archived"}

func deployment(text string) (string, error) {
	for _, d := range deployments {
		if strings.EqualFold(text, d) {
			return d, nil
		}
	}
	return "", invalid("Invalid Model Version stage: %.80s. Value must be one of %s.", text, strings.Join(deployments, ", "))
}

type transition struct {
	versionID
	Stage   string `json:"stage"`
	Archive bool   `json:"archive_existing_versions"`
}

func (s *Server) transition(ctx context.Context, q *transition) (versionAnswer, error) {
	if err := required("stage", q.Stage); err != nil {
		return versionAnswer{}, err
	}
	to, err := deployment(q.Stage)
	if err != nil {
		return versionAnswer{}, err
	}
	if q.Archive && to != "Staging" && to != "Production" {
		return versionAnswer{}, invalid("Model version transition cannot archive existing model versions because '%s' is not an Active stage. Valid stages are Staging and Production", to)
	}
	return s.changeVersion(ctx, q.versionID, func(v *index.ModelVersion, e *tracker.ModelChanged) error {
		v.Deployment, e.Deployment = to, to
		if !q.Archive {
			return nil
		}
		return s.archive(ctx, *v, to)
	})
}

// archive moves the other versions in a stage out of it.
func (s *Server) archive(ctx context.Context, but index.ModelVersion, stage string) error {
	list, err := s.versions(ctx, but.Model)
	if err != nil {
		return err
	}
	var events []tracker.Event
	for _, v := range list {
		if v.Deployment == stage && v.Version != but.Version {
			events = append(events, tracker.ModelChanged{Model: v.Model, Version: v.Version, Time: s.clock.tell(), Deployment: "Archived"})
		}
	}
	return s.record(ctx, events...)
}

type versionTag struct {
	versionID
	pair
}

func (s *Server) setVersionTag(ctx context.Context, q *versionTag) (nothing, error) {
	return s.tagVersion(ctx, q, tracker.Tag{Key: q.Key, Value: q.Value})
}

func (s *Server) deleteVersionTag(ctx context.Context, q *versionTag) (nothing, error) {
	return s.tagVersion(ctx, q, tracker.Tag{Key: q.Key, Removed: true})
}

func (s *Server) tagVersion(ctx context.Context, q *versionTag, t tracker.Tag) (nothing, error) {
	if err := checkModelTag(pair{t.Key, t.Value}); err != nil {
		return nothing{}, err
	}
	_, err := s.changeVersion(ctx, q.versionID, func(_ *index.ModelVersion, e *tracker.ModelChanged) error {
		e.Tags = []tracker.Tag{t}
		return nil
	})
	return nothing{}, err
}
