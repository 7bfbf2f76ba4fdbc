//go:build unix

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
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

// Loops with and without the hook take turns in short blocks, since what else the machine does takes longer than a block: what
// counts is the median of what the pairs of blocks differ by, and a block's figure is the median of its steps.
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
	gomlx.Attach(hooked.loop, track.Here())
	var with, without, more []float64
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
		if i > 0 { // the first block compiles
			with, without = append(with, hooked.step), append(without, plain.step)
			more = append(more, hooked.step/plain.step)
		}
	}
	grew := 100 * (median(more) - 1)
	line(fmt.Sprintf("a step of a GoMLX training loop with the hook: %+.2f %%", grew), us(median(with)), "without", us(median(without)), "", "≤ 1 % more", grew <= 1)
	return nil
}

// looped is a loop and what the median step of its last block took, in nanoseconds.
type looped struct {
	loop *train.Loop
	ds   train.Dataset
	step float64
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
