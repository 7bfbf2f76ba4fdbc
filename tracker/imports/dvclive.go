package imports

import (
	"encoding/json"
	"errors"
	"path"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/gemba-ml/gemba/tracker"
)

// DVCLive leaves one folder for a run: params.yaml, metrics.json with the last values, and plots/metrics/NAME.tsv with all of them
// (https://dvc.org/doc/dvclive/how-it-works).

const (
	dvcMetrics = "metrics.json"
	dvcParams  = "params.yaml"
	dvcPlots   = "plots/metrics"
)

func findsDVCLive(f *Folder, name string) bool { return dvcFolder(f, name) != "" }

// dvcFolder returns the folder at a name, or in it under DVCLive's usual name; empty when it is none.
func dvcFolder(f *Folder, name string) string {
	for _, dir := range []string{name, path.Join(name, "dvclive")} {
		if f.has(path.Join(dir, dvcMetrics)) && f.has(path.Join(dir, "plots")) || f.has(path.Join(dir, dvcPlots)) {
			return dir
		}
	}
	return ""
}

func readDVCLive(f *Folder, name string, _ Options, sink Sink) error {
	dir := dvcFolder(f, name)
	if dir == "" {
		dir = name
	}
	d := &dvcRun{f: f, dir: dir}
	return unless(sink, d.read(sink))
}

// dvcRun is the run of a folder.
type dvcRun struct {
	f      *Folder
	dir    string
	series []string // files below dvcPlots
	own    []string // what the run's id is made from
	first  int64    // time in nanoseconds, 0 when none is told
	last   int64
}

func (d *dvcRun) read(sink Sink) error {
	all, err := d.f.files(d.dir)
	if err != nil {
		return err
	}
	r := Run{Stage: tracker.Active, Status: tracker.RunFinished, Name: nameOf(d.f, d.dir), Experiment: d.project()}
	for _, name := range all {
		if isSeries(name) {
			d.series = append(d.series, name)
		} else {
			r.Files = append(r.Files, d.f.file(path.Join(d.dir, name), name))
		}
	}
	if r.Params, err = d.params(); err != nil {
		return err
	}
	seen := map[string]bool{}
	err = d.points(func(m tracker.Metric) error {
		if !seen[m.Key] {
			d.own = append(d.own, m.Key, strconv.FormatFloat(m.Value, 'g', -1, 64), strconv.FormatInt(m.Time, 10))
		}
		seen[m.Key] = true
		if m.Time > 0 && (d.first == 0 || m.Time < d.first) {
			d.first = m.Time
		}
		d.last = max(d.last, m.Time)
		return nil
	})
	if err != nil {
		return err
	}
	if len(seen) > 0 {
		r.Points = d.points
	}
	if r.Tags, err = d.summary(seen); err != nil {
		return err
	}
	r.ID = derive("dvclive", d.own...)
	r.Started, r.Ended = milliseconds(d.first/1e6), milliseconds(d.last/1e6)
	if err := sink.Experiment(Experiment{Name: r.Experiment, Stage: tracker.Active}); err != nil {
		return stop{err}
	}
	return told(sink.Run(r))
}

// isSeries reports whether a file holds the points of a metric.
func isSeries(name string) bool {
	return strings.HasPrefix(name, dvcPlots+"/") && strings.HasSuffix(name, ".tsv")
}

// project is the name of the folder that the run's is in.
func (d *dvcRun) project() string {
	return baseName(path.Dir(d.f.at(d.dir)))
}

// points reads all series.
func (d *dvcRun) points(yield func(tracker.Metric) error) error {
	for _, name := range d.series {
		if err := d.read1(name, yield); err != nil {
			return err
		}
	}
	return nil
}

// read1 reads a table with a column for the step, one for the value under the end of the metric's name, and one for the time if it was asked for.
func (d *dvcRun) read1(name string, yield func(tracker.Metric) error) error {
	key := strings.TrimSuffix(strings.TrimPrefix(name, dvcPlots+"/"), ".tsv")
	columns := map[string]int{}
	at := path.Join(d.dir, name)
	return d.f.lines(at, func(n int, line []byte) error {
		cells := strings.Split(strings.TrimRight(string(line), "\r\n"), "\t")
		if len(columns) == 0 {
			for i, c := range cells {
				columns[c] = i
			}
			if _, has := columns["step"]; !has || len(cells) < 2 || columns[path.Base(key)] == 0 && cells[0] != path.Base(key) {
				return damaged(d.f.at(at), "line %d: want columns step and %s", n, path.Base(key))
			}
			return nil
		}
		if len(cells) != len(columns) {
			return damaged(d.f.at(at), "line %d: want %d columns", n, len(columns))
		}
		m, err := dvcPoint(cells, columns, key)
		if err != nil {
			return damaged(d.f.at(at), "line %d: %v", n, err)
		}
		return yield(m)
	})
}

