package account

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// RunRow is a run in a list.
type RunRow struct {
	ID           tracker.ID        `json:"id"`
	Kind         string            `json:"kind"`
	Name         string            `json:"name"`
	Status       tracker.RunStatus `json:"status"`
	Stage        tracker.Stage     `json:"stage"`
	Started      time.Time         `json:"started,omitzero"`
	Ended        time.Time         `json:"ended,omitzero"`
	Experiment   string            `json:"experiment"`
	ExperimentID tracker.ID        `json:"experiment_id,omitzero"`
	Parent       tracker.ID        `json:"parent,omitzero"`
	Session      tracker.ID        `json:"session,omitzero"`
	Execution    tracker.ID        `json:"execution,omitzero"`
	User         string            `json:"user,omitempty"`
	Source       string            `json:"source,omitempty"`
	Params       map[string]string `json:"params"`
	Metrics      map[string]Number `json:"metrics"`
	Tags         map[string]string `json:"tags"`

	More map[string][]string `json:"more,omitempty"` // the first values of other fields that were asked for: git.branch, data.path
}

// Experiments are the names of experiments.
type Experiments map[tracker.ID]string

// Experiments returns the names of all experiments.
func (r Reader) Experiments(ctx context.Context) (Experiments, error) {
	names := Experiments{}
	all, err := r.Index.Experiments(ctx, nil)
	for _, e := range all {
		names[e.ID] = e.Name
	}
	return names, err
}

// Row returns a run as lists have it.
func (names Experiments) Row(r index.Run) RunRow {
	l := RunRow{ID: r.ID, Kind: "run", Name: r.Name, Status: r.Status, Stage: r.Stage, Started: r.Started, Ended: r.Ended,
		Experiment: names[r.Experiment], ExperimentID: r.Experiment, Parent: r.Parent, Session: r.Session, Execution: r.Execution,
		User: r.User, Source: r.Source, Params: make(map[string]string, len(r.Params)), Metrics: make(map[string]Number, len(r.Metrics)), Tags: make(map[string]string, len(r.Tags))}
	for _, p := range r.Params {
		l.Params[p.Key] = p.Value
	}
	for _, m := range r.Metrics {
		l.Metrics[m.Key] = Number(m.Value)
	}
	for _, g := range r.Tags {
		l.Tags[g.Key] = g.Value
	}
	for f, values := range r.More {
		if l.More == nil {
			l.More = map[string][]string{}
		}
		l.More[string(f.Space)+"."+f.Name] = values
	}
	return l
}

// Took is how long a run took, zero when it did not end.
func Took(r index.Run) time.Duration {
	if r.Ended.IsZero() || r.Started.IsZero() {
		return 0
	}
	return r.Ended.Sub(r.Started)
}

// Run is all that is told of a run.
type Run struct {
	RunRow
	Took      time.Duration     `json:"took_ns,omitempty"`
	ParamList []Param           `json:"param_list"` // with their types
	Series    []Series          `json:"series"`
	Artifacts []Artifact        `json:"artifacts"`
	Inputs    []tracker.Input   `json:"inputs,omitempty"`
	Note      string            `json:"note,omitempty"`
	Supposed  string            `json:"hypothesis,omitempty"`
	Concluded string            `json:"conclusion,omitempty"`
	Children  []tracker.ID      `json:"children,omitempty"`
	Cells     []CellRow         `json:"cells,omitempty"` // oldest first, with those that ran before in the session
	Told      []tracker.ID      `json:"told,omitempty"`  // the cells among them that logged to the run
	Code      []index.CodeState `json:"code,omitempty"`
	Files     []File            `json:"files,omitempty"`
	Sessions  []tracker.ID      `json:"sessions,omitempty"`
	Missing   []string          `json:"missing,omitempty"`
	Used      *RunUsage         `json:"usage,omitempty"`

	Indexed index.Run `json:"-"` // what it was made of
}

// Param is a param with its type.
type Param struct {
	Key   string            `json:"key"`
	Value string            `json:"value"`
	Type  tracker.ValueType `json:"type,omitempty"`
}

