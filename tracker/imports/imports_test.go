package imports

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// What is in testdata was made by the real tools: see make.py there.

// collector is a Sink that keeps everything.
type collector struct {
	experiments []Experiment
	runs        map[string]Run // by name
	points      map[string][]tracker.Metric
	files       map[string]string // by run and path
	models      []Model
	faults      []error
	left        []string
}

func (c *collector) Experiment(e Experiment) error {
	c.experiments = append(c.experiments, e)
	return nil
}
func (c *collector) Model(m Model) error { c.models = append(c.models, m); return nil }
func (c *collector) Fault(err error)     { c.faults = append(c.faults, err) }
func (c *collector) Left(what string)    { c.left = append(c.left, what) }

func (c *collector) Run(r Run) error {
	c.runs[r.Name] = r
	if r.Points != nil {
		if err := r.Points(func(m tracker.Metric) error {
			c.points[r.Name+" "+m.Key] = append(c.points[r.Name+" "+m.Key], m)
			return nil
		}); err != nil {
			return err
		}
	}
	for _, f := range r.Files {
		in, err := f.Open()
		if err != nil {
			return err
		}
		b, err := io.ReadAll(in)
		if err = errors.Join(err, in.Close()); err != nil {
			return err
		}
		c.files[r.Name+" "+f.Path] = string(b)
	}
	return nil
}

