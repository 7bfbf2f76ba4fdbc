package cli

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/gemba-ml/gemba/tracker"
)

// An mlrunsStore writes a file store as MLflow lays one out, without MLflow.
type mlrunsStore struct {
	dir string
	err error
}

// write writes a file below the store.
func (s *mlrunsStore) write(name, text string) {
	at := filepath.Join(s.dir, filepath.FromSlash(name))
	if s.err = errors.Join(s.err, os.MkdirAll(filepath.Dir(at), 0o755)); s.err == nil {
		s.err = os.WriteFile(at, []byte(text), 0o644)
	}
}

func (s *mlrunsStore) meta(folder string, members map[string]any) {
	text, err := yaml.Marshal(members)
	s.err = errors.Join(s.err, err)
	s.write(folder+"/meta.yaml", string(text))
}

func (s *mlrunsStore) experiment(folder, name, stage string) {
	id := path.Base(folder)
	s.meta(folder, map[string]any{"artifact_location": s.dir + "/" + id, "creation_time": 1_700_000_000_000, "experiment_id": id, "last_update_time": 1_700_000_000_001,
		"lifecycle_stage": stage, "name": name})
	s.write(folder+"/tags/team", "team of "+name)
}

// hashed is how MLflow names a dataset by its name and digest, and an input by dataset and run.
func hashed(first, second string) string {
	sum := md5.Sum([]byte(first + second))
	return hex.EncodeToString(sum[:])
}

// runID is the id of run number n.
func runID(n int) string { return fmt.Sprintf("%032x", 0xabc000000+n) }

// run writes run number n with all that a run may have; what it has depends on n alone.
func (s *mlrunsStore) run(folder string, n int) {
	experiment, id := path.Base(folder), runID(n)
	dir := folder + "/" + id
	begin := int64(1_700_000_000_000 + 1000*n)
	m := map[string]any{"artifact_uri": s.dir + "/" + experiment + "/" + id + "/artifacts", "end_time": begin + 999, "entry_point_name": "", "experiment_id": experiment,
		"lifecycle_stage": "active", "run_id": id, "run_name": fmt.Sprintf("bold-läufer-%d", n), "source_name": "", "source_type": 4, "source_version": "",
		"start_time": begin, "status": 3 + n%3, "tags": []string{}, "user_id": "ada"}
	switch n % 10 {
	case 7:
		m["lifecycle_stage"], m["deleted_time"] = "deleted", begin+5000
	case 8:
		m["status"], m["end_time"] = 1, nil // it runs
	}
	s.meta(dir, m)
	for key, value := range map[string]string{"lr": fmt.Sprintf("0.%03d0", n), "deep/er": "true", "empty": "", "text": "two\nlines\n", "list": fmt.Sprintf("[%d, 2]", n)} {
		s.write(dir+"/params/"+key, value)
	}
	s.write(dir+"/tags/mlflow.user", "ada")
	s.write(dir+"/tags/mlflow.note.content", fmt.Sprintf("# Run %d\n\nünïcode\n", n))
	if n%10 > 2 {
		s.write(dir+"/tags/mlflow.parentRunId", runID(n-n%10))
	}
	s.write(dir+"/artifacts/notes/hello.txt", fmt.Sprintf("hello from %d\n", n))
	s.write(dir+"/artifacts/model.bin", strings.Repeat("weights", 100+n%5))
	s.metrics(dir+"/metrics", n, begin)
	s.dataset(folder, dir, id, n%4)
}

// oddPoints are values, steps and times (behind the run's start) that go where they like.
var oddPoints = []struct {
	value      string
	step, time int64
}{{"0.1", 5, 10}, {"nan", 4, 11}, {"inf", 4, 9}, {"-inf", -3, 9}, {"-0.0", 1 << 62, 12}, {"1e-308", -1 << 62, 12}, {"5e-324", 0, -100}, {"1.7976931348623157e+308", 0, 13},
	{"0.30000000000000004", 1, 14}, {"0.30000000000000004", 1, 14}, {"1e+16", 2, 15}, {"1e-05", 2, 15}, {"123456789.0", 3, 16}}

