package index

import (
	"database/sql"
	"encoding/json"
	"maps"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
)

// folds maps a kind of subject to what makes its rows from all that was told of it.
var folds = map[string]func(*batch, string) error{
	"experiment": (*batch).foldExperiment,
	"model":      (*batch).foldModels,
	"view":       (*batch).foldView,
	"review":     func(*batch, string) error { return nil }, // each stands for itself
}

// told is one row of changes.
type told struct {
	entry tracker.Entry
	blob  []byte
}

// toldOf returns the changes that a condition on the table chooses, in their order.
func (b *batch) toldOf(condition string, args ...any) (all []told, err error) {
	err = b.each(func(rows *sql.Rows) error {
		var line string
		var t told
		if err := rows.Scan(&line, &t.blob); err != nil {
			return err
		}
		t.entry, err = tracker.DecodeEntry([]byte(line))
		all = append(all, t)
		return err
	}, "SELECT entry, logged FROM changes WHERE "+condition+" ORDER BY at", args...)
	return all, err
}

func (b *batch) foldExperiment(id string) error {
	all, err := b.toldOf("kind = 'experiment' AND subject = ?", id)
	if err != nil {
		return err
	}
	x := Experiment{Name: defaultName(id), Stage: tracker.Active}
	tags := map[string]string{}
	for _, t := range all {
		e := t.entry.(*tracker.ExperimentEntry)
		given(&x.Name, e.Name)
		given(&x.Stage, e.Stage)
		if x.Created.IsZero() {
			x.Created = e.Time
		}
		x.Updated = e.Time
		l, _ := tracker.DecodeLogged(t.blob) // what is no line of these is passed over
		keep(tags, l.Tags)
	}
	return b.exec("INSERT OR REPLACE INTO experiments VALUES (?, ?, ?, ?, ?, ?)", id, x.Name, string(x.Stage), timeText(x.Created), timeText(x.Updated), tagsText(tags))
}

// defaultName is the name of an experiment that nobody gave one.
func defaultName(id string) string {
	if id == "" {
		return "Default"
	}
	return id
}

// keep puts tags into a map, and takes those away that were removed.
func keep(tags map[string]string, list []tracker.Tag) {
	for _, t := range list {
		if t.Removed {
			delete(tags, t.Key)
		} else {
			tags[t.Key] = t.Value
		}
	}
}

// tagsText writes tags as a JSON array, by key.
func tagsText(tags map[string]string) string {
	list := make([]tracker.Tag, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, tracker.Tag{Key: key, Value: tags[key]})
	}
	return jsonText(list)
}

func jsonText(v any) string {
	text, _ := json.Marshal(v) // texts and numbers always encode
	return string(text)
}

func (b *batch) foldView(name string) error {
	all, err := b.toldOf("kind = 'view' AND subject = ?", name)
	if err != nil {
		return err
	}
	if err := b.exec("DELETE FROM views WHERE name = ?", name); err != nil || len(all) == 0 {
		return err
	}
	last := all[len(all)-1]
	if e := last.entry.(*tracker.ViewEntry); !e.Query.IsZero() && last.blob != nil {
		return b.exec("INSERT INTO views VALUES (?, ?, ?)", name, last.blob, timeText(e.Time))
	}
	return nil
}

// related chooses the changes of a model and of all that it was ever renamed from or to.
const related = `kind = 'model' AND subject IN (WITH RECURSIVE names(name) AS (SELECT ? UNION
	SELECT c.renamed FROM changes c JOIN names ON c.kind = 'model' AND c.subject = names.name WHERE c.renamed <> '' UNION
	SELECT c.subject FROM changes c JOIN names ON c.kind = 'model' AND c.renamed = names.name AND c.renamed <> '') SELECT name FROM names)`

