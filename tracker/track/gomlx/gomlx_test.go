package gomlx

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes/bfloat16"
	_ "github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/dataset"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/checkpoint"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/metric"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/absorb"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/track"
)

// The tests log to one ledger, which package track finds once.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gomlx-*")
	if err != nil {
		panic(err)
	}
	place, _ := json.Marshal(track.Place{Folder: filepath.Join(dir, "track"), Session: tracker.NewID().String()})
	_ = os.Setenv("GEMBA_LEDGER", dir)
	_ = os.Setenv(track.Variable, string(place))
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// events is a recorder that keeps what it is told.
type events struct{ list []tracker.Event }

func (e *events) Record(event tracker.Event)  { e.list = append(e.list, event) }
func (e *events) Flush(context.Context) error { return nil }

// logged is what is in the ledger of a run.
type logged struct {
	params    map[string]string
	series    map[string][]tracker.Metric
	artifacts []tracker.ArtifactLogged
}

// read takes what this program has logged into a ledger.
func read(t *testing.T, run *track.Run) logged {
	t.Helper()
	dir := os.Getenv("GEMBA_LEDGER")
	packs := t.TempDir()
	bulk := blob.NewBulk(packs, blob.OpenStore(packs))
	defer bulk.Close()
	r := &events{}
	f := absorb.New(absorb.Options{Folder: filepath.Join(dir, "track"), Recorder: r, Store: bulk, Live: true})
	defer f.Close()
	if _, err := f.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := logged{params: map[string]string{}, series: map[string][]tracker.Metric{}}
	for _, e := range r.list {
		switch e := e.(type) {
		case tracker.RunLogged:
			if e.Run.String() != run.ID() {
				continue
			}
			for _, p := range e.Params {
				l.params[p.Key] = p.Value
			}
			for _, m := range e.Metrics {
				l.series[m.Key] = append(l.series[m.Key], m)
			}
		case tracker.ArtifactLogged:
			if e.Run.String() == run.ID() {
				l.artifacts = append(l.artifacts, e)
			}
		}
	}
	return l
}

// line is a model that learns y = 2 x₁ - x₂ from four points.
func line(t testing.TB, store *model.Store) (*train.Loop, train.Dataset) {
	t.Helper()
	backend, err := compute.NewWithConfig("go")
	if err != nil {
		t.Fatal(err)
	}
	ds, err := dataset.InMemoryFromData(backend, "points",
		[]any{[][]float32{{0, 0}, {0, 1}, {1, 0}, {1, 1}}}, []any{[][]float32{{0}, {-1}, {2}, {1}}})
	if err != nil {
		t.Fatal(err)
	}
	store.SetParam(model.ParamInitialSeed, int64(42))
	net := func(scope *model.Scope, x *graph.Node) *graph.Node { return layers.Dense(scope, x, true, 1) }
	accuracy := metric.NewMeanMetric("Mean Error", "#err", "error", func(_ *model.Scope, labels, predictions []*graph.Node) *graph.Node {
		return graph.ReduceAllMean(graph.Abs(graph.Sub(labels[0], predictions[0])))
	}, nil)
	trainer := train.NewTrainer(backend, store, net, loss.MeanSquaredError, optimizer.Adam().LearningRate(0.25).Done(),
		[]metric.Interface{accuracy}, nil)
	return train.NewLoop(trainer), ds.BatchSize(4, true).Infinite(true)
}

func TestAttach(t *testing.T) {
	store := model.NewStore()
	store.SetParam("hidden_layers", 0)
	saved, err := checkpoint.Build(store).Dir(filepath.Join(t.TempDir(), "model")).Keep(1).Done()
	if err != nil {
		t.Fatal(err)
	}
	loop, ds := line(t, store)
	loop.OnEnd("save", 0, func(*train.Loop, []*tensors.Tensor) error { return saved.Save() })
	run := track.Start("line")
	Attach(loop, run)
	var losses []float64 // as the loop tells them
	loop.OnStep("compare", 0, func(_ *train.Loop, m []*tensors.Tensor) error {
		losses = append(losses, float64(tensors.ToScalar[float32](m[0])))
		return nil
	})
	for range 2 { // it goes on where it was
		if _, err := loop.RunSteps(ds, 25); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, run)
	want := map[string]string{"optimizer": "adam", "learning_rate": "0.25", "hidden_layers": "0", model.ParamInitialSeed: "42",
		"model_parameters": "3", "model_bytes": "12", "backend": "SimpleGo (go)", "accumulated_steps": "1"}
	delete(want, "backend")
	if got.params["backend"] == "" {
		t.Error("the backend is not told")
	}
	delete(got.params, "backend")
	if diff := cmp.Diff(want, got.params); diff != "" {
		t.Errorf("params (-want +got):\n%s", diff)
	}
	for _, name := range []string{"Loss", "Moving Average Loss", "Mean Error"} {
		series := got.series[name]
		if len(series) != 50 || series[0].Step != 0 || series[49].Step != 49 {
			t.Errorf("%s has %d points", name, len(series))
		}
	}
	for i, m := range got.series["Loss"] {
		if math.Float64bits(m.Value) != math.Float64bits(losses[i]) {
			t.Fatalf("the loss of step %d is %v, not %v", i, m.Value, losses[i])
		}
	}
	if rates := got.series["learning_rate"]; len(rates) != 1 || rates[0].Value != 0.25 {
		t.Errorf("learning rate %v", rates)
	}
	if len(got.series["step_seconds"]) != 2 || len(got.series["epoch"]) != 1 {
		t.Errorf("step_seconds %v, epoch %v", got.series["step_seconds"], got.series["epoch"])
	}
	var paths []string
	for _, a := range got.artifacts {
		if a.Kind != "model" || a.Bytes == 0 || !strings.HasPrefix(a.Path, "checkpoints/checkpoint-n") {
			t.Errorf("artifact %+v", a)
		}
		paths = append(paths, filepath.Ext(a.Path))
	}
	if diff := cmp.Diff([]string{".json", ".bin", ".json", ".bin"}, paths); diff != "" {
		t.Errorf("checkpoints (-want +got):\n%s", diff)
	}
}

