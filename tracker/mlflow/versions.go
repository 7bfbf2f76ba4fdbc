package mlflow

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

type versionMessage struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Created     integer  `json:"creation_timestamp,omitempty"`
	Updated     integer  `json:"last_updated_timestamp,omitempty"`
	Stage       string   `json:"current_stage"`
	Description string   `json:"description,omitempty"`
	Source      string   `json:"source"`
	Run         string   `json:"run_id,omitempty"`
	Link        string   `json:"run_link,omitempty"`
	Status      string   `json:"status"`
	Tags        []pair   `json:"tags,omitempty"`
	Aliases     []string `json:"aliases,omitempty"`
	Model       string   `json:"model_id,omitempty"`
}

type versionAnswer struct {
	Version versionMessage `json:"model_version"`
}

// What MLflow knows of a version and the ledger has no place for.
const (
	tagRunLink     = hidden + "run_link"
	tagLoggedModel = hidden + "model_id"
	tagStorage     = hidden + "storage" // where the files are when the source is another model
)

func hiddenTag(tags []tracker.Tag, key string) string {
	i := slices.IndexFunc(tags, func(t tracker.Tag) bool { return t.Key == key })
	if i < 0 {
		return ""
	}
	return tags[i].Value
}

// storageOf returns where a version's files are.
func storageOf(v index.ModelVersion) string { return cmp.Or(hiddenTag(v.Tags, tagStorage), v.Source) }

func versionOf(v index.ModelVersion, aliases []tracker.Alias) versionMessage {
	m := versionMessage{Name: v.Model, Version: strconv.Itoa(v.Version), Created: milliseconds(v.Created), Updated: milliseconds(v.Updated), Stage: cmp.Or(v.Deployment, "None"),
		Description: v.Description, Source: v.Source, Run: v.Run.String(), Link: hiddenTag(v.Tags, tagRunLink), Status: cmp.Or(v.Status, "READY"), Tags: shownTags(v.Tags),
		Model: hiddenTag(v.Tags, tagLoggedModel)}
	for _, a := range aliases {
		if a.Version == v.Version {
			m.Aliases = append(m.Aliases, a.Name)
		}
	}
	return m
}

// modelVersion returns a version that is not put away.
func (s *Server) modelVersion(ctx context.Context, name, version string) (index.ModelVersion, error) {
	if err := requiredAll("name", name, "version", version); err != nil {
		return index.ModelVersion{}, err
	}
	n, err := strconv.Atoi(version)
	if err != nil {
		return index.ModelVersion{}, invalid("Parameter 'version' must be an integer, got '%.80s'.", version)
	}
	if err := s.upToDate(ctx); err != nil {
		return index.ModelVersion{}, err
	}
	list, err := s.versions(ctx, name)
	if err != nil {
		return index.ModelVersion{}, err
	}
	i := slices.IndexFunc(list, func(v index.ModelVersion) bool { return v.Version == n })
	if i < 0 || strings.HasPrefix(name, loggedPrefix) {
		return index.ModelVersion{}, fail(DoesNotExist, "Model Version (name=%s, version=%s) not found", name, version)
	}
	return list[i], nil
}

func (s *Server) versionAnswer(ctx context.Context, v index.ModelVersion) (versionAnswer, error) {
	m, err := s.model(ctx, v.Model)
	return versionAnswer{versionOf(v, m.Aliases)}, err
}

type versionID struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

func (s *Server) getVersion(ctx context.Context, q *versionID) (versionAnswer, error) {
	v, err := s.modelVersion(ctx, q.Name, q.Version)
	if err != nil {
		return versionAnswer{}, err
	}
	return s.versionAnswer(ctx, v)
}

type uriAnswer struct {
	URI string `json:"artifact_uri"`
}

func (s *Server) downloadURI(ctx context.Context, q *versionID) (uriAnswer, error) {
	v, err := s.modelVersion(ctx, q.Name, q.Version)
	return uriAnswer{storageOf(v)}, err
}

