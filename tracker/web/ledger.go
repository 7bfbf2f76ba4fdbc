package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

func (s *Server) openAPI(w http.ResponseWriter, c *call) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "private, no-cache")
	_, _ = w.Write(s.document()) // who is gone needs no answer
	return nil
}

// Ledger is an overview.
type Ledger struct {
	Dir         string          `json:"dir"`
	Version     string          `json:"gemba"`
	Entries     int             `json:"entries"`
	Journals    int             `json:"journals"`
	Sessions    int             `json:"sessions"`
	Cells       int             `json:"cells"`
	Experiments int             `json:"experiments"`
	Runs        int             `json:"runs"` // that are not deleted
	Problems    []index.Problem `json:"problems"`
	Gaps        []index.Gap     `json:"gaps"`
	Writable    bool            `json:"writable"` // comments, views and notes can be written
	Stand       string          `json:"stand"`    // stays while nothing changes
}

func (s *Server) ledger(c *call) (Ledger, error) {
	l := Ledger{Dir: s.Dir, Version: s.Version, Writable: s.Record != nil}
	if err := s.Ledger.Readable(); err != nil {
		return l, err
	}
	var errs [6]error
	l.Entries, l.Journals, errs[0] = s.Index.Entries(c.ctx)
	sessions, err := s.Index.Sessions(c.ctx)
	l.Sessions, errs[1] = len(sessions), err
	l.Cells, errs[2] = s.Index.Count(c.ctx, index.Filter{})
	all, err := s.Index.Experiments(c.ctx, []tracker.Stage{tracker.Active})
	l.Experiments, errs[3] = len(all), err
	for _, e := range all {
		l.Runs += e.Runs
	}
	l.Problems, errs[4] = s.Index.Problems(c.ctx)
	l.Gaps, errs[5] = s.Index.Gaps(c.ctx, tracker.ID{})
	l.Problems, l.Gaps = append([]index.Problem{}, l.Problems...), append([]index.Gap{}, l.Gaps...)
	stand, err := s.Index.Stand(c.ctx)
	l.Stand = stand.String()
	return l, errors.Join(append(errs[:], err)...)
}

// Match is what an id, its leading digits or a name means.
type Match struct {
	ID   tracker.ID `json:"id"`
	Kind string     `json:"kind"` // "cell", "session", "snapshot", "run" or "experiment"
}

func (s *Server) find(c *call) (Match, error) {
	m, err := s.named(c.ctx, c.get("text"))
	return Match{m.ID, m.Kind}, err
}

// named returns what an id, its leading digits or a run's name means; of several runs with a name it is the newest.
func (s *Server) named(ctx context.Context, text string) (index.Match, error) {
	m, err := s.Index.Find(ctx, strings.ToLower(text))
	if err == nil || !errors.Is(err, index.ErrNotFound) {
		return m, err
	}
	same := filter.Compare{Field: filter.Field{Space: filter.Attributes, Name: "run_name"}, Op: filter.Equal, Values: []filter.Value{{Kind: filter.Text, Text: text}}}
	page, nameErr := s.Index.SearchRuns(ctx, index.RunSearch{Limit: 1, Filter: same, Stages: everyStage})
	if nameErr != nil || len(page.Runs) == 0 {
		return m, errors.Join(nameErr, err)
	}
	return index.Match{ID: page.Runs[0].ID, Kind: "run"}, nil
}

var everyStage = []tracker.Stage{tracker.Active, tracker.Deleted}

// one is named for what must be of one of some kinds.
func (s *Server) one(ctx context.Context, text string, kinds ...string) (index.Match, error) {
	m, err := s.named(ctx, text)
	if err != nil {
		return m, err
	}
	for _, k := range kinds {
		if m.Kind == k {
			return m, nil
		}
	}
	return m, kind(errWrong, "%.80q is a %s: want a %s", text, m.Kind, strings.Join(kinds, " or a "))
}

// Experiment groups runs.
type Experiment struct {
	ID      tracker.ID        `json:"id"` // empty: Default
	Name    string            `json:"name"`
	Stage   tracker.Stage     `json:"stage"`
	Created time.Time         `json:"created,omitzero"`
	Updated time.Time         `json:"updated,omitzero"`
	Tags    map[string]string `json:"tags"`
	Runs    int               `json:"runs"` // that are not deleted
}

func (s *Server) experiments(c *call) (Page[Experiment], error) {
	found, err := s.Index.Experiments(c.ctx, stages[c.get("stage")])
	if err != nil {
		return Page[Experiment]{}, err
	}
	list := make([]Experiment, len(found))
	for i, e := range found {
		list[i] = Experiment{e.ID, e.Name, e.Stage, e.Created, e.Updated, tagMap(e.Tags), e.Runs}
	}
	return paged(s, c, list)
}

