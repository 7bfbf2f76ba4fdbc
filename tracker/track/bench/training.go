//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/dataset"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"github.com/gemba-ml/gemba/tracker/track"
	"github.com/gemba-ml/gemba/tracker/track/gomlx"
)

// Loops with and without the hook take turns in short blocks, whose figure is the median of their steps. Where other programs run, two
// blocks differ by more than the hook: so what counts is the mean of the time that is spent in it, by the clock.
const (
	pairs      = 40
	blockSteps = 250
)

// training measures how much longer a step of a small network on the processor is with the hook.
func (b *bench) training(ctx context.Context) error {
	if err := os.Setenv("GEMBA_LEDGER", filepath.Join(b.scratch, "training")); err != nil {
		return err
	}
	plain, err := newLoop()
	if err != nil {
		return err
	}
	hooked, err := newLoop()
	if err != nil {
		return err
	}
	hooked.watch(func() { gomlx.Attach(hooked.loop, track.Here()) })
	var with, without []float64
	for i := range pairs {
		first, second := plain, hooked
		if i%2 == 1 {
			first, second = hooked, plain
		}
		for _, l := range []*looped{first, second} {
			if err := l.block(ctx); err != nil {
				return err
			}
		}
		if i == 0 { // the first block compiles
			hooked.inHook, hooked.steps = 0, 0
			continue
		}
		with, without = append(with, hooked.step), append(without, plain.step)
	}
	inHook := float64(hooked.inHook) / float64(hooked.steps)
	share := 100 * inHook / median(without)
	line(fmt.Sprintf("a step of a GoMLX training loop, of which the hook is %.2f µs: %.2f %%", inHook/1e3, share), us(median(with)), "without", us(median(without)), "", "≤ 1 % more", share <= 1)
	return nil
}

// looped is a loop and what the median step of its last block took, in nanoseconds.
type looped struct {
	loop *train.Loop
	ds   train.Dataset
	step float64

	inHook time.Duration // in all
	steps  int
}

// watch takes the time that the hooks need which attach adds, by hooks before and behind them.
func (l *looped) watch(attach func()) {
	var entered time.Time
	l.loop.OnStep("before", math.MaxInt, func(*train.Loop, []*tensors.Tensor) error {
		entered = time.Now()
		return nil
	})
	attach()
	l.loop.OnStep("behind", math.MaxInt, func(*train.Loop, []*tensors.Tensor) error {
		l.inHook += time.Since(entered)
		l.steps++
		return nil
	})
}

func (l *looped) block(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := l.loop.RunSteps(l.ds, blockSteps)
	l.step = float64(l.loop.MedianTrainStepDuration() / time.Nanosecond)
	return err
}

// newLoop makes a network of two layers for batches of 64 examples with 32 features.
func newLoop() (*looped, error) {
	backend, err := compute.NewWithConfig("go")
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(1, 2))
	inputs, labels := make([][]float32, 1024), make([][]float32, 1024)
	for i := range inputs {
		inputs[i], labels[i] = make([]float32, 32), make([]float32, 1)
		for j := range inputs[i] {
			inputs[i][j] = random.Float32()
			labels[i][0] += inputs[i][j] / 32
		}
	}
	ds, err := dataset.InMemoryFromData(backend, "bench", []any{inputs}, []any{labels})
	if err != nil {
		return nil, err
	}
	net := func(scope *model.Scope, x *graph.Node) *graph.Node {
		return layers.Dense(scope.In("out"), activation.Relu(layers.Dense(scope.In("hidden"), x, true, 64)), true, 1)
	}
	trainer := train.NewTrainer(backend, model.NewStore(), net, loss.MeanSquaredError, optimizer.Adam().Done(), nil, nil)
	return &looped{loop: train.NewLoop(trainer), ds: ds.BatchSize(64, true).Infinite(true)}, nil
}
