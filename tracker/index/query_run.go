package index

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// SeriesKey names a series of a run and tells how long it is.
type SeriesKey struct {
	Key    string
	Points int64
	Last   tracker.Metric // the point that counts as the metric's value, as in Run
}

const experimentColumns = `id, name, stage, created, updated, tags, (SELECT count(*) FROM runs r WHERE r.experiment = x.id AND r.stage = 'active')`

// experiments are those that entries tell of, those that runs are in, and Default, which is always there.
const experiments = `(SELECT id, name, stage, created, updated, tags FROM experiments UNION ALL
	SELECT id, CASE id WHEN '' THEN 'Default' ELSE id END, 'active', '', '', '[]' FROM (SELECT '' AS id UNION SELECT DISTINCT experiment FROM runs)
		WHERE id NOT IN (SELECT id FROM experiments)) x`

func scanExperiment(rows *sql.Rows) (e Experiment, err error) {
	var tags []byte
	err = rows.Scan(into(&e.ID), &e.Name, &e.Stage, at(&e.Created), at(&e.Updated), &tags, &e.Runs)
	if err == nil {
		err = json.Unmarshal(tags, &e.Tags)
	}
	return e, err
}

// Experiments returns the experiments in the given stages (nil: all), oldest first.
func (x *Index) Experiments(ctx context.Context, stages []tracker.Stage) ([]Experiment, error) {
	return collect(ctx, x, scanExperiment, "SELECT "+experimentColumns+" FROM "+experiments+" WHERE "+inStages+" ORDER BY created, id", stageList(stages))
}

// inStages is the condition for stages, with a place for stageList's text.
const inStages = "instr(?, ' ' || stage || ' ') > 0"

// stageList writes stages for inStages.
func stageList(stages []tracker.Stage) string {
	if stages == nil {
		stages = []tracker.Stage{tracker.Active, tracker.Deleted}
	}
	text := " "
	for _, s := range stages {
		text += string(s) + " "
	}
	return text
}

// Experiment returns the experiment with an id; the zero one is Default, which is always there.
func (x *Index) Experiment(ctx context.Context, id tracker.ID) (Experiment, error) {
	return one(ctx, x, scanExperiment, id, "SELECT "+experimentColumns+" FROM "+experiments+" WHERE id = ?", id.String())
}

// ExperimentNamed returns the experiment with a name, active or deleted. Of several an active one counts, then the oldest.
func (x *Index) ExperimentNamed(ctx context.Context, name string) (Experiment, error) {
	return named(ctx, x, scanExperiment, "experiment", name, "SELECT "+experimentColumns+" FROM "+experiments+" WHERE name = ? ORDER BY stage, created, id LIMIT 1", name)
}

// named is collect for the one row with a name.
func named[T any](ctx context.Context, x *Index, scan func(*sql.Rows) (T, error), what, name, query string, args ...any) (T, error) {
	all, err := collect(ctx, x, scan, query, args...)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("find %s %q: %w", what, name, ErrNotFound)
	}
	if err != nil {
		var none T
		return none, err
	}
	return all[0], nil
}

// Run returns the run with an id and everything that it logged, in whatever stage it is.
func (x *Index) Run(ctx context.Context, id tracker.ID) (Run, error) {
	r, err := one(ctx, x, scanRunChange, id, "SELECT id, "+runColumns+" FROM runs WHERE id = ?", id.String())
	if err != nil {
		return r, err
	}
	all, err := x.details(ctx, []tracker.ID{id})
	if err == nil {
		all[id].show(&r, Columns{Params: true, Tags: true, Metrics: true, Inputs: true})
	}
	return r, err
}