func (s *mlrunsStore) metrics(dir string, n int, begin int64) {
	var odd, loss strings.Builder
	for _, p := range oddPoints {
		fmt.Fprintf(&odd, "%d %s %d\n", begin+p.time, p.value, p.step)
	}
	for i := range 20 {
		fmt.Fprintf(&loss, "%d %d.5 %d\n", begin+int64(i), n+i, i)
	}
	s.write(dir+"/val/odd", odd.String())
	s.write(dir+"/loss", loss.String())
	s.write(dir+"/once", fmt.Sprintf("%d %d.25 0\n", begin, n))
}

// dataset writes one that several runs used, and that this one did.
func (s *mlrunsStore) dataset(experiment, run, id string, kind int) {
	name, digest := fmt.Sprintf("iris-%d", kind), fmt.Sprintf("d1ge57%d", kind)
	at := hashed(name, digest)
	d := map[string]any{"name": name, "digest": digest, "source_type": "local", "source": `{"uri": "iris.csv"}`, "schema": `{"columns": []}`, "profile": nil}
	s.meta(experiment+"/datasets/"+at, d)
	s.meta(run+"/inputs/"+hashed(at, id), map[string]any{"source_type": "DATASET", "source_id": at, "destination_type": "RUN", "destination_id": at,
		"tags": map[string]string{"mlflow.data.context": "training"}})
}

// storeFolders are the experiments among which runs are dealt out.
var storeFolders = []string{"0", "100200300400500600", "200", "300", ".trash/400"}

