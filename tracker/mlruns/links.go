package mlruns

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// linkMeta is the meta.yaml of what a run used or made. MLflow has the same id at both ends of it.
type linkMeta struct {
	To     string            `yaml:"destination_id"`
	ToKind string            `yaml:"destination_type"`
	From   string            `yaml:"source_id"`
	Kind   string            `yaml:"source_type"`
	Step   *int64            `yaml:"step,omitempty"`
	Tags   map[string]string `yaml:"tags"`
}

// hashed is how MLflow names a dataset by name and digest, and an input by what it is and its run.
func hashed(texts ...string) string {
	sum := md5.Sum([]byte(strings.Join(texts, "")))
	return hex.EncodeToString(sum[:])
}

// links writes the datasets that a run used, and the logged models that it read and made.
func (e *exporter) links(dir, experiment string, r index.Run) error {
	for _, in := range r.Inputs {
		id, err := e.dataset(experiment, in)
		if err != nil {
			return err
		}
		link := linkMeta{To: id, ToKind: "RUN", From: id, Kind: "DATASET", Tags: map[string]string{}}
		for _, t := range in.Tags {
			link.Tags[t.Key] = t.Value
		}
		if err := e.meta(dir+"/inputs/"+hashed(id, r.ID.String()), link); err != nil {
			return err
		}
	}
	var err error
	for _, t := range r.Tags {
		if id, is := strings.CutPrefix(t.Key, "gemba.mlflow.model_input."); is {
			link := linkMeta{To: id, ToKind: "RUN", From: id, Kind: "MODEL", Tags: map[string]string{}}
			err = errors.Join(err, e.meta(dir+"/inputs/"+hashed(id, r.ID.String()), link))
		}
		if id, is := strings.CutPrefix(t.Key, "gemba.mlflow.model_output."); is {
			step, _ := strconv.ParseInt(t.Value, 10, 64) // what is none is 0
			link := linkMeta{To: id, ToKind: "MODEL_OUTPUT", From: id, Kind: "RUN_OUTPUT", Step: &step, Tags: map[string]string{}}
			err = errors.Join(err, e.meta(below(dir+"/outputs", id), link))
		}
	}
	return err
}

type datasetMeta struct {
	Digest  string  `yaml:"digest"`
	Name    string  `yaml:"name"`
	Profile *string `yaml:"profile"`
	Schema  *string `yaml:"schema"`
	Source  string  `yaml:"source"`
	Kind    string  `yaml:"source_type"`
}

// dataset writes a dataset, once, and returns its id. Of two in an experiment that MLflow would take for one, and that are not, the
// second gets another id.
func (e *exporter) dataset(experiment string, in tracker.Input) (string, error) {
	all := [6]string{in.Name, in.Digest, in.SourceType, in.Source, in.Schema, in.Profile}
	id := hashed(in.Name, in.Digest)
	if other, taken := e.datasets[experiment+"/"+id]; taken && other != all {
		id = hashed(strings.Join(all[:], "\n"))
	}
	if _, written := e.datasets[experiment+"/"+id]; written {
		return id, nil
	}
	e.datasets[experiment+"/"+id] = all
	return id, e.meta(experiment+"/datasets/"+id, datasetMeta{Digest: in.Digest, Name: in.Name, Profile: optional(in.Profile), Schema: optional(in.Schema),
		Source: in.Source, Kind: in.SourceType})
}
