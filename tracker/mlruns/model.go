package mlruns

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/mlflow"
)

// optional is a text that MLflow has as null when there is none.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

type modelMeta struct {
	Created     *int64  `yaml:"creation_timestamp"`
	Updated     *int64  `yaml:"last_updated_timestamp"`
	Description *string `yaml:"description"`
	Name        string  `yaml:"name"`
}

func (e *exporter) models() error {
	all, err := e.Index.Models(e.ctx, []tracker.Stage{tracker.Active})
	if err != nil {
		return err
	}
	for _, m := range all {
		if strings.HasPrefix(m.Name, "logged/") {
			continue
		}
		dir := below("models", m.Name)
		meta := modelMeta{Created: milliseconds(m.Created), Updated: milliseconds(m.Updated), Description: optional(m.Description), Name: m.Name}
		err := errors.Join(e.meta(dir, meta), e.tags(dir+"/tags", m.Tags))
		for _, a := range m.Aliases {
			err = errors.Join(err, e.write(below(dir+"/aliases", a.Name), []byte(strconv.Itoa(a.Version))))
		}
		if err != nil {
			return err
		}
		e.sum.Models++
	}
	return nil
}

type versionMeta struct {
	Created     *int64  `yaml:"creation_timestamp"`
	Stage       string  `yaml:"current_stage"`
	Description *string `yaml:"description"`
	Updated     *int64  `yaml:"last_updated_timestamp"`
	Model       *string `yaml:"model_id"`
	Name        string  `yaml:"name"`
	Run         *string `yaml:"run_id"`
	RunLink     *string `yaml:"run_link"`
	Source      string  `yaml:"source"`
	Status      string  `yaml:"status"`
	Message     *string `yaml:"status_message"`
	Storage     string  `yaml:"storage_location"`
	User        *string `yaml:"user_id"`
	Version     int     `yaml:"version"`
}

// version writes a version of a registered model, or a logged model.
func (e *exporter) version(v index.ModelVersion) error {
	if m, experiment, is := mlflow.LoggedOf(v); is {
		return e.logged(m, experiment, v)
	}
	if v.Stage == tracker.Deleted {
		return nil
	}
	meta := versionMeta{Created: milliseconds(v.Created), Stage: v.Deployment, Description: optional(v.Description), Updated: milliseconds(v.Updated),
		Model: optional(member(v.Tags, "model_id")), Name: v.Model, Run: optional(v.Run.String()), RunLink: optional(member(v.Tags, "run_link")), Source: v.Source,
		Status: v.Status, Message: optional(member(v.Tags, "status_message")), Storage: v.Source, User: optional(member(v.Tags, "user_id")), Version: v.Version}
	if at := member(v.Tags, "storage_location"); at != "" {
		meta.Storage = at
	}
	dir := fmt.Sprintf("%s/version-%d", below("models", v.Model), v.Version)
	e.sum.Models++
	return errors.Join(e.meta(dir, meta), e.tags(dir+"/tags", v.Tags))
}

type loggedMeta struct {
	Location   string  `yaml:"artifact_location"`
	Created    *int64  `yaml:"creation_timestamp"`
	Experiment string  `yaml:"experiment_id"`
	Updated    *int64  `yaml:"last_updated_timestamp"`
	ID         string  `yaml:"model_id"`
	Type       string  `yaml:"model_type"`
	Name       string  `yaml:"name"`
	Run        *string `yaml:"source_run_id"`
	Status     int     `yaml:"status"`
	Message    *string `yaml:"status_message"`
	Stage      string  `yaml:"lifecycle_stage,omitempty"`
}

// loggedStatuses are MLflow's numbers.
var loggedStatuses = map[string]int{"LOGGED_MODEL_PENDING": 1, "LOGGED_MODEL_READY": 2, "LOGGED_MODEL_UPLOAD_FAILED": 3}

func (e *exporter) logged(m mlflow.Logged, clients string, v index.ModelVersion) error {
	number := "0"
	for id, n := range e.numbers {
		if mlflow.ExperimentNumber(id) == clients {
			number = n
		}
	}
	dir := below(e.places[number]+"/models", m.Model)
	meta := loggedMeta{Location: e.dir + "/" + number + "/models/" + m.Model + "/artifacts", Created: milliseconds(v.Created), Experiment: number, Updated: milliseconds(v.Updated),
		ID: m.Model, Type: m.Type, Name: m.Name, Run: optional(v.Run.String()), Status: loggedStatuses[v.Status], Message: optional(m.Message)}
	if v.Stage == tracker.Deleted {
		meta.Stage = string(v.Stage)
	}
	err := errors.Join(e.meta(dir, meta), e.folder(dir+"/artifacts"), e.tags(dir+"/tags", m.Tags))
	for _, p := range m.Params {
		err = errors.Join(err, e.write(below(dir+"/params", p.Key), []byte(p.Value)))
	}
	lines, order := map[string]string{}, []string{}
	for _, p := range m.Metrics {
		if lines[p.Key] == "" {
			order = append(order, p.Key)
		}
		lines[p.Key] += strings.TrimRight(fmt.Sprintf("%d %s %d %s %s %s", floor(p.Time), pythonFloat(p.Value), p.Step, p.Run, p.Dataset, p.Digest), " ") + "\n"
	}
	for _, key := range order {
		err = errors.Join(err, e.write(below(dir+"/metrics", key), []byte(lines[key])))
	}
	e.sum.Models++
	if id, parsed := tracker.ParseID(strings.TrimPrefix(m.Model, "m-")); err == nil && parsed == nil {
		e.holders[id] = true
		err = e.keep(id, dir+"/artifacts")
	}
	return err
}