func collect(t testing.TB, at, from string) (*collector, error) {
	t.Helper()
	c := &collector{runs: map[string]Run{}, points: map[string][]tracker.Metric{}, files: map[string]string{}}
	f, name, err := OpenFolder(context.Background(), at, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := Find(f, name, from)
	if err != nil {
		return c, err
	}
	return c, s.Read(f, name, Options{}, c)
}

func TestSourcesAreFoundAndRead(t *testing.T) {
	for _, test := range []struct {
		at     string
		runs   int
		points map[string]int
		files  []string
	}{
		{"testdata/mlruns", 5, map[string]int{"forest loss": 100, "forest val/acc": 7, "forest again": 3, "still going loss": 1}, []string{"forest notes/hello.txt", "forest empty.txt"}},
		{"testdata/mlflow.db", 5, map[string]int{"forest loss": 100, "forest val/acc": 7, "forest again": 2}, []string{"forest notes/hello.txt"}},
		{"testdata/wandb", 1, map[string]int{"brave-iris-1 loss": 50, "brave-iris-1 eval.acc": 50, "brave-iris-1 odd": 1, "brave-iris-1 big": 1}, []string{"brave-iris-1 model.txt"}},
		{"testdata/tensorboard", 3, map[string]int{"train loss": 50, "train acc": 10, "train double": 3, "train odd": 3, "validation loss": 5, "x loss": 20}, []string{"train text/words_3.md", "train images/shown_4.png"}},
		{"testdata/dvclive", 1, map[string]int{"dvclive train/loss": 20, "dvclive acc": 20, "dvclive nan": 1}, []string{"dvclive params.yaml", "dvclive plots/images/shown.png"}},
		{"testdata/aim.jsonl", 1, map[string]int{"brave loss/subset:val": 30, "brave loss/subset:train": 30, "brave odd": 1}, nil},
	} {
		c, err := collect(t, test.at, "")
		if err != nil || len(c.faults) > 0 {
			t.Errorf("%s: %v, %v", test.at, err, c.faults)
			continue
		}
		if len(c.runs) != test.runs {
			t.Errorf("%s: %d runs, want %d", test.at, len(c.runs), test.runs)
		}
		for key, want := range test.points {
			if got := len(c.points[key]); got != want {
				t.Errorf("%s: %d points of %s, want %d", test.at, got, key, want)
			}
		}
		for _, file := range test.files {
			if _, has := c.files[file]; !has {
				t.Errorf("%s: no file %s", test.at, file)
			}
		}
	}
}

func TestMLflowKeepsEveryBit(t *testing.T) {
	for _, at := range []string{"testdata/mlruns", "testdata/mlflow.db"} {
		c, err := collect(t, at, "")
		if err != nil {
			t.Fatal(err)
		}
		r := c.runs["forest"]
		wantParams := map[string]string{"lr": "0.010", "depth": "7", "text": "two\nlines, 'quotes': \"and\" ünïcode", "empty": "", "a/b.c d": "x"}
		params := map[string]string{}
		for _, p := range r.Params {
			params[p.Key] = p.Value
		}
		if diff := cmp.Diff(wantParams, params); diff != "" {
			t.Errorf("%s: params (-want +got):\n%s", at, diff)
		}
		if r.User != "ada" || r.Source != "fit.py" || r.Status != tracker.RunFinished || r.Started.UnixMilli() != 1700000000123 || r.Ended.UnixMilli() != 1700000009456 {
			t.Errorf("%s: run is %+v", at, r)
		}
		acc := c.points["forest val/acc"]
		if !math.IsNaN(acc[1].Value) || acc[0].Step != -1 || acc[0].Time != 1700000001000e6 || acc[6].Value != 0.30000000000000004 {
			t.Errorf("%s: val/acc is %v", at, acc)
		}
		if at == "testdata/mlruns" && (!math.IsInf(acc[2].Value, 1) || !math.IsInf(acc[3].Value, -1) || !math.Signbit(acc[5].Value)) { // SQLite and MLflow have others for them
			t.Errorf("%s: val/acc is %v", at, acc)
		}
		if len(r.Inputs) != 1 || r.Inputs[0].Profile != `{"num_rows": 150}` || r.Inputs[0].Tags[0].Value != "training" {
			t.Errorf("%s: inputs are %+v", at, r.Inputs)
		}
		if c.runs["put away"].Stage != tracker.Deleted || len(c.models) != 4 {
			t.Errorf("%s: models are %+v", at, c.models)
		}
	}
}

func TestTypedParams(t *testing.T) {
	want := []tracker.Param{{Key: "flag", Value: "true", Type: tracker.BoolValue}, {Key: "lr", Value: "0.01", Type: tracker.FloatValue}, {Key: "text", Value: "0.10", Type: tracker.TextValue}}
	for _, at := range []string{"testdata/wandb", "testdata/dvclive"} {
		c, err := collect(t, at, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range c.runs {
			for _, w := range want {
				found := false
				for _, p := range r.Params {
					found = found || p == w
				}
				if !found {
					t.Errorf("%s: no param %+v in %+v", at, w, r.Params)
				}
			}
		}
	}
}

// TestTypesOfAStore reads the types that an export tells of params; what is no type counts for nothing.
func TestTypesOfAStore(t *testing.T) {
	dir := copied(t, "mlruns")
	metas, _ := filepath.Glob(dir + "/*/*/params/lr")
	meta := filepath.Join(filepath.Dir(filepath.Dir(metas[0])), "meta.yaml")
	text, err := os.ReadFile(meta)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(meta, append(text, "gemba_param_types:\n  lr: text\n  depth: evil\n  none: int\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := collect(t, dir, "")
	if err != nil || len(c.faults) > 0 {
		t.Fatal(err, c.faults)
	}
	types := map[string]tracker.ValueType{}
	for _, p := range c.runs["forest"].Params {
		types[p.Key] = p.Type
	}
	if diff := cmp.Diff(map[string]tracker.ValueType{"lr": tracker.TextValue, "depth": "", "text": "", "empty": "", "a/b.c d": ""}, types); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
}

// copied is a copy of testdata/NAME that may be damaged.
func copied(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), filepath.Base(name))
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDamageIsNamed(t *testing.T) {
	glob := func(t *testing.T, pattern string) string {
		all, _ := filepath.Glob(pattern)
		if len(all) == 0 {
			t.Fatalf("nothing is %s", pattern)
		}
		return all[0]
	}
	flip := func(t *testing.T, file string, at int) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b[at] ^= 1
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name, of string
		damage   func(t *testing.T, dir string)
		want     string
	}{
		{"a metric that is no number", "mlruns", func(t *testing.T, dir string) {
			_ = os.WriteFile(glob(t, dir+"/*/*/metrics/loss"), []byte("1 2 3\n1 two 3\n"), 0o644)
		}, "line 2"},
		{"a link out", "mlruns", func(t *testing.T, dir string) { _ = os.Symlink("/etc/passwd", glob(t, dir+"/*/*/params")+"/x") }, "leads out"},
		{"a dataset that climbs", "mlruns", func(t *testing.T, dir string) {
			_ = os.WriteFile(glob(t, dir+"/*/*/inputs/*/meta.yaml"), []byte("source_type: DATASET\nsource_id: ../../../../etc\n"), 0o644)
		}, "no name"},
		{"a bomb of aliases", "dvclive", func(t *testing.T, dir string) {
			text := "a: &a [1,1,1,1,1,1,1,1,1]\n"
			for c := 'b'; c < 'k'; c++ {
				text += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 8) + "*" + string(c-1) + "]\n"
			}
			_ = os.WriteFile(filepath.Join(dir, "params.yaml"), []byte(text), 0o644)
		}, "params.yaml"},
		{"JSON without end", "dvclive", func(t *testing.T, dir string) {
			_ = os.WriteFile(filepath.Join(dir, "metrics.json"), []byte(strings.Repeat(`{"a":`, 1e5)), 0o644)
		}, "metrics.json"},
		{"a bit of W&B's log", "wandb", func(t *testing.T, dir string) { flip(t, glob(t, dir+"/*/*.wandb"), 500) }, "checksum"},
		{"a bit of an event", "tensorboard", func(t *testing.T, dir string) { flip(t, glob(t, dir+"/train/*"), 60) }, "byte"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := copied(t, test.of)
			test.damage(t, dir)
			c, err := collect(t, dir, "")
			if err == nil && len(c.faults) > 0 {
				err = c.faults[0]
			}
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error is %v, want one line with %q", err, test.want)
			}
		})
	}
}

