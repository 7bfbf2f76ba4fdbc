//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gemba-ml/gemba/lineage/gitstate"
)

// codeStates measures what a code state costs beside `git status`, and what a cell beside it notices.
func codeStates() []measurement {
	var all []measurement
	for _, files := range []int{50_000, 100_000} {
		name := fmt.Sprintf("code state of %d,000 files", files/1000)
		again, first := gitstate.Options{}, gitstate.Options{Parallel: true}
		all = append(all,
			measurement{name: name + ", the first", setup: codeState(files, first, false)},
			measurement{name: name + ", again, on one core", setup: codeState(files, again, true)},
			measurement{name: name + ", again, on all cores", setup: codeState(files, first, true)})
		all = append(all, besideCells(files)...)
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
