package imports

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/gemba-ml/gemba/tracker"
)

// mlflowStore is a file store: EXPERIMENT/RUN/{meta.yaml,params,metrics,tags,inputs,outputs,artifacts}, EXPERIMENT/datasets,
// EXPERIMENT/models (logged models), models (the registry) and .trash (deleted experiments).
type mlflowStore struct {
	f    *Folder
	dir  string
	o    Options
	sink Sink
}

// isStore reports whether a folder of a folder has an experiment's meta.yaml.
func isStore(f *Folder, dir string) bool {
	names, err := f.folders(dir)
	return err == nil && slices.ContainsFunc(names, func(name string) bool {
		return name != registryFolder && f.has(path.Join(dir, name, metaFile)) && f.metaHas(path.Join(dir, name, metaFile), "artifact_location")
	})
}

// metaHas reports whether a file has a line for a key.
func (f *Folder) metaHas(name, key string) bool {
	text, err := f.text(name)
	return err == nil && bytes.Contains(append([]byte("\n"), text...), []byte("\n"+key+":"))
}

const (
	metaFile       = "meta.yaml"
	registryFolder = "models" // also that of logged models in an experiment
	trashFolder    = ".trash"
)

func (s *mlflowStore) read() error {
	names, err := s.f.folders(s.dir)
	if err != nil {
		return err
	}
	trashed, err := s.f.folders(path.Join(s.dir, trashFolder))
	if err != nil {
		return err
	}
	for _, name := range trashed {
		names = append(names, path.Join(trashFolder, name))
	}
	for _, name := range names {
		if name == registryFolder || name == trashFolder || !s.f.has(path.Join(s.dir, name, metaFile)) {
			continue
		}
		if err := unless(s.sink, s.experiment(path.Join(s.dir, name))); err != nil {
			return err
		}
	}
	return s.registry()
}

// experimentFolders are the folders of an experiment that are no runs.
var experimentFolders = map[string]bool{"tags": true, "datasets": true, "models": true, "traces": true, "assessments": true}

func (s *mlflowStore) experiment(dir string) error {
	var m mlflowExperiment
	if err := s.meta(dir, &m); err != nil {
		return err
	}
	tags, err := s.tags(path.Join(dir, "tags"))
	if err != nil {
		return err
	}
	e, err := m.experiment(s.f.at(path.Join(dir, metaFile)), tags)
	if err != nil {
		return err
	}
	if err := told(s.sink.Experiment(e)); err != nil {
		return err
	}
	names, err := s.f.folders(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if experimentFolders[name] || !s.f.has(path.Join(dir, name, metaFile)) {
			continue
		}
		if err := unless(s.sink, s.run(e.Name, dir, name)); err != nil {
			return err
		}
	}
	if traces, _ := s.f.folders(path.Join(dir, "traces")); len(traces) > 0 {
		s.sink.Left("traces of " + e.Name)
	}
	return s.logged(e.Name, dir)
}

func (s *mlflowStore) run(experiment, folder, name string) error {
	var m mlflowRun
	dir := path.Join(folder, name)
	if err := s.meta(dir, &m); err != nil {
		return err
	}
	tags, err := s.tags(path.Join(dir, "tags"))
	if err != nil {
		return err
	}
	if m.ID == "" && m.UUID == "" {
		m.ID = name
	}
	r, err := m.run(s.f.at(path.Join(dir, metaFile)), tags)
	if err != nil {
		return err
	}
	r.Experiment = experiment
	params, err := s.values(path.Join(dir, "params"))
	if err != nil {
		return err
	}
	for _, p := range params {
		r.Params = append(r.Params, m.param(p.Key, p.Value))
	}
	if err := s.links(&r, folder, dir); err != nil {
		return err
	}
	usual := path.Join(dir, "artifacts")
	if r.Files, err = s.f.artifacts(s.o, m.Artifact, usual, s.sink); err != nil {
		return err
	}
	if len(r.Files) == 0 {
		r.Tags = append(r.Tags, extras("artifact_uri", remote(m.Artifact))...)
	}
	series, err := s.f.files(path.Join(dir, "metrics"))
	if err != nil {
		return err
	}
	for _, name := range series {
		if s.measured(path.Join(dir, "metrics", name)) {
			r.Files = append(r.Files, s.f.file(path.Join(dir, "metrics", name), path.Join(MetricFiles, name)))
		}
	}
	if len(series) > 0 {
		r.Points = func(yield func(tracker.Metric) error) error {
			return s.points(path.Join(dir, "metrics"), series, yield)
		}
	}
	return told(s.sink.Run(r))
}

// MetricFiles is the folder of a run's artifacts with the files of those metrics that tell on which dataset they were measured, for
// which a point has no place.
const MetricFiles = "gemba.import/metrics"

// measured reports whether the points of a metric tell of a dataset: they have its name and digest behind.
func (s *mlflowStore) measured(name string) bool {
	r, err := s.f.Open(name)
	if err != nil {
		return false // told when it is read
	}
	defer r.Close()
	line, _ := bufio.NewReader(io.LimitReader(r, 4<<10)).ReadString('\n')
	return len(strings.Fields(line)) > 3
}

// remote returns an address that is no folder of this machine.
func remote(address string) string {
	if scheme, _ := splitAddress(address); scheme == "" || scheme == "file" {
		return ""
	}
	return address
}

