package imports

import (
	"bytes"
	"math"
	"strconv"

	"github.com/gemba-ml/gemba/tracker"
)

// isDatabase reports whether a file is one of SQLite (https://www.sqlite.org/fileformat.html, section 1.3).
func isDatabase(f *Folder, name string) bool {
	info, err := f.root.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	r, err := f.Open(name)
	if err != nil {
		return false
	}
	defer r.Close()
	head := make([]byte, 16)
	_, err = r.ReadAt(head, 0)
	return err == nil && bytes.Equal(head, []byte("SQLite format 3\x00"))
}

// mlflowDatabase is a database of MLflow. Older ones lack tables and columns: what is not there is empty.
type mlflowDatabase struct {
	*database
	o           Options
	sink        Sink
	experiments map[string]string // names by number
}

func readMLflowDatabase(f *Folder, name string, o Options, sink Sink) error {
	db, err := openDatabase(f, name)
	if err != nil {
		return err
	}
	defer db.Close()
	if !db.has("runs") || !db.has("experiments") {
		return damaged(f.at(name), "it has no tables of MLflow")
	}
	d := &mlflowDatabase{database: db, o: o, sink: sink, experiments: map[string]string{}}
	for _, read := range []func() error{d.readExperiments, d.readRuns, d.readLogged, d.readModels} {
		if err := read(); err != nil {
			return err
		}
	}
	return d.left()
}

// leftTables are those that hold what is not imported.
var leftTables = []struct{ table, what string }{
	{"trace_info", "traces"}, {"assessments", "assessments"}, {"evaluation_datasets", "evaluation datasets"}, {"scorers", "scorers"}, {"jobs", "jobs"},
}

func (d *mlflowDatabase) left() error {
	for _, t := range leftTables {
		some := false
		err := d.each(t.table, nil, "LIMIT 1", nil, func(row) error { some = true; return nil })
		if err != nil {
			return err
		}
		if some {
			d.sink.Left(t.what)
		}
	}
	return nil
}

func (d *mlflowDatabase) readExperiments() error {
	return d.each("experiments", []string{"experiment_id", "name", "lifecycle_stage", "artifact_location", "creation_time", "last_update_time"}, "ORDER BY experiment_id", nil, func(r row) error {
		m := mlflowExperiment{ID: r.text(0), Name: r.text(1), Stage: r.text(2), Artifact: r.text(3), Created: r.integer(4), Updated: r.integer(5)}
		d.experiments[m.ID] = m.Name
		tags, err := d.pairs("experiment_tags", "key", "value", "WHERE experiment_id = ?", r[0])
		if err != nil {
			return err
		}
		e, err := m.experiment(d.place+", experiment "+m.ID, tags)
		if err != nil {
			return unless(d.sink, err)
		}
		return told(d.sink.Experiment(e))
	})
}

// pairs returns the keys and values of a table.
func (d *database) pairs(table, key, value, where string, args ...any) (list []tracker.Tag, err error) {
	err = d.each(table, []string{key, value}, where+" ORDER BY 1", args, func(r row) error {
		list = append(list, tracker.Tag{Key: r.text(0), Value: r.text(1)})
		return nil
	})
	return list, err
}

func (d *mlflowDatabase) readRuns() error {
	columns := []string{"run_uuid", "name", "status", "lifecycle_stage", "start_time", "end_time", "user_id", "artifact_uri", "source_name", "source_version",
		"entry_point_name", "deleted_time", "experiment_id"}
	return d.each("runs", columns, "ORDER BY rowid", nil, func(r row) error {
		m := mlflowRun{ID: r.text(0), Name: r.text(1), Status: r.text(2), Stage: r.text(3), Started: r.integer(4), Ended: r.integer(5), User: r.text(6), Artifact: r.text(7),
			Source: r.text(8), Version: r.text(9), Entry: r.text(10), Deleted: r.integer(11)}
		return unless(d.sink, d.run(m, r.text(12)))
	})
}

