package imports

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"math"
	"path"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// AimExport is the Python program that writes a repository of Aim as JSON lines. Aim keeps runs in a format of its own inside of
// RocksDB, which nothing but its own package reads.
//
//go:embed aim_export.py
var AimExport string

// ErrAim says that Aim's own package has to read first.
var ErrAim = errors.New("a repository of Aim is read by Aim's own package only")

func findsAim(f *Folder, name string) bool {
	if aimRepository(f, name) {
		return true
	}
	r, err := f.Open(name)
	if err != nil {
		return false
	}
	defer r.Close()
	head := make([]byte, 8)
	_, err = io.ReadFull(r, head)
	return err == nil && bytes.HasPrefix(head, []byte(`{"aim": `))
}

// aimRepository reports whether a folder is a repository of Aim, or holds one.
func aimRepository(f *Folder, name string) bool {
	return f.has(path.Join(name, "meta/chunks")) && f.has(path.Join(name, "seqs")) || f.has(path.Join(name, ".aim/meta/chunks"))
}

func readAim(f *Folder, name string, _ Options, sink Sink) error {
	if aimRepository(f, name) {
		return ErrAim
	}
	a := &aimFile{f: f, name: name, runs: map[string]*aimRun{}}
	if err := a.lines(a.take); err != nil {
		return err
	}
	for _, hash := range a.order {
		r := a.runs[hash]
		if !r.ended {
			if err := unless(sink, damaged(f.at(name), "the end of run %q is missing", hash)); err != nil {
				return err
			}
			continue
		}
		for _, what := range r.left {
			sink.Left(what + " of Aim's runs")
		}
		if err := unless(sink, r.tell(a, sink)); err != nil {
			return err
		}
	}
	return nil
}

// aimFile is what aim_export.py wrote.
type aimFile struct {
	f     *Folder
	name  string
	runs  map[string]*aimRun
	order []string
}

// aimLine is a line of it: of a run, of points of one series, of what is left, or of a run's end.
type aimLine struct {
	Aim         string          `json:"aim"`
	Run         string          `json:"run"`
	Name        string          `json:"name"`
	Experiment  string          `json:"experiment"`
	Description string          `json:"description"`
	Tags        []string        `json:"tags"`
	Created     float64         `json:"created"`
	Ended       float64         `json:"ended"`
	Archived    bool            `json:"archived"`
	Params      json.RawMessage `json:"params"`
	What        string          `json:"what"`

	Context map[string]json.RawMessage `json:"context"`
	Steps   []int64                    `json:"steps"`
	Values  []aimNumber                `json:"values"`
	Epochs  []*float64                 `json:"epochs"`
	Times   []*aimNumber               `json:"times"`
}

// aimNumber is a number, or a text where JSON has no such number.
type aimNumber float64

func (n *aimNumber) UnmarshalJSON(b []byte) error {
	v, err := parseFloat(string(bytes.Trim(b, `"`)))
	*n = aimNumber(v)
	return err
}

type aimRun struct {
	line   aimLine
	points bool
	ended  bool
	left   []string
}

func (a *aimFile) lines(take func(n int, l aimLine) error) error {
	return a.f.lines(a.name, func(n int, text []byte) error {
		var l aimLine
		if err := json.Unmarshal(text, &l); err != nil {
			return damaged(a.f.at(a.name), "line %d: %s", n, oneLine(err))
		}
		return take(n, l)
	})
}

func (a *aimFile) take(n int, l aimLine) error {
	r := a.runs[l.Run]
	if r == nil && l.Aim != "run" || l.Run == "" {
		return damaged(a.f.at(a.name), "line %d: run %q is not known", n, l.Run)
	}
	switch l.Aim {
	case "run":
		a.runs[l.Run] = &aimRun{line: l}
		a.order = append(a.order, l.Run)
	case "points":
		if len(l.Steps) != len(l.Values) || len(l.Epochs) != len(l.Steps) || len(l.Times) != len(l.Steps) {
			return damaged(a.f.at(a.name), "line %d: its columns have different lengths", n)
		}
		r.points = true
	case "left":
		r.left = append(r.left, l.What)
	case "end":
		r.ended = true
	}
	return nil
}

func (r *aimRun) tell(a *aimFile, sink Sink) error {
	l := r.line
	run := Run{ID: derive("aim", l.Run), Experiment: l.Experiment, Name: l.Name, Status: tracker.RunFinished, Stage: tracker.Active, Started: timeOf(l.Created), Ended: timeOf(l.Ended)}
	if l.Ended == 0 {
		run.Status = tracker.RunKilled
	}
	if l.Archived {
		run.Stage = tracker.Deleted
	}
	run.Tags = extras("aim.hash", l.Run, "aim.tags", strings.Join(l.Tags, ", "))
	if l.Description != "" {
		run.Tags = append(run.Tags, tracker.Tag{Key: "mlflow.note.content", Value: l.Description})
	}
	var top map[string]json.RawMessage
	if len(l.Params) > 0 {
		if err := json.Unmarshal(l.Params, &top); err != nil {
			return damaged(a.f.at(a.name), "run %q: %s", l.Run, oneLine(err))
		}
	}
	for _, key := range sortedKeys(top) {
		var err error
		if run.Params, err = jsonParams(run.Params, key, top[key], 0); err != nil {
			return damaged(a.f.at(a.name), "run %q: %v", l.Run, err)
		}
	}
	if r.points {
		run.Points = func(yield func(tracker.Metric) error) error {
			return a.lines(func(_ int, p aimLine) error {
				if p.Aim != "points" || p.Run != l.Run {
					return nil
				}
				return p.points(yield)
			})
		}
	}
	if run.Experiment != "" {
		if err := sink.Experiment(Experiment{Name: run.Experiment, Stage: tracker.Active}); err != nil {
			return stop{err}
		}
	}
	return told(sink.Run(run))
}

// key is a metric's name, and behind it the context in which it was measured.
func (l aimLine) key() string {
	key := l.Name
	for _, name := range sortedKeys(l.Context) {
		var text string
		if json.Unmarshal(l.Context[name], &text) != nil {
			text = string(l.Context[name])
		}
		key += "/" + name + ":" + text
	}
	return key
}

// points yields the points of a line. Epochs, for which a point has no place, are a series of their own.
func (l aimLine) points(yield func(tracker.Metric) error) error {
	key := l.key()
	for i, step := range l.Steps {
		m := tracker.Metric{Key: key, Value: float64(l.Values[i]), Step: step}
		if l.Times[i] != nil {
			m.Time = wallTime(float64(*l.Times[i]))
		}
		if err := yield(m); err != nil {
			return err
		}
		if e := l.Epochs[i]; e != nil && !math.IsNaN(*e) {
			m.Key, m.Value = key+"/epoch", *e
			if err := yield(m); err != nil {
				return err
			}
		}
	}
	return nil
}