func tagMap(tags []tracker.Tag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[t.Key] = t.Value
	}
	return m
}

// Model is a registered model with its versions.
type Model struct {
	Name        string            `json:"name"`
	Stage       tracker.Stage     `json:"stage"`
	Created     time.Time         `json:"created,omitzero"`
	Updated     time.Time         `json:"updated,omitzero"`
	Description string            `json:"description,omitempty"`
	Tags        map[string]string `json:"tags"`
	Aliases     []tracker.Alias   `json:"aliases"`
	Versions    []ModelVersion    `json:"versions"`
}

// ModelVersion is a version of a registered model.
type ModelVersion struct {
	Version     int               `json:"version"`
	Stage       tracker.Stage     `json:"stage"`
	Created     time.Time         `json:"created,omitzero"`
	Updated     time.Time         `json:"updated,omitzero"`
	Description string            `json:"description,omitempty"`
	Run         tracker.ID        `json:"run,omitzero"`
	Source      string            `json:"source,omitempty"`
	Status      string            `json:"status,omitempty"`
	Deployment  string            `json:"deployment,omitempty"`
	Tags        map[string]string `json:"tags"`
}

func (s *Server) models(c *call) (Page[Model], error) {
	found, err := s.Index.Models(c.ctx, []tracker.Stage{tracker.Active})
	if err != nil {
		return Page[Model]{}, err
	}
	versions, err := s.Index.Versions(c.ctx, "")
	of := map[string][]ModelVersion{}
	for _, v := range versions {
		of[v.Model] = append(of[v.Model], ModelVersion{v.Version, v.Stage, v.Created, v.Updated, v.Description, v.Run, v.Source, v.Status, v.Deployment, tagMap(v.Tags)})
	}
	list := make([]Model, len(found))
	for i, m := range found {
		list[i] = Model{m.Name, m.Stage, m.Created, m.Updated, m.Description, tagMap(m.Tags), append([]tracker.Alias{}, m.Aliases...), append([]ModelVersion{}, of[m.Name]...)}
	}
	if err != nil {
		return Page[Model]{}, err
	}
	return paged(s, c, list)
}

func (s *Server) snapshots(c *call) (Page[index.Snapshot], error) {
	all, err := s.Index.Snapshots(c.ctx, c.get("name"))
	if err != nil {
		return Page[index.Snapshot]{}, err
	}
	return paged(s, c, all)
}

// environmentOf returns the environment of what an id names.
func (s *Server) environmentOf(ctx context.Context, text string) (e account.Environment, err error) {
	m, err := s.one(ctx, text, "session", "cell", "run")
	if err != nil {
		return e, err
	}
	session, cells := m.ID, []index.Cell(nil)
	switch m.Kind {
	case "session":
		cells, err = s.Index.Cells(ctx, index.Filter{Session: m.ID.String()})
	case "cell":
		var c index.Cell
		c, err = s.Index.Cell(ctx, m.ID)
		session, cells = c.Session, []index.Cell{c}
	case "run":
		var told []index.RunExecution
		told, err = s.Index.Executions(ctx, m.ID)
		told = slices.DeleteFunc(told, func(e index.RunExecution) bool { return e.Session.IsZero() }) // a note that somebody wrote later
		if err == nil && len(told) == 0 {
			err = kind(account.ErrNoEnvironment, "no environment is recorded for run %s: it belongs to no session", m.ID.Short())
		}
		if err == nil {
			session = told[len(told)-1].Session
			cells, err = s.Index.Cells(ctx, index.Filter{Session: session.String()})
		}
	}
	if err != nil {
		return e, err
	}
	e, err = s.account.Environment(ctx, session, cells)
	e.Facts, e.Packages = append([]account.Fact{}, e.Facts...), account.PackagesOf(e.Facts)
	return e, err
}

func (s *Server) environment(c *call) (account.Environment, error) {
	return s.environmentOf(c.ctx, c.get("id"))
}

// EnvironmentDiff is what differs between two environments.
type EnvironmentDiff struct {
	A           tracker.ID           `json:"a"` // sessions
	B           tracker.ID           `json:"b"`
	Differences []account.FactChange `json:"differences"`
}

func (s *Server) environmentDiff(c *call) (d EnvironmentDiff, err error) {
	a, err := s.environmentOf(c.ctx, c.get("id"))
	if err != nil {
		return d, err
	}
	b, err := s.environmentOf(c.ctx, c.get("with"))
	if err != nil {
		return d, err
	}
	return EnvironmentDiff{a.Session, b.Session, append([]account.FactChange{}, s.Documents.Differences(a.Facts, b.Facts)...)}, nil
}
