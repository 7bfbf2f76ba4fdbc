package mlruns

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/mlflow"
)

// Options set up an export. All are required.
type Options struct {
	Index *index.Index
	Open  func(tracker.Digest) (io.ReadCloser, int64, error) // the bytes of an artifact
	Left  func(what string)                                  // is told what could not be written
	Look  func(runs, bytes int64)                            // is told how far it is
}

// Sum is what was written.
type Sum struct{ Experiments, Runs, Points, Artifacts, Models int }

// ErrExists says that there is something where the store is to be.
var ErrExists = errors.New("there is something already")

// Export writes a store to a folder that must not be there yet. Until all of it is written it has another name beside it.
func Export(ctx context.Context, dir string, o Options) (Sum, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Sum{}, err
	}
	if _, err := os.Lstat(dir); err == nil {
		return Sum{}, fmt.Errorf("write %s: %w", dir, ErrExists)
	}
	if _, err := os.Stat(filepath.Dir(dir)); err != nil {
		return Sum{}, fmt.Errorf("write %s: %w", dir, err)
	}
	draft, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".")
	if err != nil {
		return Sum{}, err
	}
	defer os.RemoveAll(draft)
	root, err := os.OpenRoot(draft)
	if err != nil {
		return Sum{}, err
	}
	e := &exporter{Options: o, ctx: ctx, root: root, dir: dir, numbers: map[tracker.ID]string{}, places: map[string]string{}, holders: map[tracker.ID]bool{},
		datasets: map[string][6]string{}}
	err = errors.Join(e.all(), root.Close())
	if err == nil {
		err = os.Chmod(draft, 0o755)
	}
	if err == nil {
		err = os.Rename(draft, dir)
	}
	return e.sum, err
}

// exporter writes one store.
type exporter struct {
	Options
	ctx     context.Context
	root    *os.Root
	dir     string // where the store will be
	sum     Sum
	numbers map[tracker.ID]string // of experiments
	places  map[string]string     // their folders, by number
	holders map[tracker.ID]bool   // runs that hold the files of logged models

	datasets map[string][6]string // that are written, by experiment and id: name, digest, kind, source, schema and profile
}

func (e *exporter) all() error {
	versions, err := e.Index.Versions(e.ctx, "")
	if err != nil {
		return err
	}
	if err := e.experiments(); err != nil {
		return err
	}
	for _, v := range versions {
		if err := e.version(v); err != nil {
			return err
		}
	}
	if err := e.models(); err != nil {
		return err
	}
	return e.runs()
}

// write writes a file. What has a name that no file can have is left.
func (e *exporter) write(name string, content []byte) error {
	f, err := e.create(name)
	if f == nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// create makes a file and its folder, nothing when its name leads out of them or is taken.
func (e *exporter) create(name string) (*os.File, error) {
	if name != path.Clean(name) || !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsAny(name, "\x00\\") {
		e.Left(fmt.Sprintf("%.200q: it is no name of a file", name))
		return nil, nil
	}
	at := filepath.FromSlash(name)
	err := e.root.MkdirAll(filepath.Dir(at), 0o755)
	var f *os.File
	if err == nil {
		f, err = e.root.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	}
	if err != nil && e.ctx.Err() == nil && !noRoom(err) {
		e.Left(fmt.Sprintf("%.200q: %v", name, errors.Unwrap(err)))
		return nil, nil
	}
	return f, err
}

// below joins a folder and a name that somebody gave. One that would lead out of the folder becomes one that create refuses.
func below(folder, name string) string {
	if name != path.Clean(name) || !filepath.IsLocal(filepath.FromSlash(name)) {
		return "../" + name
	}
	return folder + "/" + name
}

func (e *exporter) meta(folder string, v any) error {
	text, err := yaml.Marshal(v)
	if err != nil {
		return err
	}
	return e.write(folder+"/meta.yaml", text)
}

// folder makes an empty folder: MLflow looks for it.
func (e *exporter) folder(name string) error { return e.root.MkdirAll(filepath.FromSlash(name), 0o755) }

// tags writes what are files by key.
func (e *exporter) tags(folder string, tags []tracker.Tag) error {
	for _, t := range tags {
		if own(t.Key) {
			continue
		}
		if err := e.write(below(folder, t.Key), []byte(t.Value)); err != nil {
			return err
		}
	}
	return nil
}

// imported are tags in which an import keeps what MLflow has a place for.
const imported = "gemba.import."

var members = map[string]bool{"source_version": true, "entry_point_name": true, "deleted_time": true, "user_id": true, "artifact_uri": true, "experiment_id": true,
	"artifact_location": true, "status_message": true, "run_link": true, "storage_location": true, "model_id": true}

// own reports whether a tag is no user's.
func own(key string) bool {
	rest, is := strings.CutPrefix(key, imported)
	return key == strings.TrimSuffix(imported, ".") || is && (members[rest] || isState(rest)) || strings.HasPrefix(key, "gemba.mlflow.")
}

// isState reports whether a key ends as that of an import's state.
func isState(rest string) bool {
	return len(rest) == 12 && strings.Trim(rest, "0123456789abcdef") == ""
}

// member returns what an import kept.
func member(tags []tracker.Tag, name string) string {
	for _, t := range tags {
		if t.Key == imported+name {
			return t.Value
		}
	}
	return ""
}

// milliseconds is a time as MLflow has it, nil for none.
func milliseconds(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	ms := t.UnixMilli()
	return &ms
}

type experimentMeta struct {
	Location string `yaml:"artifact_location"`
	Created  *int64 `yaml:"creation_time"`
	ID       string `yaml:"experiment_id"`
	Updated  *int64 `yaml:"last_update_time"`
	Stage    string `yaml:"lifecycle_stage"`
	Name     string `yaml:"name"`
}

func (e *exporter) experiments() error {
	all, err := e.Index.Experiments(e.ctx, nil)
	if err != nil {
		return err
	}
	taken := map[string]bool{"0": true}
	for _, x := range all {
		number := member(x.Tags, "experiment_id")
		if x.ID.IsZero() {
			number = "0"
		} else if taken[number] || number == "" || strings.Trim(number, "0123456789") != "" {
			number = mlflow.ExperimentNumber(x.ID)
		}
		taken[number] = true
		e.numbers[x.ID], e.places[number] = number, number
		if x.Stage == tracker.Deleted {
			e.places[number] = ".trash/" + number
		}
		m := experimentMeta{Location: e.dir + "/" + number, Created: milliseconds(x.Created), ID: number, Updated: milliseconds(x.Updated), Stage: string(x.Stage), Name: x.Name}
		if err := errors.Join(e.meta(e.places[number], m), e.tags(e.places[number]+"/tags", x.Tags)); err != nil {
			return err
		}
		e.sum.Experiments++
	}
	return e.folder(".trash")
}
