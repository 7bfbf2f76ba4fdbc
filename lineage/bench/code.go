//go:build unix

package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/lineage/gitstate"
)

// codeStates measures what a code state costs beside `git status`, and what a cell beside it notices.
func codeStates() []measurement {
	var all []measurement
	for _, files := range []int{50_000, 100_000} {
		name := fmt.Sprintf("code state of %d,000 files", files/1000)
		again, first := gitstate.Options{Quiet: true}, gitstate.Options{Parallel: true}
		all = append(all,
			measurement{name: name + ", the first", setup: codeState(files, first, false)},
			measurement{name: name + ", again, beside a cell", setup: codeState(files, again, true)},
			measurement{name: name + ", again, on all cores", setup: codeState(files, first, true)},
			measurement{name: name + ", p95 of a cell beside it grows by", unit: "ms", setup: besideCell(files)})
	}
	return all
}

// repository makes a repository with n files of about 250 bytes, a hundred in a folder, all committed.
func repository(ctx context.Context, root string, n int) (command, error) {
	for i := range n {
		dir := filepath.Join(root, fmt.Sprintf("group%02d", i/10_000), fmt.Sprintf("package%03d", i/100))
		if i%100 == 0 {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return command{}, err
			}
		}
		text := fmt.Sprintf("package package%d\n\n// File %d is one of many.\n// %0200d\n", i/100, i, i)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("file%03d.go", i%100)), []byte(text), 0o644); err != nil {
			return command{}, err
		}
	}
	git := func(args ...string) command {
		base := []string{"git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0"}
		return command{dir: root, env: []string{"GIT_CONFIG_NOSYSTEM=1"}, arg: append(base, args...)}
	}
	time.Sleep(time.Second) // the index is younger than the files: none is racy
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"commit", "-q", "-m", "all"}, {"status"}} {
		if _, err := git(args...).run(ctx); err != nil {
			return command{}, err
		}
	}
	return git("status"), nil
}

// codeState compares captures with git status: the first of a capturer, or those that follow.
func codeState(files int, o gitstate.Options, warm bool) func(context.Context, *bench, string) ([]contender, error) {
	return func(ctx context.Context, b *bench, dir string) ([]contender, error) {
		status, err := repository(ctx, dir, b.scaled(files))
		c := gitstate.NewCapturer(dir, o)
		capture := func(ctx context.Context) (float64, error) {
			if !warm {
				c.Close()
				c = gitstate.NewCapturer(dir, o)
			}
			start := time.Now()
			state, err := c.Capture(ctx)
			if err == nil && len(state.Changes)+len(state.Missing) > 0 {
				err = fmt.Errorf("a clean work tree is told to have %d changes, and misses %q", len(state.Changes), state.Missing)
			}
			return time.Since(start).Seconds(), err
		}
		return []contender{{name: "gemba", round: capture}, {"git status", status.run, within(1)}}, err
	}
}

// cells is how often the stand-in for a cell runs with a capture beside it, and as often without.
const cells = 40

// besideCell tells by how much the p95 of a short computation grows that runs while code states are captured.
func besideCell(files int) func(context.Context, *bench, string) ([]contender, error) {
	return func(ctx context.Context, b *bench, dir string) ([]contender, error) {
		_, err := repository(ctx, dir, b.scaled(files))
		c := gitstate.NewCapturer(dir, gitstate.Options{Quiet: true})
		grows := func(ctx context.Context) (float64, error) {
			var alone, beside []float64
			for range cells {
				alone = append(alone, cell())
				done := make(chan error, 1)
				go func() {
					_, err := c.Capture(ctx)
					done <- err
				}()
				beside = append(beside, cell())
				if err := <-done; err != nil {
					return 0, err
				}
			}
			return 1e3 * (p95(beside) - p95(alone)), nil
		}
		return []contender{{"gemba", grows, below(5, "ms")}}, err
	}
}

// cell computes for some 50 ms on one core and returns how long it took, in seconds.
func cell() float64 {
	start, b := time.Now(), make([]byte, 1<<20)
	for range 50 {
		sum := sha256.Sum256(b)
		copy(b, sum[:])
	}
	return time.Since(start).Seconds()
}

func p95(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)*95/100]
}
