package mlruns

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/imports"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/mlflow"
)

type runMeta struct {
	Artifacts  string   `yaml:"artifact_uri"`
	Deleted    *int64   `yaml:"deleted_time,omitempty"`
	Ended      *int64   `yaml:"end_time"`
	Entry      string   `yaml:"entry_point_name"`
	Experiment string   `yaml:"experiment_id"`
	Stage      string   `yaml:"lifecycle_stage"`
	ID         string   `yaml:"run_id"`
	Name       string   `yaml:"run_name"`
	Source     string   `yaml:"source_name"`
	SourceType int      `yaml:"source_type"`
	Version    string   `yaml:"source_version"`
	Started    *int64   `yaml:"start_time"`
	Status     int      `yaml:"status"`
	Tags       []string `yaml:"tags"`
	User       string   `yaml:"user_id"`

	// Types are what MLflow, which has nothing but texts, would lose: it passes over them, and an import takes them.
	Types map[string]tracker.ValueType `yaml:"gemba_param_types,omitempty"`
}

// untold returns the types of params that do not look like what they are.
func untold(params []tracker.Param) map[string]tracker.ValueType {
	types := map[string]tracker.ValueType{}
	for _, p := range params {
		if is := cmp.Or(p.Type, tracker.TextValue); is != mlflow.TypeOf(p.Value) {
			types[p.Key] = is
		}
	}
	return types
}

// statuses are MLflow's numbers.
var statuses = map[tracker.RunStatus]int{tracker.RunRunning: 1, tracker.RunScheduled: 2, tracker.RunFinished: 3, tracker.RunFailed: 4, tracker.RunKilled: 5}

func (e *exporter) runs() error {
	q := index.RunSearch{Stages: []tracker.Stage{tracker.Active, tracker.Deleted}, Columns: index.Columns{Params: true, Tags: true, Inputs: true}}
	for {
		page, err := e.Index.SearchRuns(e.ctx, q)
		if err != nil {
			return err
		}
		for _, r := range page.Runs {
			if e.holders[r.ID] {
				continue
			}
			if err := e.run(r); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

func (e *exporter) run(r index.Run) error {
	number := e.numbers[r.Experiment]
	dir := e.places[number] + "/" + r.ID.String()
	m := runMeta{Artifacts: e.dir + "/" + number + "/" + r.ID.String() + "/artifacts", Ended: milliseconds(r.Ended), Entry: member(r.Tags, "entry_point_name"), Experiment: number,
		Stage: string(r.Stage), ID: r.ID.String(), Name: r.Name, SourceType: 4, Version: member(r.Tags, "source_version"), Started: milliseconds(r.Started),
		Status: statuses[r.Status], Tags: []string{}, User: r.User, Source: r.Source, Types: untold(r.Params)}
	if uri := member(r.Tags, "artifact_uri"); uri != "" {
		m.Artifacts = uri
	}
	if user := member(r.Tags, "user_id"); user != "" {
		m.User = user
	}
	if at, err := strconv.ParseInt(member(r.Tags, "deleted_time"), 10, 64); err == nil {
		m.Deleted = &at
	}
	for _, t := range r.Tags {
		if t.Key == "mlflow.source.name" && t.Value == r.Source {
			m.Source = ""
		}
	}
	err := errors.Join(e.meta(dir, m), e.folder(dir+"/artifacts"), e.folder(dir+"/params"), e.folder(dir+"/metrics"), e.folder(dir+"/tags"), e.tags(dir+"/tags", r.Tags))
	for _, p := range r.Params {
		err = errors.Join(err, e.write(below(dir+"/params", p.Key), []byte(p.Value)))
	}
	if err == nil {
		err = errors.Join(e.links(dir, e.places[number], r), e.keep(r.ID, dir+"/artifacts"))
	}
	if err == nil {
		err = e.points(r.ID, dir+"/metrics")
	}
	e.sum.Runs++
	e.Look(1, 0)
	return err
}

// keep writes the artifacts of a run.
func (e *exporter) keep(run tracker.ID, dir string) error {
	all, err := e.Index.Artifacts(e.ctx, run, "")
	if err != nil {
		return err
	}
	for _, a := range all {
		if strings.HasPrefix(a.Path, imports.MetricFiles+"/") {
			continue
		}
		if a.Digest.IsZero() {
			e.Left("the folder " + a.Path + " of run " + run.Short())
			continue
		}
		if err := e.artifact(a.Digest, below(dir, a.Path)); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) artifact(d tracker.Digest, name string) error {
	r, _, err := e.Open(d)
	if err != nil {
		e.Left(name + ": " + err.Error())
		return nil
	}
	defer r.Close()
	f, err := e.create(name)
	if f == nil {
		return err
	}
	n, err := io.Copy(f, r)
	e.sum.Artifacts++
	e.Look(0, n)
	return errors.Join(err, f.Close())
}

// points writes the series of a run, those that tell of datasets as they were told.
func (e *exporter) points(run tracker.ID, dir string) error {
	keys, err := e.Index.SeriesKeys(e.ctx, run)
	if err != nil {
		return err
	}
	datasets := map[string]tracker.Digest{}
	files, err := e.Index.Artifacts(e.ctx, run, imports.MetricFiles)
	if err != nil {
		return err
	}
	for _, a := range files {
		datasets[strings.TrimPrefix(a.Path, imports.MetricFiles+"/")] = a.Digest
	}
	for _, k := range keys {
		points, err := e.Index.Series(e.ctx, index.SeriesSearch{Run: run, Key: k.Key})
		if err != nil {
			return err
		}
		measured, err := e.measured(datasets[k.Key])
		if err != nil {
			return err
		}
		f, err := e.create(below(dir, k.Key))
		if err != nil {
			return err
		}
		if f == nil {
			continue
		}
		w := bufio.NewWriter(f)
		for _, m := range points {
			line := strconv.FormatInt(floor(m.Time), 10) + " " + pythonFloat(m.Value) + " " + strconv.FormatInt(m.Step, 10)
			_, _ = w.WriteString(line + measured[line] + "\n") // Flush tells
		}
		e.sum.Points += len(points)
		if err := errors.Join(w.Flush(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// measured reads what stood behind the points of a metric: the dataset on which it was measured.
func (e *exporter) measured(d tracker.Digest) (map[string]string, error) {
	if d.IsZero() {
		return nil, nil
	}
	r, _, err := e.Open(d)
	if err != nil {
		return nil, nil // the points are there without it
	}
	defer r.Close()
	behind := map[string]string{}
	for scan := bufio.NewScanner(r); scan.Scan(); {
		if parts := strings.Fields(scan.Text()); len(parts) > 3 {
			behind[strings.Join(parts[:3], " ")] = " " + strings.Join(parts[3:], " ")
		}
	}
	return behind, nil
}

// floor turns nanoseconds into milliseconds.
func floor(ns int64) int64 {
	ms := ns / 1e6
	if ns < 0 && ns%1e6 != 0 {
		ms--
	}
	return ms
}

// pythonFloat writes a number as Python does, the shortest text that reads as the same.
func pythonFloat(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 0):
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+"))
	}
	text := strconv.FormatFloat(v, 'e', -1, 64)
	if _, digits, _ := strings.Cut(text, "e"); digits != "" {
		if exponent, _ := strconv.Atoi(digits); exponent < -4 || exponent >= 16 {
			return text
		}
	}
	text = strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
