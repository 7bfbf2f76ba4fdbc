//go:build unix

package main

import (
	"context"
	"slices"
)

// A row holds what was measured: for each kernel the values and the bytes lost.
type row struct {
	measurement
	values [][]float64
	lost   []int
}

// measure runs one measurement on all kernels in turns, so that what else the machine does falls on
// each of them alike.
func (b *bench) measure(ctx context.Context, m measurement) (row, error) {
	r := row{measurement: m, values: make([][]float64, len(b.specs)), lost: make([]int, len(b.specs))}
	if err := b.warm(ctx, m); err != nil {
		return r, err
	}
	rounds := max(2, int(m.share*float64(b.rounds)))
	for round := range rounds {
		for i := range b.specs {
			i = (i + round) % len(b.specs)
			value, lost, err := b.take(ctx, m, i)
			if err != nil {
				return r, err
			}
			r.values[i] = append(r.values[i], value)
			r.lost[i] = max(r.lost[i], lost)
		}
	}
	for i := range r.values {
		slices.Sort(r.values[i])
	}
	return r, nil
}

func (b *bench) take(ctx context.Context, m measurement, i int) (float64, int, error) {
	if m.fresh != nil {
		value, err := m.fresh(ctx, b, b.specs[i])
		return value, 0, err
	}
	return m.once(ctx, b, b.kernels[i])
}

// warm starts the kernels if they are needed for the first time, and runs the cells of setup.
func (b *bench) warm(ctx context.Context, m measurement) error {
	if m.fresh != nil {
		return nil
	}
	for i := len(b.kernels); i < len(b.specs); i++ {
		k, err := startKernel(ctx, b.specs[i], b.scratch)
		if err != nil {
			return err
		}
		b.kernels = append(b.kernels, k)
	}
	for _, k := range b.kernels {
		for _, c := range m.setup {
			if _, _, err := k.execute(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}