// versionByAlias also knows the alias latest, as MLflow does.
func (s *Server) versionByAlias(ctx context.Context, q *aliasRequest) (versionAnswer, error) {
	if err := required("alias", q.Alias); err != nil {
		return versionAnswer{}, err
	}
	m, err := s.model(ctx, q.Name)
	if err != nil {
		return versionAnswer{}, err
	}
	list, err := s.versions(ctx, q.Name)
	if err != nil {
		return versionAnswer{}, err
	}
	if strings.EqualFold(q.Alias, "latest") && len(list) > 0 {
		return versionAnswer{versionOf(list[len(list)-1], m.Aliases)}, nil
	}
	for _, a := range m.Aliases {
		i := slices.IndexFunc(list, func(v index.ModelVersion) bool { return v.Version == a.Version })
		if a.Name == q.Alias && i >= 0 {
			return versionAnswer{versionOf(list[i], m.Aliases)}, nil
		}
	}
	return versionAnswer{}, invalid("Registered model alias %s not found.", q.Alias)
}

type latestVersions struct {
	Name   string   `json:"name"`
	Stages []string `json:"stages"`
}

type versionsAnswer struct {
	Versions []versionMessage `json:"model_versions,omitempty"`
	Next     string           `json:"next_page_token,omitempty"`
}

func (s *Server) latestVersions(ctx context.Context, q *latestVersions) (versionsAnswer, error) {
	m, err := s.model(ctx, q.Name)
	if err != nil {
		return versionsAnswer{}, err
	}
	for i, text := range q.Stages {
		if q.Stages[i], err = deployment(text); err != nil {
			return versionsAnswer{}, err
		}
	}
	list, err := s.versions(ctx, q.Name)
	a := versionsAnswer{}
	for _, v := range latest(list, q.Stages) {
		a.Versions = append(a.Versions, versionOf(v, m.Aliases))
	}
	return a, err
}

// versionList is how versions are searched.
func versionList() listing[index.ModelVersion] {
	attribute := func(name string) filter.Field { return filter.Field{Space: filter.Attributes, Name: name} }
	return listing[index.ModelVersion]{
		attributes: [][]string{{"name"}, {"version_number"}, {"run_id"}, {"source_path"}, {"creation_timestamp"}, {"last_updated_timestamp"}, {"current_stage"}},
		value: func(v index.ModelVersion, f filter.Field) (string, float64, bool) {
			if f.Space == filter.Tags {
				return tagValue(v.Tags, f.Name)
			}
			switch f.Name {
			case "name":
				return v.Model, 0, true
			case "version_number":
				return "", float64(v.Version), true
			case "run_id":
				return v.Run.String(), 0, true
			case "source_path":
				return v.Source, 0, true
			case "current_stage":
				return cmp.Or(v.Deployment, "None"), 0, true
			case "creation_timestamp":
				return "", float64(milliseconds(v.Created)), true
			case "last_updated_timestamp":
				return "", float64(milliseconds(v.Updated)), true
			}
			return "", 0, false
		},
		order:  []filter.Order{{Field: attribute("last_updated_timestamp"), Descending: true}, {Field: attribute("name")}, {Field: attribute("version_number"), Descending: true}},
		normal: 200_000, most: 200_000,
	}
}

func (s *Server) searchVersions(ctx context.Context, q *query) (versionsAnswer, error) {
	models, err := s.models(ctx)
	if err != nil {
		return versionsAnswer{}, err
	}
	aliases := map[string][]tracker.Alias{}
	for _, m := range models {
		aliases[m.Name] = m.Aliases
	}
	all, err := s.versions(ctx, "")
	if err != nil {
		return versionsAnswer{}, err
	}
	page, next, err := versionList().search(all, *q)
	a := versionsAnswer{Next: next}
	for _, v := range page {
		a.Versions = append(a.Versions, versionOf(v, aliases[v.Model]))
	}
	return a, err
}