// Runs is Run for several at once, in no order; those that are not there are left out.
func (x *Index) Runs(ctx context.Context, ids []tracker.ID) ([]Run, error) {
	all, err := collect(ctx, x, scanRunChange, "SELECT id, "+runColumns+" FROM runs WHERE id IN (SELECT value FROM json_each(?))", jsonText(ids))
	if err != nil {
		return nil, err
	}
	logged, err := x.details(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range all {
		logged[all[i].ID].show(&all[i], Columns{Params: true, Tags: true, Metrics: true, Inputs: true})
	}
	return all, nil
}

// SeriesKeys returns the series of a run, by key.
func (x *Index) SeriesKeys(ctx context.Context, run tracker.ID) ([]SeriesKey, error) {
	scan := func(rows *sql.Rows) (s SeriesKey, err error) {
		var bits int64
		err = rows.Scan(&s.Key, &s.Points, &bits, &s.Last.Step, &s.Last.Time)
		s.Last.Key, s.Last.Value = s.Key, math.Float64frombits(uint64(bits))
		return s, err
	}
	return collect(ctx, x, scan, "SELECT key, points, bits, step, time FROM metrics WHERE run = ? ORDER BY key", run.String())
}

// Artifacts returns what a run keeps under a folder (empty: all), by path.
func (x *Index) Artifacts(ctx context.Context, run tracker.ID, under string) ([]Artifact, error) {
	type row struct {
		Artifact
		removed bool
		at      []byte
	}
	scan := func(rows *sql.Rows) (a row, err error) {
		err = rows.Scan(into(&a.Run), &a.Path, &a.Kind, &a.Media, into(&a.Digest), into(&a.Tree), &a.Files, &a.Bytes, at(&a.Logged), &a.removed, &a.at)
		return a, err
	}
	all, err := collect(ctx, x, scan, "SELECT run, path, kind, media, digest, tree, files, bytes, logged, removed, at FROM artifacts WHERE run = ? ORDER BY path", run.String())
	removed := map[string][]byte{} // when folders were taken away, with all that was in them
	for _, a := range all {
		if a.removed {
			removed[a.Path] = a.at
		}
	}
	var found []Artifact
	for _, a := range all {
		if !a.removed && within(a.Path, under) && !goneWith(removed, a.Path, a.at) {
			found = append(found, a.Artifact)
		}
	}
	return found, err
}

// within reports whether a path is a folder or below it; the empty folder holds all.
func within(path, folder string) bool {
	folder = strings.TrimSuffix(folder, "/")
	return folder == "" || path == folder || strings.HasPrefix(path, folder+"/")
}

// goneWith reports whether a folder that a path is in was taken away later than at.
func goneWith(removed map[string][]byte, path string, at []byte) bool {
	for folder, when := range removed {
		if within(path, folder) && slices.Compare(when, at) > 0 {
			return true
		}
	}
	return false
}

// Inputs returns the datasets that a run used, in the order in which they were logged.
func (x *Index) Inputs(ctx context.Context, run tracker.ID) ([]tracker.Input, error) {
	all, err := x.details(ctx, []tracker.ID{run})
	if err != nil {
		return nil, err
	}
	return all[run].inputs, nil
}

// Executions returns the cell executions that told something of a run, oldest first. Of a session the execution is zero where
// something was told outside of cells.
func (x *Index) Executions(ctx context.Context, run tracker.ID) ([]RunExecution, error) {
	scan := func(rows *sql.Rows) (e RunExecution, err error) {
		err = rows.Scan(into(&e.Session), into(&e.Execution), at(&e.First))
		return e, err
	}
	return collect(ctx, x, scan, "SELECT session, execution, first FROM run_executions WHERE run = ? ORDER BY first, session, execution", run.String())
}

// RunsOf returns the runs of which a cell execution or a session told something, by id.
func (x *Index) RunsOf(ctx context.Context, id tracker.ID) ([]tracker.ID, error) {
	scan := func(rows *sql.Rows) (id tracker.ID, err error) { err = rows.Scan(into(&id)); return id, err }
	return collect(ctx, x, scan, `SELECT run FROM run_executions WHERE execution = ?1 UNION SELECT run FROM run_executions WHERE session = ?1 ORDER BY run`, id.String())
}

const modelColumns = "name, stage, created, updated, description, tags, aliases"

func scanModel(rows *sql.Rows) (m Model, err error) {
	var tags, aliases []byte
	err = rows.Scan(&m.Name, &m.Stage, at(&m.Created), at(&m.Updated), &m.Description, &tags, &aliases)
	if err == nil {
		err = errors.Join(json.Unmarshal(tags, &m.Tags), json.Unmarshal(aliases, &m.Aliases))
	}
	return m, err
}

// Models returns the registered models in the given stages (nil: all), by name.
func (x *Index) Models(ctx context.Context, stages []tracker.Stage) ([]Model, error) {
	return collect(ctx, x, scanModel, "SELECT "+modelColumns+" FROM models WHERE "+inStages+" ORDER BY name", stageList(stages))
}

// Model returns the registered model with a name, active or deleted.
func (x *Index) Model(ctx context.Context, name string) (Model, error) {
	return named(ctx, x, scanModel, "model", name, "SELECT "+modelColumns+" FROM models WHERE name = ?", name)
}

const versionColumns = "model, version, stage, created, updated, description, run, source, status, deployment, tags"

func scanVersion(rows *sql.Rows) (v ModelVersion, err error) {
	var tags []byte
	err = rows.Scan(&v.Model, &v.Version, &v.Stage, at(&v.Created), at(&v.Updated), &v.Description, into(&v.Run), &v.Source, &v.Status, &v.Deployment, &tags)
	if err == nil {
		err = json.Unmarshal(tags, &v.Tags)
	}
	return v, err
}

// Versions returns the versions of a model (empty: of all), deleted ones too, by name and number.
func (x *Index) Versions(ctx context.Context, model string) ([]ModelVersion, error) {
	if model == "" {
		return collect(ctx, x, scanVersion, "SELECT "+versionColumns+" FROM model_versions ORDER BY model, version")
	}
	return collect(ctx, x, scanVersion, "SELECT "+versionColumns+" FROM model_versions WHERE model = ? ORDER BY version", model)
}

// VersionByAlias returns the version of a model that an alias names.
func (x *Index) VersionByAlias(ctx context.Context, model, alias string) (ModelVersion, error) {
	return named(ctx, x, scanVersion, "alias", model+"@"+alias, "SELECT "+versionColumns+` FROM model_versions WHERE model = ?1 AND version =
		(SELECT value ->> 'version' FROM models, json_each(models.aliases) WHERE models.name = ?1 AND value ->> 'alias' = ?2)`, model, alias)
}

func scanView(rows *sql.Rows) (v View, err error) {
	err = rows.Scan(&v.Name, &v.Query, at(&v.Saved))
	return v, err
}

// Views returns the saved searches, by name.
func (x *Index) Views(ctx context.Context) ([]View, error) {
	return collect(ctx, x, scanView, "SELECT name, query, saved FROM views ORDER BY name")
}

// View returns the saved search with a name.
func (x *Index) View(ctx context.Context, name string) (View, error) {
	return named(ctx, x, scanView, "view", name, "SELECT name, query, saved FROM views WHERE name = ?", name)
}

// Absorbed returns, for each run of a track log, up to which byte of the log it is recorded.
func (x *Index) Absorbed(ctx context.Context, log tracker.ID) (map[tracker.ID]int64, error) {
	ends := map[tracker.ID]int64{}
	_, err := collect(ctx, x, func(rows *sql.Rows) (_ struct{}, err error) {
		var run tracker.ID
		var end int64
		err = rows.Scan(into(&run), &end)
		ends[run] = end
		return struct{}{}, err
	}, "SELECT run, end FROM absorbed WHERE log = ?", log.String())
	return ends, err
}
