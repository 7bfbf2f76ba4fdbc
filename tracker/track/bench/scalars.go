//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	pymodule "github.com/gemba-ml/gemba/tracker/track/python"
)

// peers log the same, in so many steps.
var peers = []struct {
	name  string
	steps int
}{{"gemba from Python", 1_000_000}, {"W&B offline", 20_000}, {"Aim", 2_000}, {"MLflow on SQLite", 300}}

// scalars measures a loop that logs five scalars a step, and how long gemba then needs to show them.
func (b *bench) scalars(ctx context.Context) error {
	n := b.scaled(1_000_000)
	var own []timing
	var shown []float64
	for range b.rounds {
		ledger, err := os.MkdirTemp(b.scratch, "ledger-*")
		if err != nil {
			return err
		}
		t, err := b.job(ctx, ledger, "scalars", n)
		if err != nil {
			return err
		}
		if err := t.sync(ledger); err != nil {
			return err
		}
		took, err := b.absorb(ctx, ledger, 5*n)
		if err != nil {
			return err
		}
		own, shown = append(own, t), append(shown, took)
		_ = os.RemoveAll(ledger) // the rest is removed at the end
	}
	p50, p99, total := column(own, func(t timing) int64 { return t.P50 }), column(own, func(t timing) int64 { return t.P99 }), column(own, func(t timing) int64 { return t.Total })
	what := fmt.Sprintf("five scalars a step, %s steps: ", thousands(n))
	line(what+"p50 of a step", us(p50), "", "", "", "≤ 2 µs", p50 <= 2000)
	line(what+"p99 of a step", us(p99), "", "", "", "≤ 50 µs", p99 <= 50_000)
	line(what+"in all, synced to the disk", s(total), "", "", "", "≤ 3 s", total <= 3e9*b.scale)
	slices.Sort(shown)
	line("the first gemba log after that: all is in the ledger, synced and indexed", s(1e9*shown[len(shown)/2]), "", "", "", "", true)
	return b.besidePeers(ctx, n, p50, total)
}

// besidePeers measures the peers, and package track's Python module as one of them. Their figure for all steps is computed.
func (b *bench) besidePeers(ctx context.Context, n int, p50, total float64) error {
	python, err := b.python(ctx)
	if err != nil {
		return err
	}
	script := filepath.Join(b.scratch, "peers.py")
	if err := os.WriteFile(script, peersScript, 0o644); err != nil {
		return err
	}
	module := filepath.Join(b.scratch, "module")
	if err := os.CopyFS(module, pymodule.Source()); err != nil {
		return err
	}
	for _, p := range peers {
		dir, err := os.MkdirTemp(b.scratch, "peer-*")
		if err != nil {
			return err
		}
		c := exec.CommandContext(ctx, python, script, p.name, dir, strconv.Itoa(b.scaled(p.steps)))
		c.Env = append(os.Environ(), "WANDB_SILENT=true", "HOME="+dir, "PYTHONPATH="+module, "GEMBA_TRACK=")
		t, err := timed(c)
		if err != nil {
			return err
		}
		all := float64(t.Total) / float64(t.Steps) * float64(n)
		line("p50 of a step", us(p50), fmt.Sprintf("%s, %s steps", p.name, thousands(t.Steps)), us(float64(t.P50)), ratio(float64(t.P50), p50), "", true)
		line("in all", s(total), p.name+", computed from its steps", s(all), ratio(all, total), "", true)
	}
	return nil
}

// job runs this program again to log n steps to a ledger.
func (b *bench) job(ctx context.Context, ledger, name string, n int) (timing, error) {
	self, err := os.Executable()
	if err != nil {
		return timing{}, err
	}
	c := exec.CommandContext(ctx, self)
	c.Env = append(os.Environ(), jobVariable+"="+name, stepsVariable+"="+strconv.Itoa(n), "GEMBA_LEDGER="+ledger, "GEMBA_TRACK=")
	if name != "scalars" {
		out, err := c.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("run %s: %w\n%s", name, err, out)
		}
		return timing{}, err
	}
	return timed(c)
}

// sync has the system write the logs of a ledger to the disk, and adds the time that takes. Package track leaves that to gemba: what a
// program logs outlives it at once, and a power cut when gemba has taken it in.
func (t *timing) sync(ledger string) error {
	logs, _ := filepath.Glob(filepath.Join(ledger, "track", "*.track")) // the pattern is right
	if len(logs) != 1 {
		return fmt.Errorf("the program left %d logs", len(logs))
	}
	f, err := os.OpenFile(logs[0], os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	start := time.Now()
	err = f.Sync()
	t.Total += int64(time.Since(start))
	return err
}

// timed runs a program whose last line is a timing.
func timed(c *exec.Cmd) (t timing, err error) {
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		return t, fmt.Errorf("run %s: %w\n%s%s", c, err, out, said.String())
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &t); err != nil {
		return t, fmt.Errorf("read what %s says: %w", c, err)
	}
	return t, nil
}

// absorb has gemba take what was logged into the ledger, checks that it is all there, and tells how many seconds that took.
func (b *bench) absorb(ctx context.Context, ledger string, points int) (float64, error) {
	gemba := func(args ...string) (string, error) {
		c := exec.CommandContext(ctx, b.gemba, args...)
		c.Env = append(os.Environ(), "GEMBA_LEDGER="+ledger, "GEMBA_CONFIG="+filepath.Join(b.scratch, "config"))
		out, err := c.Output()
		if err != nil {
			err = fmt.Errorf("run %s: %w", c, err)
		}
		return string(out), err
	}
	start := time.Now()
	if _, err := gemba("log"); err != nil {
		return 0, err
	}
	took := time.Since(start).Seconds()
	out, err := gemba("sql", "--json", "SELECT sum(points) AS points FROM metrics WHERE key NOT LIKE 'system/%'")
	if err != nil {
		return 0, err
	}
	var rows []struct{ Points int }
	if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != 1 || rows[0].Points != points {
		return 0, fmt.Errorf("the ledger should have %d points, and gemba sql says %s (%v)", points, out, err)
	}
	return took, nil
}

// programs measures 64 programs that log at once.
func (b *bench) programs(ctx context.Context) error {
	const many = 64
	n := b.scaled(10_000)
	ledger := filepath.Join(b.scratch, "programs")
	failed := make([]error, many)
	var group sync.WaitGroup
	start := time.Now()
	for i := range many {
		group.Go(func() { _, failed[i] = b.job(ctx, ledger, "events", n) })
	}
	group.Wait()
	took := time.Since(start)
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	shown, err := b.absorb(ctx, ledger, many*n)
	if err != nil {
		return err
	}
	line(fmt.Sprintf("%d programs × %s points at once, none lost", many, thousands(n)), fmt.Sprintf("%s, then %s to take them in", s(float64(took)), s(1e9*shown)), "", "", "", "none lost", true)
	return nil
}