// TestNothingStopsTheTraining: neither a run that is not kept nor a loss that is not a number changes what the loop does.
func TestNothingStopsTheTraining(t *testing.T) {
	loop, ds := line(t, model.NewStore())
	Attach(loop, nil)
	if _, err := loop.RunSteps(ds, 3); err != nil {
		t.Fatal(err)
	}
	run := track.Start("diverges")
	Attach(loop, run)
	loop.OnStep("break", 0, func(_ *train.Loop, m []*tensors.Tensor) error {
		return m[0].MutableFlatData(func(flat any) { flat.([]float32)[0] = float32(math.NaN()) })
	})
	if _, err := loop.RunSteps(ds, 3); err == nil || !strings.Contains(err.Error(), "NaN") {
		t.Fatalf("the loop ended with %v", err)
	}
	got := read(t, run).series["Loss"]
	if len(got) != 1 || !math.IsNaN(got[0].Value) || got[0].Step != 3 {
		t.Errorf("the loss is %v", got)
	}
}

func TestOptimizerNames(t *testing.T) {
	for _, test := range []struct {
		param string
		real  optimizer.Interface
		want  string
	}{
		{"", optimizer.StochasticGradientDescent().Done(), "sgd"},
		{"adamw", optimizer.StochasticGradientDescent().Done(), "sgd"},
		{"", optimizer.Adam().Done(), "adam"},
		{"adamw", optimizer.Adam().Done(), "adamw"},
		{"", nil, ""},
	} {
		store := model.NewStore()
		if test.param != "" {
			store.SetParam(optimizer.ParamOptimizer, test.param)
		}
		net := func(_ *model.Scope, x *graph.Node) *graph.Node { return x }
		if got := optimizerName(train.NewTrainer(nil, store, net, loss.MeanSquaredError, test.real, nil, nil)); got != test.want {
			t.Errorf("%T with %q is called %q, want %q", test.real, test.param, got, test.want)
		}
	}
}

func TestKeepTensors(t *testing.T) {
	for name, tensor := range map[string]*tensors.Tensor{
		"matrix":  tensors.FromValue([][]float32{{1, float32(math.Inf(-1))}, {float32(math.NaN()), float32(math.Copysign(0, -1))}}),
		"scalar":  tensors.FromScalar(int64(math.MinInt64)),
		"bytes":   tensors.FromValue([]uint8{0, 10, 255}),
		"bools":   tensors.FromValue([]bool{true, false}),
		"complex": tensors.FromValue([]complex64{1 + 2i}),
		"half":    tensors.FromValue([]bfloat16.BFloat16{bfloat16.FromFloat32(1.5)}),
		"nothing": tensors.FromFlatDataAndDimensions([]float64{}, 0, 3),
	} {
		if err := Keep(name, tensor); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := Get(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !got.Shape().Equal(tensor.Shape()) || !bytes.Equal(bytesOf(got), bytesOf(tensor)) {
			t.Errorf("%s was %v, is %v", name, tensor, got)
		}
	}
	if err := Keep("none", nil); err == nil {
		t.Error("no tensor is kept")
	}
	if err := track.Keep("a number", 1); err != nil {
		t.Fatal(err)
	}
	if _, err := Get("a number"); err == nil || !strings.Contains(err.Error(), `kept as "gob"`) {
		t.Errorf("a number is got as a tensor with %v", err)
	}
	if n, err := track.Get[int]("a number"); n != 1 || err != nil {
		t.Error(n, err)
	}
	if _, err := track.Get[string]("a number"); err == nil || !strings.Contains(err.Error(), "it was kept as int") {
		t.Errorf("a number is got as a text with %v", err)
	}
}

func bytesOf(t *tensors.Tensor) (all []byte) {
	_ = t.ConstBytes(func(b []byte) { all = bytes.Clone(b) })
	return all
}