// newStore writes a store with so many runs.
func newStore(t *testing.T, dir string, runs int) *mlrunsStore {
	t.Helper()
	s := &mlrunsStore{dir: dir}
	for i, folder := range storeFolders {
		name, stage := fmt.Sprintf("experiment %d", i), "active"
		if folder == "0" {
			name = "Default"
		} else if strings.HasPrefix(folder, ".") {
			stage = "deleted"
		}
		s.experiment(folder, name, stage)
	}
	for n := range runs {
		s.run(storeFolders[n/10%len(storeFolders)], n) // parents and children in one
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s
}

// storeContent returns all files of a store: as they are, but for a meta.yaml, of which MLflow keeps the values and not the bytes.
// The folder's own path, which the addresses of artifacts begin with, is left out, and so is what is null.
func storeContent(t *testing.T, dir string) map[string]any {
	t.Helper()
	content := map[string]any{}
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		name, _ := filepath.Rel(dir, file)
		content[filepath.ToSlash(name)] = string(text)
		if d.Name() == "meta.yaml" && err == nil {
			var members map[string]any
			err = yaml.Unmarshal([]byte(strings.ReplaceAll(string(text), dir, "")), &members)
			for key, value := range members {
				if value == nil {
					delete(members, key)
				}
			}
			content[filepath.ToSlash(name)] = members
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// storeRuns is how many runs the round trip takes.
const storeRuns = 1000

// TestStoreOfThousandRuns imports a store of MLflow and exports it: nothing is lost, and nothing is new when it is imported again,
// be it the first one or what was exported.
func TestStoreOfThousandRuns(t *testing.T) {
	room := t.TempDir()
	ledger, out := filepath.Join(room, "ledger"), filepath.Join(room, "out")
	store := newStore(t, filepath.Join(room, "mlruns"), storeRuns)
	points := storeRuns * (len(oddPoints) + 21)
	first := importInto(t, ledger, store.dir, exitDone)
	want := imported{Path: store.dir, From: "mlflow", Runs: storeRuns, New: storeRuns, Points: points, Artifacts: 2 * storeRuns}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("the import (-want +got):\n%s", diff)
	}
	if _, status := gembaIn(t, ledger, "export", "mlflow", out); status != exitDone {
		t.Fatalf("export: status %d", status)
	}
	before := storeContent(t, store.dir)
	if diff := cmp.Diff(before, storeContent(t, out)); diff != "" {
		t.Errorf("%d files; the store changed (-before +after):\n%s", len(before), diff)
	}
	for _, dir := range []string{store.dir, out} {
		again := importInto(t, ledger, dir, exitDone)
		if again.Runs != storeRuns || again.New+again.Changed+again.Points+again.Artifacts > 0 {
			t.Errorf("importing %s again: %+v", filepath.Base(dir), again)
		}
	}
	if _, status := gembaIn(t, ledger, "verify"); status != exitDone {
		t.Errorf("verify: status %d", status)
	}
}

// TestTypesGoThroughAStore exports params that do not look like what they are: imported again they are that.
func TestTypesGoThroughAStore(t *testing.T) {
	room := t.TempDir()
	first, store, second := filepath.Join(room, "first"), filepath.Join(room, "store"), filepath.Join(room, "second")
	t.Setenv("GEMBA_CONFIG", filepath.Join(room, "config"))
	run := storyRun(1)
	r := (&app{stderr: os.Stderr}).openRecorder(first, "test")
	r.Record(tracker.RunChanged{Run: run, Time: time.Unix(1, 0), Name: "typed", Status: tracker.RunFinished, Started: time.Unix(1, 0)})
	r.Record(tracker.RunLogged{Run: run, Time: time.Unix(1, 0), Params: []tracker.Param{
		{Key: "version", Value: "0.10", Type: tracker.TextValue}, {Key: "whole", Value: "3", Type: tracker.FloatValue}, {Key: "list", Value: "[1]", Type: tracker.JSONValue},
		{Key: "n", Value: "3", Type: tracker.IntValue}, {Key: "flag", Value: "true", Type: tracker.BoolValue}, {Key: "a/b", Value: "true", Type: tracker.TextValue}}})
	if err := errors.Join(r.Flush(t.Context()), r.Close()); err != nil {
		t.Fatal(err)
	}
	if _, status := gembaIn(t, first, "export", "mlflow", store); status != exitDone {
		t.Fatalf("export: status %d", status)
	}
	importInto(t, second, store, exitDone)
	const query = "SELECT key, value, type FROM params ORDER BY key"
	want, _ := gembaIn(t, first, "sql", "--json", query)
	got, _ := gembaIn(t, second, "sql", "--json", query)
	if diff := cmp.Diff(want, got); diff != "" || !strings.Contains(want, "0.10") {
		t.Errorf("params (-exported +imported):\n%s", diff)
	}
	if meta, _ := os.ReadFile(filepath.Join(store, "0", run.String(), "meta.yaml")); strings.Contains(string(meta), "flag") {
		t.Errorf("a type is told that shows by itself:\n%s", meta)
	}
}

// TestDatasetsOfOneName exports two datasets that MLflow would take for one: both are there, and each run has its own.
func TestDatasetsOfOneName(t *testing.T) {
	room := t.TempDir()
	first, store, second := filepath.Join(room, "first"), filepath.Join(room, "store"), filepath.Join(room, "second")
	t.Setenv("GEMBA_CONFIG", filepath.Join(room, "config"))
	r := (&app{stderr: os.Stderr}).openRecorder(first, "test")
	for n, source := range []string{"here.csv", "there.csv", "here.csv"} {
		in := tracker.Input{Name: "iris", Digest: "d1ge57", SourceType: "local", Source: source}
		r.Record(tracker.RunChanged{Run: storyRun(byte(n)), Time: time.Unix(1, 0), Status: tracker.RunFinished, Started: time.Unix(1, 0)})
		r.Record(tracker.RunLogged{Run: storyRun(byte(n)), Time: time.Unix(1, 0), Inputs: []tracker.Input{in}})
	}
	if err := errors.Join(r.Flush(t.Context()), r.Close()); err != nil {
		t.Fatal(err)
	}
	if _, status := gembaIn(t, first, "export", "mlflow", store); status != exitDone {
		t.Fatalf("export: status %d", status)
	}
	if all, _ := filepath.Glob(filepath.Join(store, "0", "datasets", "*")); len(all) != 2 {
		t.Errorf("datasets are %v", all)
	}
	importInto(t, second, store, exitDone)
	const query = "SELECT run, name, digest, source FROM inputs ORDER BY run"
	want, _ := gembaIn(t, first, "sql", "--json", query)
	got, _ := gembaIn(t, second, "sql", "--json", query)
	if diff := cmp.Diff(want, got); diff != "" || !strings.Contains(want, "there.csv") {
		t.Errorf("inputs (-exported +imported):\n%s", diff)
	}
}
