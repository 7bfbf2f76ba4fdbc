package imports

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// MLflow keeps its experiments in folders (mlruns/, https://mlflow.org/docs/latest/self-hosting/architecture/backend-store/) or in a
// database. Both are read into the same words. What is checked here is what both have.

func findsMLflow(f *Folder, name string) bool {
	stores, databases := mlflowIn(f, name)
	return len(stores)+len(databases) > 0
}

// mlflowIn returns the file stores and the databases at a name: it is one, or a folder with them under MLflow's usual names.
func mlflowIn(f *Folder, name string) (stores, databases []string) {
	if isDatabase(f, name) {
		return nil, []string{name}
	}
	if isStore(f, name) {
		return []string{name}, nil
	}
	if at := path.Join(name, "mlruns"); isStore(f, at) {
		stores = append(stores, at)
	}
	if at := path.Join(name, "mlflow.db"); isDatabase(f, at) {
		databases = append(databases, at)
	}
	return stores, databases
}

func readMLflow(f *Folder, name string, o Options, sink Sink) error {
	stores, databases := mlflowIn(f, name)
	if len(stores)+len(databases) == 0 {
		return damaged(f.at(name), "it is neither a file store nor a database of MLflow")
	}
	for _, at := range stores {
		if err := (&mlflowStore{f: f, dir: at, o: o, sink: sink}).read(); err != nil {
			return err
		}
	}
	for _, at := range databases {
		if err := readMLflowDatabase(f, at, o, sink); err != nil {
			return err
		}
	}
	return nil
}

// mlflowStatuses are RunStatus of MLflow, by number and by name.
var mlflowStatuses = map[string]tracker.RunStatus{
	"1": tracker.RunRunning, "2": tracker.RunScheduled, "3": tracker.RunFinished, "4": tracker.RunFailed, "5": tracker.RunKilled,
	"RUNNING": tracker.RunRunning, "SCHEDULED": tracker.RunScheduled, "FINISHED": tracker.RunFinished, "FAILED": tracker.RunFailed, "KILLED": tracker.RunKilled,
}

// mlflowStages are the lifecycle stages.
var mlflowStages = map[string]tracker.Stage{"active": tracker.Active, "deleted": tracker.Deleted, "": tracker.Active}

// mlflowRun is the line of a run in a database, or its meta.yaml.
type mlflowRun struct {
	ID       string `yaml:"run_id"`
	UUID     string `yaml:"run_uuid"`
	Name     string `yaml:"run_name"`
	Status   string `yaml:"status"`
	Stage    string `yaml:"lifecycle_stage"`
	Started  int64  `yaml:"start_time"`
	Ended    int64  `yaml:"end_time"`
	User     string `yaml:"user_id"`
	Artifact string `yaml:"artifact_uri"`
	Source   string `yaml:"source_name"`
	Version  string `yaml:"source_version"`
	Entry    string `yaml:"entry_point_name"`
	Deleted  int64  `yaml:"deleted_time"`

	// Types are those of params that do not look like what they are: `gemba export mlflow` tells them here, where MLflow looks for nothing.
	Types map[string]tracker.ValueType `yaml:"gemba_param_types"`
}

// paramTypes are the types that params may have.
var paramTypes = []tracker.ValueType{tracker.TextValue, tracker.IntValue, tracker.FloatValue, tracker.BoolValue, tracker.JSONValue}

// param is a param with its type, where that is told.
func (m mlflowRun) param(key, value string) tracker.Param {
	p := tracker.Param{Key: key, Value: value}
	if slices.Contains(paramTypes, m.Types[key]) {
		p.Type = m.Types[key]
	}
	return p
}

// Tags of MLflow that are members of a run here. They stay tags too.
const (
	mlflowParent = "mlflow.parentRunId"
	mlflowUser   = "mlflow.user"
	mlflowSource = "mlflow.source.name"
	mlflowName   = "mlflow.runName"
)