// Series is a metric of a run. Least and Greatest are of its finite values, nil when there are none.
type Series struct {
	Key      string    `json:"key"`
	Points   int64     `json:"points"`
	Last     Number    `json:"last"`
	Step     int64     `json:"step"`
	Time     time.Time `json:"time"`
	Least    *Number   `json:"min"`
	Greatest *Number   `json:"max"`

	Values []float64 `json:"-"` // thinned out, for a sparkline
}

// Artifact is a file or a folder that a run keeps.
type Artifact struct {
	Path   string         `json:"path"`
	Type   string         `json:"type,omitempty"`
	Media  string         `json:"media,omitempty"`
	Digest tracker.Digest `json:"digest,omitzero"`
	Tree   tracker.Digest `json:"tree,omitzero"`
	Files  int64          `json:"files,omitempty"`
	Bytes  int64          `json:"bytes"`
}

// The tags that hold a run's notes, as package track writes them.
const (
	NoteTag       = "mlflow.note.content"
	hypothesisTag = "gemba.hypothesis"
	conclusionTag = "gemba.conclusion"
)

// NoteTags are all of these.
var NoteTags = map[string]bool{NoteTag: true, hypothesisTag: true, conclusionTag: true}

// Run gathers what is recorded of a run; of at most so many series the points too, or of all the least and the greatest value
// when limit is zero.
func (r Reader) Run(ctx context.Context, id tracker.ID, limit int) (*Run, error) {
	of, err := r.Index.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	names, err := r.Experiments(ctx)
	if err != nil {
		return nil, err
	}
	s := &Run{RunRow: names.Row(of), Took: Took(of), ParamList: []Param{}, Artifacts: []Artifact{}, Inputs: of.Inputs, Indexed: of}
	for _, p := range of.Params {
		s.ParamList = append(s.ParamList, Param{p.Key, p.Value, p.Type})
	}
	s.Note, s.Supposed, s.Concluded = s.Tags[NoteTag], s.Tags[hypothesisTag], s.Tags[conclusionTag]
	if s.Series, err = r.SeriesOf(ctx, id, limit); err != nil {
		return nil, err
	}
	artifacts, err := r.Index.Artifacts(ctx, id, "")
	for _, f := range artifacts {
		s.Artifacts = append(s.Artifacts, Artifact{f.Path, f.Kind, f.Media, f.Digest, f.Tree, f.Files, f.Bytes})
	}
	return s, errors.Join(err, r.readChildren(ctx, s), r.readLineage(ctx, s))
}

// sparkPoints is how many points a sparkline is made of: more than it has characters, so that it does not depend on few.
const sparkPoints = 200

// SeriesOf returns what is told of the series of a run; of at most so many the points too, of none when limit is zero.
func (r Reader) SeriesOf(ctx context.Context, run tracker.ID, limit int) ([]Series, error) {
	keys, err := r.Index.SeriesKeys(ctx, run)
	if err != nil {
		return nil, err
	}
	var extents map[string]index.Extent
	if limit == 0 {
		if extents, err = r.Index.Extents(ctx, run); err != nil {
			return nil, err
		}
	}
	all := make([]Series, len(keys))
	for i, k := range keys {
		all[i] = Series{Key: k.Key, Points: k.Points, Last: Number(k.Last.Value), Step: k.Last.Step, Time: time.Unix(0, k.Last.Time).UTC()}
		if e, known := extents[k.Key]; known && e.Least <= e.Greatest {
			least, greatest := Number(e.Least), Number(e.Greatest)
			all[i].Least, all[i].Greatest = &least, &greatest
		}
		if i < limit {
			if err := r.ReadPoints(ctx, run, &all[i]); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// ReadPoints reads the points of the series that s names, thinned out.
func (r Reader) ReadPoints(ctx context.Context, run tracker.ID, s *Series) error {
	points, err := r.Index.Series(ctx, index.SeriesSearch{Run: run, Key: s.Key, Points: sparkPoints})
	for _, p := range points {
		s.take(p.Value)
	}
	return err
}

// take notes a value: the least and the greatest are among those of a series that is thinned out.
func (s *Series) take(v float64) {
	s.Values = append(s.Values, v)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	n := Number(v)
	if s.Least == nil || n < *s.Least {
		s.Least = &n
	}
	if s.Greatest == nil || n > *s.Greatest {
		s.Greatest = &n
	}
}