func (d *mlflowDatabase) run(m mlflowRun, experiment string) error {
	place := d.place + ", run " + m.ID
	name, known := d.experiments[experiment]
	if !known || m.ID == "" {
		return damaged(place, "its experiment %q is not there", experiment)
	}
	tags, err := d.pairs("tags", "key", "value", "WHERE run_uuid = ?", m.ID)
	if err != nil {
		return err
	}
	r, err := m.run(place, tags)
	if err != nil {
		return err
	}
	r.Experiment = name
	params, err := d.pairs("params", "key", "value", "WHERE run_uuid = ?", m.ID)
	if err != nil {
		return err
	}
	for _, p := range params {
		r.Params = append(r.Params, tracker.Param{Key: p.Key, Value: p.Value})
	}
	if err := d.links(&r, m.ID); err != nil {
		return err
	}
	if r.Files, err = d.f.artifacts(d.o, m.Artifact, "", d.sink); err != nil {
		return err
	}
	if len(r.Files) == 0 {
		r.Tags = append(r.Tags, extras("artifact_uri", remote(m.Artifact))...)
	}
	r.Points = func(yield func(tracker.Metric) error) error { return d.points(place, m.ID, yield) }
	return told(d.sink.Run(r))
}

// points reads what a run measured, in the order in which it was written.
func (d *mlflowDatabase) points(place, run string, yield func(tracker.Metric) error) error {
	return d.each("metrics", []string{"key", "value", "timestamp", "step", "is_nan"}, "WHERE run_uuid = ? ORDER BY rowid", []any{run}, func(r row) error {
		m := tracker.Metric{Key: r.text(0), Value: r.float(1), Step: r.integer(3)}
		if r.integer(4) != 0 {
			m.Value = math.NaN()
		}
		var fits bool
		if m.Time, fits = nanoseconds(r.integer(2)); !fits {
			return damaged(place, "metric %q has the time %d", m.Key, r.integer(2))
		}
		return yield(m)
	})
}

// links reads what a run used and made. Before MLflow 3 there are datasets only.
func (d *mlflowDatabase) links(r *Run, run string) error {
	columns := []string{"input_uuid", "source_type", "source_id", "destination_type", "destination_id", "step"}
	where := "WHERE destination_id = ?1 OR source_id = ?1 ORDER BY rowid"
	return d.each("inputs", columns, where, []any{run}, func(in row) error {
		switch in.text(1) {
		case "DATASET":
			tags, err := d.pairs("input_tags", "name", "value", "WHERE input_uuid = ?", in[0])
			if err != nil {
				return err
			}
			return d.dataset(r, in.text(2), tags)
		case "RUN_INPUT", "MODEL", "MODEL_INPUT":
			id := in.text(4)
			if id == run {
				id = in.text(2)
			}
			r.Tags = append(r.Tags, tracker.Tag{Key: modelInput + id, Value: "0"})
		case "RUN_OUTPUT":
			r.Tags = append(r.Tags, tracker.Tag{Key: modelOutput + in.text(4), Value: strconv.FormatInt(in.integer(5), 10)})
		}
		return nil
	})
}

func (d *mlflowDatabase) dataset(r *Run, id string, tags []tracker.Tag) error {
	columns := []string{"name", "digest", "dataset_source_type", "dataset_source", "dataset_schema", "dataset_profile"}
	return d.each("datasets", columns, "WHERE dataset_uuid = ?", []any{id}, func(c row) error {
		r.Inputs = append(r.Inputs, tracker.Input{Name: c.text(0), Digest: c.text(1), SourceType: c.text(2), Source: c.text(3), Schema: c.text(4), Profile: c.text(5), Tags: tags})
		return nil
	})
}

func (d *mlflowDatabase) readLogged() error {
	columns := []string{"model_id", "experiment_id", "name", "artifact_location", "creation_timestamp_ms", "last_updated_timestamp_ms", "status", "lifecycle_stage",
		"model_type", "source_run_id", "status_message"}
	return d.each("logged_models", columns, "ORDER BY rowid", nil, func(r row) error {
		m := mlflowLogged{ID: r.text(0), Name: r.text(2), Artifact: r.text(3), Created: r.integer(4), Updated: r.integer(5), Status: r.text(6), Stage: r.text(7),
			Type: r.text(8), Run: r.text(9), Message: r.text(10)}
		return unless(d.sink, d.logged(m, d.experiments[r.text(1)]))
	})
}