// meta reads a folder's meta.yaml.
func (s *mlflowStore) meta(dir string, into any) error {
	name := path.Join(dir, metaFile)
	text, err := s.f.text(name)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		return damaged(s.f.at(name), "%s", oneLine(err))
	}
	return nil
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// values reads a folder of files each of which is a value, by the name of its key.
func (s *mlflowStore) values(dir string) (list []tracker.Tag, err error) {
	names, err := s.f.files(dir)
	for _, name := range names {
		text, err := s.f.text(path.Join(dir, name))
		if err != nil {
			return nil, err
		}
		list = append(list, tracker.Tag{Key: name, Value: string(text)})
	}
	return list, err
}

func (s *mlflowStore) tags(dir string) ([]tracker.Tag, error) { return s.values(dir) }

// mlflowLink is the meta.yaml of an input or an output.
type mlflowLink struct {
	From  string            `yaml:"source_type"`
	ID    string            `yaml:"source_id"`
	To    string            `yaml:"destination_id"`
	Step  int64             `yaml:"step"`
	Tags  map[string]string `yaml:"tags"`
	Model string            `yaml:"model_id"`
}

// mlflowDataset is the meta.yaml of a dataset.
type mlflowDataset struct {
	Name    string `yaml:"name"`
	Digest  string `yaml:"digest"`
	Kind    string `yaml:"source_type"`
	Source  string `yaml:"source"`
	Schema  string `yaml:"schema"`
	Profile string `yaml:"profile"`
}

// links reads what a run used and made.
func (s *mlflowStore) links(r *Run, experiment, dir string) error {
	for _, kind := range []string{"inputs", "outputs"} {
		names, err := s.f.folders(path.Join(dir, kind))
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := s.link(r, experiment, path.Join(dir, kind, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *mlflowStore) link(r *Run, experiment, at string) error {
	var l mlflowLink
	if err := s.meta(at, &l); err != nil {
		return err
	}
	switch l.From {
	case "MODEL", "MODEL_INPUT", "RUN_INPUT":
		r.Tags = append(r.Tags, tracker.Tag{Key: modelInput + l.ID, Value: "0"})
		return nil
	case "RUN_OUTPUT", "MODEL_OUTPUT":
		r.Tags = append(r.Tags, tracker.Tag{Key: modelOutput + l.To, Value: strconv.FormatInt(l.Step, 10)})
		return nil
	case "DATASET":
	default:
		return damaged(s.f.at(at), "an input of type %q is none of MLflow's", l.From)
	}
	if path.Base(l.ID) != l.ID {
		return damaged(s.f.at(at), "the dataset %q is no name", l.ID)
	}
	var d mlflowDataset
	if err := s.meta(path.Join(experiment, "datasets", l.ID), &d); err != nil {
		return err
	}
	in := tracker.Input{Name: d.Name, Digest: d.Digest, SourceType: d.Kind, Source: d.Source, Schema: d.Schema, Profile: d.Profile}
	for _, key := range sortedKeys(l.Tags) {
		in.Tags = append(in.Tags, tracker.Tag{Key: key, Value: l.Tags[key]})
	}
	r.Inputs = append(r.Inputs, in)
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// points reads the files of a run's metrics.
func (s *mlflowStore) points(dir string, names []string, yield func(tracker.Metric) error) error {
	for _, name := range names {
		err := s.f.lines(path.Join(dir, name), func(n int, line []byte) error {
			m, rest, err := parsePoint(name, line)
			if err == nil && len(rest) != 0 && len(rest) != 2 {
				err = errPoint
			}
			if err != nil {
				return damaged(s.f.at(path.Join(dir, name)), "line %d: %v", n, err)
			}
			return yield(m)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var errPoint = errors.New("want a time in milliseconds, a value and a step")

// parsePoint reads a line of a metric's file: time, value, and step where the store is not very old. What is behind is the rest.
func parsePoint(key string, line []byte) (m tracker.Metric, rest []string, err error) {
	fields := strings.Fields(string(line))
	if len(fields) < 2 {
		return m, nil, errPoint
	}
	m.Key = key
	ms, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return m, nil, errPoint
	}
	var fits bool
	if m.Time, fits = nanoseconds(ms); !fits {
		return m, nil, errPoint
	}
	if m.Value, err = parseFloat(fields[1]); err != nil {
		return m, nil, errPoint
	}
	if len(fields) == 2 {
		return m, nil, nil
	}
	if m.Step, err = strconv.ParseInt(fields[2], 10, 64); err != nil {
		return m, nil, errPoint
	}
	return m, fields[3:], nil
}

// parseFloat reads a number as Python writes it.
func parseFloat(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if errors.Is(err, strconv.ErrRange) || strings.ContainsAny(text, "xX_pP") {
		return v, fmt.Errorf("%q is no number of 64 bits", text)
	}
	return v, err
}

// maxLine bounds a line of text that is read, in bytes.
const maxLine = 16 << 20

// lines calls take for each line of a file that is not empty, numbered from 1.
func (f *Folder) lines(name string, take func(n int, line []byte) error) error {
	r, err := f.Open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	return f.linesOf(r, name, take)
}

func (f *Folder) linesOf(r io.Reader, name string, take func(n int, line []byte) error) error {
	scan := bufio.NewScanner(r)
	scan.Buffer(make([]byte, 0, 64<<10), maxLine)
	for n := 1; scan.Scan(); n++ {
		if len(bytes.TrimSpace(scan.Bytes())) == 0 {
			continue
		}
		if err := take(n, scan.Bytes()); err != nil {
			return err
		}
	}
	if err := scan.Err(); err != nil {
		return damaged(f.at(name), "%v", err)
	}
	return nil
}