// run puts a run together. place is where it was read.
func (m mlflowRun) run(place string, tags []tracker.Tag) (Run, error) {
	status, known := mlflowStatuses[m.Status]
	stage, staged := mlflowStages[m.Stage]
	if !known || !staged {
		return Run{}, damaged(place, "status %q or stage %q is none of MLflow's", m.Status, m.Stage)
	}
	if m.ID == "" {
		m.ID = m.UUID
	}
	r := Run{ID: mlflowID(m.ID), Name: m.Name, Status: status, Stage: stage, User: m.User, Source: m.Source,
		Started: milliseconds(m.Started), Ended: milliseconds(m.Ended), Tags: tags}
	for _, t := range tags {
		switch t.Key {
		case mlflowParent:
			r.Parent = mlflowID(t.Value)
		case mlflowUser:
			fill(&r.User, t.Value)
		case mlflowSource:
			fill(&r.Source, t.Value)
		case mlflowName:
			fill(&r.Name, t.Value)
		}
	}
	r.Tags = append(r.Tags, extras("source_version", m.Version, "entry_point_name", m.Entry, "deleted_time", number(m.Deleted), "user_id", differs(m.User, r.User))...)
	return r, nil
}

// fill sets what is empty.
func fill(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

// differs returns what a run has not been given.
func differs(value, given string) string {
	if value == given {
		return ""
	}
	return value
}

// number writes a number, nothing for none.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// mlflowID is a run's id. MLflow's are kept; what is none of them (who wrote the store may have named it) stands for one.
func mlflowID(text string) tracker.ID {
	if text == "" {
		return tracker.ID{}
	}
	if id, err := tracker.ParseID(text); err == nil && id.String() == text {
		return id
	}
	return derive("mlflow", text)
}

// mlflowExperiment is the line of an experiment.
type mlflowExperiment struct {
	ID       string `yaml:"experiment_id"`
	Name     string `yaml:"name"`
	Stage    string `yaml:"lifecycle_stage"`
	Artifact string `yaml:"artifact_location"`
	Created  int64  `yaml:"creation_time"`
	Updated  int64  `yaml:"last_update_time"`
}

func (m mlflowExperiment) experiment(place string, tags []tracker.Tag) (Experiment, error) {
	stage, known := mlflowStages[m.Stage]
	if !known || m.Name == "" {
		return Experiment{}, damaged(place, "name %q or stage %q is none of MLflow's", m.Name, m.Stage)
	}
	return Experiment{Name: m.Name, Stage: stage, Created: milliseconds(m.Created), Updated: milliseconds(m.Updated),
		Tags: append(tags, extras("experiment_id", m.ID, "artifact_location", m.Artifact)...)}, nil
}

// mlflowModel is the line of a registered model or a version of one.
type mlflowModel struct {
	Name        string  `yaml:"name"`
	Version     int     `yaml:"version"`
	Created     int64   `yaml:"creation_timestamp"`
	Updated     int64   `yaml:"last_updated_timestamp"`
	Description *string `yaml:"description"`
	Stage       string  `yaml:"current_stage"`
	Run         string  `yaml:"run_id"`
	Source      string  `yaml:"source"`
	Status      string  `yaml:"status"`
	Message     string  `yaml:"status_message"`
	RunLink     string  `yaml:"run_link"`
	Storage     string  `yaml:"storage_location"`
	User        string  `yaml:"user_id"`
	Model       string  `yaml:"model_id"`
}

func (m mlflowModel) model(tags []tracker.Tag, aliases []tracker.Alias) Model {
	c := tracker.ModelChanged{Model: m.Name, Version: m.Version, Time: milliseconds(m.Created), Stage: tracker.Active, Description: m.Description,
		Tags: tags, Aliases: aliases}
	if m.Version > 0 {
		c.Run, c.Source, c.Status, c.Deployment = mlflowID(m.Run), m.Source, m.Status, m.Stage
		c.Tags = append(c.Tags, extras("status_message", m.Message, "run_link", m.RunLink, "storage_location", differs(m.Storage, m.Source), "user_id", m.User, "model_id", m.Model)...)
		fill(&c.Status, "READY")
		fill(&c.Deployment, "None")
	}
	return Model{ModelChanged: c, Updated: milliseconds(m.Updated)}
}

// mlflowLogged is the line of a logged model.
type mlflowLogged struct {
	ID       string `yaml:"model_id"`
	Name     string `yaml:"name"`
	Type     string `yaml:"model_type"`
	Status   string `yaml:"status"`
	Message  string `yaml:"status_message"`
	Run      string `yaml:"source_run_id"`
	Artifact string `yaml:"artifact_location"`
	Stage    string `yaml:"lifecycle_stage"`
	Created  int64  `yaml:"creation_timestamp"`
	Updated  int64  `yaml:"last_updated_timestamp"`
}

// loggedStatuses are those of logged models, by number.
var loggedStatuses = map[string]string{"": "LOGGED_MODEL_STATUS_UNSPECIFIED", "0": "LOGGED_MODEL_STATUS_UNSPECIFIED", "1": "LOGGED_MODEL_PENDING",
	"2": "LOGGED_MODEL_READY", "3": "LOGGED_MODEL_UPLOAD_FAILED"}

func (m mlflowLogged) model(place, experiment string, tags []tracker.Tag, params []tracker.Param, metrics []ModelMetric) (Model, error) {
	status, known := loggedStatuses[m.Status]
	stage, staged := mlflowStages[m.Stage]
	digits, isModel := strings.CutPrefix(m.ID, "m-")
	if id, err := tracker.ParseID(digits); !isModel || err != nil || id.IsZero() || !known || !staged {
		return Model{}, damaged(place, "model %q, status %q or stage %q is none of MLflow's", m.ID, m.Status, m.Stage)
	}
	c := tracker.ModelChanged{Model: m.ID, Version: 1, Time: milliseconds(m.Created), Stage: stage, Run: mlflowID(m.Run), Source: m.Artifact, Status: status, Tags: tags}
	return Model{ModelChanged: c, Updated: milliseconds(m.Updated),
		Logged: &Logged{Name: m.Name, Type: m.Type, Message: m.Message, Experiment: experiment, Params: params, Metrics: metrics}}, nil
}

// filesOf is the run that the ledger has a logged model's files under: its id is the digits of the model's.
func (m mlflowLogged) filesOf(experiment string, files []File) Run {
	return Run{ID: mlflowID(strings.TrimPrefix(m.ID, "m-")), Experiment: experiment, Parent: mlflowID(m.Run), Name: m.Name, Status: tracker.RunFinished, Stage: tracker.Deleted,
		Started: milliseconds(m.Created), Ended: milliseconds(m.Updated), Files: files, Model: true}
}

// modelInput and modelOutput are how a run's link to a logged model is written as a tag; tracker/mlflow reads them.
const (
	modelInput  = "gemba.mlflow.model_input."
	modelOutput = "gemba.mlflow.model_output."
)

// artifacts returns the files at an artifact's address: in the folder that was named for it, or in the one that is imported. What
// is elsewhere is told as left.
func (f *Folder) artifacts(o Options, address, usual string, sink Sink) ([]File, error) {
	if usual != "" {
		if files, err := f.kept(usual, ""); len(files) > 0 || err != nil {
			return files, err
		}
	}
	scheme, at := splitAddress(address)
	for _, in := range []*Folder{o.Artifacts, f} {
		if in == nil || scheme != "" && scheme != "file" && scheme != "mlflow-artifacts" {
			continue
		}
		for _, dir := range tails(at) {
			if info, err := in.root.Stat(filepath.FromSlash(dir)); err == nil && info.IsDir() {
				return in.kept(dir, "")
			}
		}
	}
	if left := elsewhere(scheme, at, address); left != "" {
		sink.Left(left)
	}
	return nil, nil
}

// splitAddress splits an address into scheme and path. Windows' drives are no schemes.
func splitAddress(address string) (scheme, at string) {
	u, err := url.Parse(address)
	if err != nil || len(u.Scheme) < 2 {
		return "", filepath.ToSlash(address)
	}
	return u.Scheme, u.Path
}

// tails returns the ends of a path, the longest first, that still tell whose it is.
func tails(at string) (list []string) {
	parts := strings.Split(strings.Trim(path.Clean("/"+at), "/"), "/")
	for i := 0; i+2 <= len(parts); i++ {
		tail := path.Join(parts[i:]...)
		list = append(list, tail, path.Join("mlartifacts", tail))
	}
	return list
}

// elsewhere says that artifacts are where nobody looked. A folder that is not there is none of a run that has no artifacts.
func elsewhere(scheme, at, address string) string {
	switch scheme {
	case "", "file":
		if info, err := os.Stat(filepath.FromSlash(at)); err != nil || !info.IsDir() {
			return ""
		}
		return "artifacts below " + path.Dir(path.Dir(at)) + ": --artifacts names their folder"
	case "mlflow-artifacts":
		return "artifacts that MLflow's server has: --artifacts names its folder"
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(address, scheme+"://"), "/")
	return "artifacts at " + scheme + "://" + host
}
