package lab

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// write puts a notebook of code cells into the server's folder, and returns its name.
func (l *lab) write(t *testing.T, name string, cells ...string) string {
	t.Helper()
	list := []any{}
	for i, source := range cells {
		list = append(list, map[string]any{
			"cell_type": "code", "id": fmt.Sprintf("cell-%d", i+1), "source": source,
			"metadata": map[string]any{}, "outputs": []any{}, "execution_count": nil,
		})
	}
	return l.save(t, name, map[string]any{"cells": list, "nbformat": 4, "nbformat_minor": 5})
}

// save saves a notebook for gemba's kernel.
func (l *lab) save(t *testing.T, name string, notebook map[string]any) string {
	t.Helper()
	notebook["metadata"] = map[string]any{"kernelspec": map[string]any{"name": "gemba", "display_name": "Go (gemba)", "language": "go"}}
	data, err := json.Marshal(notebook)
	if err != nil {
		t.Fatal(err)
	}
	name += ".ipynb"
	if err := os.WriteFile(filepath.Join(l.root, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// allow makes the file that a cell waits for.
func (l *lab) allow(t *testing.T, name string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(l.root, name), nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// forbid takes back what allow allowed.
func (l *lab) forbid(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(l.root, name)); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}

// waitFor is Go that waits until a test allows it to go on.
func waitFor(name string) string {
	return fmt.Sprintf("for { if _, err := os.Stat(%q); err == nil { break }; time.Sleep(10 * time.Millisecond) }\n", name)
}
