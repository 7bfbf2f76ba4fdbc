package gomlx

import (
	"math"
	"time"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train"

	"github.com/gemba-ml/gemba/tracker/track"
)

// last is the priority of our hooks: behind those of the user, who may save a checkpoint or change the learning rate in one.
const last train.Priority = math.MaxInt

// hookName is what GoMLX calls our hooks in its messages.
const hookName = "gemba"

// Attach has a run log what a loop does, whenever it runs. The step of a metric is the loop's, which counts from 0 and goes on
// where a checkpoint left off.
func Attach(loop *train.Loop, run *track.Run) {
	w := &watch{run: run, epoch: -1}
	for _, m := range loop.Trainer.TrainMetrics() {
		w.names = append(w.names, m.Name())
	}
	loop.OnStart(hookName, last, func(loop *train.Loop, _ train.Dataset) error {
		safely(func() { w.start(loop) })
		return nil
	})
	loop.OnStep(hookName, last, func(loop *train.Loop, metrics []*tensors.Tensor) error {
		safely(func() { w.step(loop, metrics) })
		return nil
	})
	loop.OnEnd(hookName, last, func(loop *train.Loop, _ []*tensors.Tensor) error {
		safely(func() { w.end(loop) })
		return nil
	})
}

// safely keeps a panic, which is how GoMLX tells many errors, away from the user's training.
func safely(log func()) {
	defer func() { _ = recover() }()
	log()
}

// watch is a loop that is logged.
type watch struct {
	run   *track.Run
	names []string // of the metrics of a step
	epoch int
	built bool      // the model is known
	next  time.Time // when to look at what costs more than a metric
	rate  float64   // of learning, as it was logged last
	checkpoints
}

// lookEvery is how often what costs more than a metric is looked at: the learning rate, which may have to come from a device, and
// the folder of the checkpoints.
const lookEvery = 200 * time.Millisecond

func (w *watch) start(loop *train.Loop) {
	w.built, w.next = false, time.Time{}
	w.checkpoints.find(loop.Trainer.Store())
}

// step logs the metrics of a step.
func (w *watch) step(loop *train.Loop, metrics []*tensors.Tensor) {
	for i, m := range metrics {
		if i < len(w.names) && m.IsScalar() {
			w.run.Metric(w.names[i], shapes.ConvertTo[float64](m.Value()), loop.LoopStep)
		}
	}
	if loop.Epoch != w.epoch {
		w.epoch = loop.Epoch
		w.run.Metric("epoch", float64(w.epoch), loop.LoopStep)
	}
	if now := time.Now(); now.After(w.next) {
		w.look(loop, loop.LoopStep)
		w.next = now.Add(max(lookEvery, 100*time.Since(now))) // an expensive look is a rare one
	}
}

// look logs what changes seldom.
func (w *watch) look(loop *train.Loop, step int) {
	if !w.built { // only now: the first step builds the model
		w.built = true
		describe(w.run, loop.Trainer)
	}
	if rate, ok := learningRate(loop.Trainer.Store()); ok && rate != w.rate {
		w.rate = rate
		w.run.Metric("learning_rate", rate, step)
	}
	w.checkpoints.keepNew(w.run)
}

// end looks once more, and tells how long a step took.
func (w *watch) end(loop *train.Loop) {
	step := max(0, loop.LoopStep-1) // LoopStep is one past the last one
	w.look(loop, step)
	w.run.Metric("step_seconds", loop.MedianTrainStepDuration().Seconds(), step)
}
