package imports

import (
	"errors"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// registry reads the registered models of a file store.
func (s *mlflowStore) registry() error {
	names, err := s.f.folders(path.Join(s.dir, registryFolder))
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := unless(s.sink, s.registered(path.Join(s.dir, registryFolder, name))); err != nil {
			return err
		}
	}
	return nil
}

func (s *mlflowStore) registered(dir string) error {
	var m mlflowModel
	if err := s.meta(dir, &m); err != nil {
		return err
	}
	if m.Name == "" {
		return damaged(s.f.at(path.Join(dir, metaFile)), "the model has no name")
	}
	m.Version = 0
	tags, err := s.tags(path.Join(dir, "tags"))
	if err != nil {
		return err
	}
	named, err := s.values(path.Join(dir, "aliases"))
	if err != nil {
		return err
	}
	var aliases []tracker.Alias
	for _, a := range named {
		n, err := strconv.Atoi(strings.TrimSpace(a.Value))
		if err != nil || n < 1 {
			return damaged(s.f.at(path.Join(dir, "aliases", a.Key)), "%q is no version", a.Value)
		}
		aliases = append(aliases, tracker.Alias{Name: a.Key, Version: n})
	}
	if err := told(s.sink.Model(m.model(tags, aliases))); err != nil {
		return err
	}
	names, err := s.f.folders(dir)
	for _, name := range names {
		if strings.HasPrefix(name, "version-") && err == nil {
			err = s.version(path.Join(dir, name), m.Name)
		}
	}
	return err
}

func (s *mlflowStore) version(dir, name string) error {
	var m mlflowModel
	if err := s.meta(dir, &m); err != nil {
		return err
	}
	if m.Version < 1 {
		return damaged(s.f.at(path.Join(dir, metaFile)), "%d is no version", m.Version)
	}
	m.Name = name
	tags, err := s.tags(path.Join(dir, "tags"))
	if err != nil {
		return err
	}
	return told(s.sink.Model(m.model(tags, nil)))
}

// logged reads the logged models of an experiment.
func (s *mlflowStore) logged(experiment, dir string) error {
	names, err := s.f.folders(path.Join(dir, registryFolder))
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := unless(s.sink, s.loggedModel(experiment, path.Join(dir, registryFolder, name))); err != nil {
			return err
		}
	}
	return nil
}

func (s *mlflowStore) loggedModel(experiment, dir string) error {
	var m mlflowLogged
	if err := s.meta(dir, &m); err != nil {
		return err
	}
	tags, err := s.tags(path.Join(dir, "tags"))
	if err != nil {
		return err
	}
	values, err := s.values(path.Join(dir, "params"))
	if err != nil {
		return err
	}
	var params []tracker.Param
	for _, v := range values {
		params = append(params, tracker.Param{Key: v.Key, Value: v.Value})
	}
	metrics, err := s.modelMetrics(path.Join(dir, "metrics"))
	if err != nil {
		return err
	}
	model, err := m.model(s.f.at(path.Join(dir, metaFile)), experiment, tags, params, metrics)
	if err != nil {
		return err
	}
	files, err := s.f.artifacts(s.o, m.Artifact, path.Join(dir, "artifacts"), s.sink)
	if err != nil {
		return err
	}
	if err := told(s.sink.Model(model)); err != nil || len(files) == 0 {
		return err
	}
	return told(s.sink.Run(m.filesOf(experiment, files)))
}

// modelMetrics reads what was measured on a logged model: the lines of a run's metric, and behind the run and the dataset.
func (s *mlflowStore) modelMetrics(dir string) (list []ModelMetric, err error) {
	names, err := s.f.files(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, name := range names {
		at := path.Join(dir, name)
		err := s.f.lines(at, func(n int, line []byte) error {
			m, rest, err := parsePoint(name, line)
			if err != nil || len(rest) == 2 || len(rest) > 3 {
				return damaged(s.f.at(at), "line %d: %v", n, errPoint)
			}
			point := ModelMetric{Metric: m}
			if len(rest) > 0 {
				point.Run = rest[0]
			}
			if len(rest) == 3 {
				point.Dataset, point.Digest = rest[1], rest[2]
			}
			list = append(list, point)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, err
}
