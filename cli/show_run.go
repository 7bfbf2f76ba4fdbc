package cli

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// shownRun is what `show --json` tells of a run.
type shownRun struct {
	loggedRun
	Took      time.Duration     `json:"took_ns,omitempty"`
	ParamList []shownParam      `json:"param_list"` // with their types
	Series    []shownSeries     `json:"series"`
	Artifacts []shownArtifact   `json:"artifacts"`
	Inputs    []tracker.Input   `json:"inputs,omitempty"`
	Note      string            `json:"note,omitempty"`
	Supposed  string            `json:"hypothesis,omitempty"`
	Concluded string            `json:"conclusion,omitempty"`
	Children  []tracker.ID      `json:"children,omitempty"`
	Cells     []loggedCell      `json:"cells,omitempty"` // oldest first, with those that ran before in the session
	Told      []tracker.ID      `json:"told,omitempty"`  // the cells among them that logged to the run
	Code      []index.CodeState `json:"code,omitempty"`
	Files     []seenFile        `json:"files,omitempty"`
	Sessions  []tracker.ID      `json:"sessions,omitempty"`
	Missing   []string          `json:"missing,omitempty"`
	Used      *runUsage         `json:"usage,omitempty"`

	run index.Run
}

type shownParam struct {
	Key   string            `json:"key"`
	Value string            `json:"value"`
	Type  tracker.ValueType `json:"type,omitempty"`
}

// shownSeries is a metric of a run. Least and Greatest are of its finite values, nil when there are none.
type shownSeries struct {
	Key      string    `json:"key"`
	Points   int64     `json:"points"`
	Last     number    `json:"last"`
	Step     int64     `json:"step"`
	Time     time.Time `json:"time"`
	Least    *number   `json:"min"`
	Greatest *number   `json:"max"`

	values []float64 // thinned out, for a sparkline
}

type shownArtifact struct {
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
	noteTag       = "mlflow.note.content"
	hypothesisTag = "gemba.hypothesis"
	conclusionTag = "gemba.conclusion"
)

// readRun gathers what is recorded of a run; of at most so many series the points too, or of all the least and the greatest
// value when limit is zero.
func (a *app) readRun(ctx context.Context, x *index.Index, id tracker.ID, limit int) (*shownRun, error) {
	r, err := x.Run(ctx, id)
	if err != nil {
		return nil, err
	}
	t, err := a.runTable(ctx, x)
	if err != nil {
		return nil, err
	}
	s := &shownRun{loggedRun: t.logged(r), Took: tookOf(r), ParamList: []shownParam{}, Artifacts: []shownArtifact{}, Inputs: r.Inputs, run: r}
	for _, p := range r.Params {
		s.ParamList = append(s.ParamList, shownParam{p.Key, p.Value, p.Type})
	}
	s.Note, s.Supposed, s.Concluded = s.Tags[noteTag], s.Tags[hypothesisTag], s.Tags[conclusionTag]
	if s.Series, err = readSeries(ctx, x, id, limit); err != nil {
		return nil, err
	}
	artifacts, err := x.Artifacts(ctx, id, "")
	for _, f := range artifacts {
		s.Artifacts = append(s.Artifacts, shownArtifact{f.Path, f.Kind, f.Media, f.Digest, f.Tree, f.Files, f.Bytes})
	}
	return s, errors.Join(err, s.readChildren(ctx, x), s.readLineage(ctx, x))
}

// sparkPoints is how many points a sparkline is made of: more than it has characters, so that it does not depend on few.
const sparkPoints = 200

// readSeries returns what is told of the series of a run; of at most so many the points too, of none when limit is zero.
func readSeries(ctx context.Context, x *index.Index, run tracker.ID, limit int) ([]shownSeries, error) {
	keys, err := x.SeriesKeys(ctx, run)
	if err != nil {
		return nil, err
	}
	var extents map[string]index.Extent
	if limit == 0 {
		if extents, err = x.Extents(ctx, run); err != nil {
			return nil, err
		}
	}
	all := make([]shownSeries, len(keys))
	for i, k := range keys {
		all[i] = shownSeries{Key: k.Key, Points: k.Points, Last: number(k.Last.Value), Step: k.Last.Step, Time: time.Unix(0, k.Last.Time).UTC()}
		if r, known := extents[k.Key]; known && r.Least <= r.Greatest {
			least, greatest := number(r.Least), number(r.Greatest)
			all[i].Least, all[i].Greatest = &least, &greatest
		}
		if i < limit {
			if err := all[i].read(ctx, x, run, k.Key); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// read reads the points of a series, thinned out.
func (s *shownSeries) read(ctx context.Context, x *index.Index, run tracker.ID, key string) error {
	points, err := x.Series(ctx, index.SeriesSearch{Run: run, Key: key, Points: sparkPoints})
	for _, p := range points {
		s.take(p.Value)
	}
	return err
}

// take notes a value: the least and the greatest are among those of a series that is thinned out.
func (s *shownSeries) take(v float64) {
	s.values = append(s.values, v)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	n := number(v)
	if s.Least == nil || n < *s.Least {
		s.Least = &n
	}
	if s.Greatest == nil || n > *s.Greatest {
		s.Greatest = &n
	}
}

func (s *shownRun) readChildren(ctx context.Context, x *index.Index) error {
	children, _, err := allRuns(ctx, x, index.RunSearch{Filter: childrenOf(s.run.ID)}, 0)
	for _, c := range children {
		s.Children = append(s.Children, c.ID)
	}
	return err
}

// readLineage reads which cells the run came from: those of its sessions up to the last that told of it, since that one may use what
// earlier ones declared, read and wrote. Told are those that logged to it.
func (s *shownRun) readLineage(ctx context.Context, x *index.Index) error {
	told, err := x.Executions(ctx, s.run.ID)
	if err != nil {
		return err
	}
	for _, e := range told {
		if !e.Execution.IsZero() {
			s.Told = append(s.Told, e.Execution)
		}
	}
	all, err := withEarlier(ctx, x, told)
	if err != nil {
		return err
	}
	l, err := readProvenance(ctx, x, all)
	s.Cells, s.Code, s.Files, s.Sessions, s.Missing = l.cells, l.code, l.files, l.sessions, l.missing
	return errors.Join(err, s.readUsage(ctx, x))
}
