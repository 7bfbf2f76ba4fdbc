//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// opens measures what it costs a cell that the files it opens are observed.
func opens() []measurement {
	return []measurement{
		{name: "a cell that opens 10,000 files, observed", unit: "ms", setup: openMany("wall_ns")},
		{name: "processor time of a cell that opens 10,000 files, observed", unit: "ms", setup: openMany("user_cpu_ns + system_cpu_ns")},
	}
}

// openingCell opens and reads files of 2 kB in a folder.
const openingCell = `import ("fmt"; "os")
%%%%
for i := range %d {
	if _, err := os.ReadFile(fmt.Sprintf("data/file-%%05d.csv", i)); err != nil {
		panic(err)
	}
}`

// times is how often the cell runs in a notebook; the first time it is built.
const times = 8

// openMany compares what the ledger has of such cells: a time of theirs, in nanoseconds.
func openMany(column string) func(context.Context, *bench, string) ([]contender, error) {
	return func(_ context.Context, b *bench, dir string) ([]contender, error) {
		notebook, err := b.openingNotebook(dir)
		if err != nil {
			return nil, err
		}
		return []contender{
			{name: "gemba", round: b.cells(notebook, "on", column)},
			{name: "not observed", round: b.cells(notebook, "off", column), reach: within(1.05)},
		}, nil
	}
}

func (b *bench) openingNotebook(dir string) (string, error) {
	n := b.scaled(10_000)
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o755); err != nil {
		return "", err
	}
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, "data", fmt.Sprintf("file-%05d.csv", i)), make([]byte, 2000), 0o644); err != nil {
			return "", err
		}
	}
	var cells []map[string]any
	for i := range times {
		cells = append(cells, map[string]any{"cell_type": "code", "id": fmt.Sprint("cell", i), "metadata": map[string]any{},
			"outputs": []any{}, "execution_count": nil, "source": fmt.Sprintf(openingCell, n)})
	}
	text, err := json.Marshal(map[string]any{"cells": cells, "metadata": map[string]any{}, "nbformat": 4, "nbformat_minor": 5})
	if err != nil {
		return "", err
	}
	notebook := filepath.Join(dir, "opens.ipynb")
	if err := os.WriteFile(notebook, text, 0o644); err != nil {
		return "", err
	}
	return notebook, nil
}

// cells is a round that runs a notebook and returns the median of a time of its cells but the first, in milliseconds.
func (b *bench) cells(notebook, observe, column string) func(context.Context) (float64, error) {
	dir := filepath.Dir(notebook)
	env := []string{"GEMBA_OBSERVE=" + observe, "GEMBA_LEDGER=" + filepath.Join(dir, "ledger"), "GEMBA_CONFIG=" + filepath.Join(dir, "config")}
	return func(ctx context.Context) (float64, error) {
		if err := removeAll(filepath.Join(dir, "ledger")); err != nil {
			return 0, err
		}
		run := command{dir, env, []string{b.gemba, "run", notebook, "-o", filepath.Join(dir, "out.ipynb")}}
		if _, err := run.run(ctx); err != nil {
			return 0, err
		}
		ask := exec.CommandContext(ctx, b.gemba, "sql", "--json", "SELECT "+column+" AS took FROM cells WHERE reused ORDER BY took")
		ask.Dir, ask.Env = dir, append(os.Environ(), env...)
		out, err := ask.Output()
		if err != nil {
			return 0, fmt.Errorf("ask for times: %w", err)
		}
		var rows []struct {
			Took float64 `json:"took"`
		}
		if err := json.Unmarshal(out, &rows); err != nil {
			return 0, fmt.Errorf("read times: %w", err)
		}
		if len(rows) == 0 {
			return 0, errors.New("read times: no cell was run again")
		}
		return rows[len(rows)/2].Took / 1e6, nil
	}
}
