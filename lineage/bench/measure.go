//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// A measurement is a line of the table: what contenders do, gemba first. Setup makes its inputs in dir, an
// empty folder; that is not measured.
type measurement struct {
	name  string
	unit  string // of what rounds return: "s" when empty
	setup func(ctx context.Context, b *bench, dir string) ([]contender, error)
}

// A contender does the work once a round and returns its figure: usually how long it took, in seconds.
type contender struct {
	name  string
	round func(context.Context) (float64, error)
	reach goal // of gemba beside this one; of gemba alone when it is gemba's own
}

// A row is a measurement and what came of it.
type row struct {
	measurement
	contenders []contender
	values     [][]float64 // sorted, for each contender
}

// measure lets the contenders take turns, after one round that is not counted.
func (b *bench) measure(ctx context.Context, m measurement) (row, error) {
	dir, err := os.MkdirTemp(b.scratch, "*")
	if err != nil {
		return row{}, err
	}
	r := row{measurement: m}
	if r.contenders, err = m.setup(ctx, b, dir); err != nil {
		return r, fmt.Errorf("set up: %w", err)
	}
	r.values = make([][]float64, len(r.contenders))
	for round := range b.rounds + 1 {
		for i, c := range r.contenders {
			v, err := c.round(ctx)
			if err != nil {
				return r, fmt.Errorf("%s: %w", c.name, err)
			}
			if round > 0 {
				r.values[i] = append(r.values[i], v)
			}
		}
	}
	for _, v := range r.values {
		slices.Sort(v)
	}
	return r, removeAll(dir)
}

// A command is a program to run: where, with what more in its environment.
type command struct {
	dir string
	env []string
	arg []string
}

// run runs it and returns how long that took, in seconds. What it says is shown only if it fails.
func (c command) run(ctx context.Context) (float64, error) {
	cmd := exec.CommandContext(ctx, c.arg[0], c.arg[1:]...)
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start).Seconds()
	if err != nil {
		return took, fmt.Errorf("run %s: %w\n%s", cmd, err, out)
	}
	return took, nil
}

// after is a round that runs the command, before which something is done that does not count.
func (c command) after(prepare func(context.Context) error) func(context.Context) (float64, error) {
	return func(ctx context.Context) (float64, error) {
		if err := prepare(ctx); err != nil {
			return 0, err
		}
		return c.run(ctx)
	}
}

// removeAll removes a folder with all in it, read-only folders too.
func removeAll(dir string) error {
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(path, 0o755)
		}
		return nil
	})
	return os.RemoveAll(dir)
}