var errDVCPoint = errors.New("want a step, a value and a time that are numbers")

func dvcPoint(cells []string, columns map[string]int, key string) (m tracker.Metric, err error) {
	m.Key = key
	if m.Step, err = strconv.ParseInt(cells[columns["step"]], 10, 64); err != nil {
		return m, errDVCPoint
	}
	switch text := cells[columns[path.Base(key)]]; text {
	case "True":
		m.Value = 1
	case "False":
		m.Value = 0
	default:
		if m.Value, err = parseFloat(text); err != nil {
			return m, errDVCPoint
		}
	}
	if i, has := columns["timestamp"]; has && cells[i] != "" {
		ms, err := strconv.ParseInt(cells[i], 10, 64)
		var fits bool
		if m.Time, fits = nanoseconds(ms); err != nil || !fits {
			return m, errDVCPoint
		}
	}
	return m, nil
}

// params reads params.yaml. Groups are taken apart, lists become JSON.
func (d *dvcRun) params() (list []tracker.Param, err error) {
	name := path.Join(d.dir, dvcParams)
	if !d.f.has(name) {
		return nil, nil
	}
	text, err := d.f.text(name)
	if err != nil {
		return nil, err
	}
	d.own = append(d.own, string(text))
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return nil, damaged(d.f.at(name), "%s", oneLine(err))
	}
	y := yamlParams{}
	if err := y.add("", &root, 0); err != nil {
		return nil, damaged(d.f.at(name), "%v", err)
	}
	return y.list, nil
}

// yamlParams gathers params of a tree of YAML.
type yamlParams struct {
	list  []tracker.Param
	nodes int
}

var errYAML = errors.New("it has too many values, or too deep ones")

// yamlTypes are the types of YAML's scalars.
var yamlTypes = map[string]tracker.ValueType{"!!int": tracker.IntValue, "!!float": tracker.FloatValue, "!!bool": tracker.BoolValue, "!!null": tracker.JSONValue}

func (y *yamlParams) add(name string, n *yaml.Node, depth int) error {
	if y.nodes++; y.nodes > maxParams || depth > 4*maxNested {
		return errYAML
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return y.add(name, n.Content[0], depth+1)
	case yaml.AliasNode:
		return y.add(name, n.Alias, depth+1) // counted: aliases may mean very many values
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if err := y.add(strings.TrimPrefix(name+"."+n.Content[i].Value, "."), n.Content[i+1], depth+1); err != nil {
				return err
			}
		}
		return nil
	case yaml.SequenceNode:
		var v any
		if err := n.Decode(&v); err != nil { // refuses aliases that grow without end
			return errors.New(oneLine(err))
		}
		text, err := json.Marshal(v)
		if err != nil {
			text, err = yaml.Marshal(v) // what JSON does not have, such as NaN
		}
		y.list = append(y.list, tracker.Param{Key: name, Value: strings.TrimSpace(string(text)), Type: tracker.JSONValue})
		return err
	case yaml.ScalarNode:
		kind, known := yamlTypes[n.ShortTag()]
		if !known {
			kind = tracker.TextValue
		}
		y.list = append(y.list, tracker.Param{Key: name, Value: n.Value, Type: kind})
	}
	return nil
}

// summary returns what metrics.json has and no series tells.
func (d *dvcRun) summary(series map[string]bool) (tags []tracker.Tag, err error) {
	name := path.Join(d.dir, dvcMetrics)
	if !d.f.has(name) {
		return nil, nil
	}
	text, err := d.f.text(name)
	if err != nil {
		return nil, err
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(text, &top); err != nil {
		return nil, damaged(d.f.at(name), "%s", oneLine(err))
	}
	var list []tracker.Param
	for _, key := range sortedKeys(top) {
		if list, err = jsonParams(list, key, top[key], 0); err != nil {
			return nil, damaged(d.f.at(name), "%v", err)
		}
	}
	for _, p := range list {
		if key := strings.ReplaceAll(p.Key, ".", "/"); !series[key] && !series[p.Key] {
			tags = append(tags, tracker.Tag{Key: tagPrefix + "summary." + p.Key, Value: p.Value})
		}
	}
	return tags, nil
}