// TestCutLogsAreReadToTheirEnd cuts logs where a killed writer could have left them.
func TestCutLogsAreReadToTheirEnd(t *testing.T) {
	for of, pattern := range map[string]string{"wandb": "/*/*.wandb", "tensorboard": "/train/*"} {
		dir := copied(t, of)
		all, _ := filepath.Glob(dir + pattern)
		b, err := os.ReadFile(all[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, cut := range []int{len(b) - 1, len(b) * 2 / 3, len(b) / 2} {
			if err := os.WriteFile(all[0], b[:cut], 0o644); err != nil {
				t.Fatal(err)
			}
			c, err := collect(t, dir, "")
			if err != nil || len(c.faults) > 0 || len(c.points) == 0 {
				t.Errorf("%s cut at %d: %v, %v, %d series", of, cut, err, c.faults, len(c.points))
			}
		}
	}
}

func FuzzWandbRecords(f *testing.F) {
	all, _ := filepath.Glob("testdata/wandb/*/*.wandb")
	b, err := os.ReadFile(all[0])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b[:600])
	if err := wandbRecords(bytes.NewReader(b), "x", func(record []byte) error { f.Add(bytes.Clone(record[:min(len(record), 600)])); return nil }); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		w := newWandbRun()
		_ = wandbRecords(bytes.NewReader(b), "x", w.take)
		_ = w.take(b) // as a record, behind the checksums
		_, _ = w.params("x")
		w.summaryTags()
	})
}

func FuzzEvents(f *testing.F) {
	all, _ := filepath.Glob("testdata/tensorboard/train/*")
	b, err := os.ReadFile(all[0])
	if err != nil {
		f.Fatal(err)
	}
	_ = tfRecords(bytes.NewReader(b), "x", int64(len(b)), func(_ int64, record []byte) error { f.Add(bytes.Clone(record)); return nil })
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = tfRecords(bytes.NewReader(b), "x", int64(len(b)), func(int64, []byte) error { return nil })
		run := &tbRun{taken: map[string]int{}, plugins: map[string]string{}}
		if e, err := parseEvent(b); err == nil {
			f := &Folder{}
			run.f = f
			_ = run.look("x", 0, b, e)
		}
	})
}

func FuzzPoint(f *testing.F) {
	f.Add([]byte("1700000001001 nan 0"))
	f.Add([]byte("1 1e-308 -1 run name digest"))
	f.Fuzz(func(t *testing.T, line []byte) {
		m, _, err := parsePoint("k", line)
		if err == nil && m.Time%1e6 != 0 {
			t.Errorf("%q is at %d", line, m.Time)
		}
	})
}

func FuzzConfined(f *testing.F) {
	f.Add("../../x")
	f.Fuzz(func(t *testing.T, tag string) {
		if !filepath.IsLocal(confined(tag)) {
			t.Errorf("%q became %q", tag, confined(tag))
		}
	})
}

func FuzzTexts(f *testing.F) {
	f.Add([]byte("a: &a [1]\nb: *a\n"), []byte(`{"aim": "run", "run": "a", "params": {"a": 1}}`))
	f.Fuzz(func(t *testing.T, yaml, lines []byte) {
		dir := t.TempDir()
		for name, b := range map[string][]byte{"dvclive/params.yaml": yaml, "dvclive/metrics.json": lines, "dvclive/plots/metrics/a.tsv": yaml, "aim.jsonl": lines,
			"mlruns/1/meta.yaml": append([]byte("artifact_location: x\n"), yaml...)} {
			_ = os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for at, from := range map[string]string{"dvclive": "dvclive", "aim.jsonl": "aim", "mlruns": "mlflow"} {
			_, _ = collect(t, filepath.Join(dir, at), from)
		}
	})
}