// foldModels makes the rows of a model and of those whose names it had or has.
func (b *batch) foldModels(name string) error {
	all, err := b.toldOf(related, name)
	if err != nil {
		return err
	}
	models, names := map[string]*registered{}, map[string]bool{name: true}
	for _, t := range all {
		e := t.entry.(*tracker.ModelEntry)
		names[e.Model] = true
		if e.Renamed != "" {
			names[e.Renamed] = true
		}
		fold(models, e, t.blob)
	}
	for name := range names {
		if err := b.writeModel(name, models[name]); err != nil {
			return err
		}
	}
	return nil
}

// registered is a model while it is folded.
type registered struct {
	Model
	tags     map[string]string
	aliases  map[string]int
	versions map[int]*version
}

type version struct {
	ModelVersion
	tags map[string]string
}

// fold applies one entry to the models by their names. A model or version that was deleted and is made again begins anew. A name that
// an active model has is given to no other one.
func fold(models map[string]*registered, e *tracker.ModelEntry, blob []byte) {
	m := models[e.Model]
	if m == nil || e.Version == 0 && m.Stage == tracker.Deleted && e.Stage == tracker.Active {
		m = &registered{Model: Model{Stage: tracker.Active, Created: e.Time}, tags: map[string]string{}, aliases: map[string]int{}, versions: map[int]*version{}}
		models[e.Model] = m
	}
	l, _ := tracker.DecodeLogged(blob) // what is no line of these is passed over
	m.Updated = e.Time
	for _, a := range l.Aliases {
		if m.aliases[a.Name] = a.Version; a.Version == 0 {
			delete(m.aliases, a.Name)
		}
	}
	if e.Version != 0 {
		m.version(e).apply(e, l)
		return
	}
	given(&m.Stage, e.Stage)
	describe(&m.Description, l)
	keep(m.tags, l.Tags)
	if old := models[e.Renamed]; e.Renamed != "" && e.Renamed != e.Model && (old == nil || old.Stage == tracker.Deleted) {
		models[e.Renamed] = m
		delete(models, e.Model)
	}
}

func describe(text *string, l tracker.Logged) {
	if l.Description != nil {
		*text = *l.Description
	}
}

// version returns the version that an entry is about.
func (m *registered) version(e *tracker.ModelEntry) *version {
	v := m.versions[e.Version]
	if v == nil || v.Stage == tracker.Deleted && e.Stage == tracker.Active {
		v = &version{ModelVersion{Version: e.Version, Stage: tracker.Active, Created: e.Time, Deployment: "None"}, map[string]string{}}
		m.versions[e.Version] = v
	}
	return v
}

func (v *version) apply(e *tracker.ModelEntry, l tracker.Logged) {
	v.Updated = e.Time
	given(&v.Stage, e.Stage)
	given(&v.Run, e.Run)
	given(&v.Source, e.Source)
	given(&v.Status, e.Status)
	given(&v.Deployment, e.Deployment)
	describe(&v.Description, l)
	keep(v.tags, l.Tags)
}

// writeModel replaces the rows of the name by those of the model that has it now, nil when none does.
func (b *batch) writeModel(name string, m *registered) error {
	for _, query := range []string{"DELETE FROM models WHERE name = ?", "DELETE FROM model_versions WHERE model = ?"} {
		if err := b.exec(query, name); err != nil {
			return err
		}
	}
	if m == nil {
		return nil
	}
	aliases := []tracker.Alias{}
	for _, name := range slices.Sorted(maps.Keys(m.aliases)) {
		if v := m.versions[m.aliases[name]]; v == nil || v.Stage != tracker.Deleted {
			aliases = append(aliases, tracker.Alias{Name: name, Version: m.aliases[name]})
		}
	}
	err := b.exec("INSERT INTO models VALUES (?, ?, ?, ?, ?, ?, ?)", name, string(m.Stage), timeText(m.Created), timeText(m.Updated), m.Description,
		tagsText(m.tags), jsonText(aliases))
	for _, v := range m.versions {
		if err != nil {
			return err
		}
		err = b.exec("INSERT INTO model_versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", name, v.Version, string(v.Stage), timeText(v.Created), timeText(v.Updated),
			v.Description, v.Run.String(), v.Source, v.Status, v.Deployment, tagsText(v.tags))
	}
	return err
}