func (d *mlflowDatabase) logged(m mlflowLogged, experiment string) error {
	tags, err := d.pairs("logged_model_tags", "tag_key", "tag_value", "WHERE model_id = ?", m.ID)
	if err != nil {
		return err
	}
	values, err := d.pairs("logged_model_params", "param_key", "param_value", "WHERE model_id = ?", m.ID)
	if err != nil {
		return err
	}
	var params []tracker.Param
	for _, v := range values {
		params = append(params, tracker.Param{Key: v.Key, Value: v.Value})
	}
	var metrics []ModelMetric
	columns := []string{"metric_name", "metric_timestamp_ms", "metric_step", "metric_value", "run_id", "dataset_name", "dataset_digest"}
	err = d.each("logged_model_metrics", columns, "WHERE model_id = ? ORDER BY rowid", []any{m.ID}, func(r row) error {
		at, fits := nanoseconds(r.integer(1))
		if !fits {
			return damaged(d.place+", model "+m.ID, "metric %q has the time %d", r.text(0), r.integer(1))
		}
		metrics = append(metrics, ModelMetric{Metric: tracker.Metric{Key: r.text(0), Value: r.float(3), Step: r.integer(2), Time: at},
			Run: r.text(4), Dataset: r.text(5), Digest: r.text(6)})
		return nil
	})
	if err != nil {
		return err
	}
	model, err := m.model(d.place+", model "+m.ID, experiment, tags, params, metrics)
	if err != nil {
		return err
	}
	files, err := d.f.artifacts(d.o, m.Artifact, "", d.sink)
	if err != nil {
		return err
	}
	if err := told(d.sink.Model(model)); err != nil || len(files) == 0 {
		return err
	}
	return told(d.sink.Run(m.filesOf(experiment, files)))
}

func (d *mlflowDatabase) readModels() error {
	err := d.each("registered_models", []string{"name", "creation_time", "last_updated_time", "description"}, "ORDER BY name", nil, func(r row) error {
		m := mlflowModel{Name: r.text(0), Created: r.integer(1), Updated: r.integer(2), Description: r.optional(3)}
		tags, err := d.pairs("registered_model_tags", "key", "value", "WHERE name = ?", m.Name)
		if err != nil {
			return err
		}
		var aliases []tracker.Alias
		err = d.each("registered_model_aliases", []string{"alias", "version"}, "WHERE name = ? ORDER BY alias", []any{m.Name}, func(a row) error {
			aliases = append(aliases, tracker.Alias{Name: a.text(0), Version: int(a.integer(1))})
			return nil
		})
		if err != nil {
			return err
		}
		return told(d.sink.Model(m.model(tags, aliases)))
	})
	if err != nil {
		return err
	}
	columns := []string{"name", "version", "creation_time", "last_updated_time", "description", "current_stage", "run_id", "source", "status", "status_message",
		"run_link", "storage_location", "user_id"}
	return d.each("model_versions", columns, "ORDER BY name, version", nil, func(r row) error {
		m := mlflowModel{Name: r.text(0), Version: int(r.integer(1)), Created: r.integer(2), Updated: r.integer(3), Description: r.optional(4), Stage: r.text(5), Run: r.text(6),
			Source: r.text(7), Status: r.text(8), Message: r.text(9), RunLink: r.text(10), Storage: r.text(11), User: r.text(12)}
		if m.Version < 1 {
			return unless(d.sink, damaged(d.place+", model "+m.Name, "%d is no version", m.Version))
		}
		tags, err := d.pairs("model_version_tags", "key", "value", "WHERE name = ? AND version = ?", r[0], r[1])
		if err != nil {
			return err
		}
		return told(d.sink.Model(m.model(tags, nil)))
	})
}
