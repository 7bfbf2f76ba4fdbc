package lab

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The kernel that Jupyter brings along, and the same behind gemba.
const (
	alone  = "python3"
	behind = "gemba-python3"
)

// python opens a notebook of Python cells with a kernel.
func (l *lab) python(t *testing.T, kernel, name string, cells ...string) *page {
	t.Helper()
	name = l.write(t, name+"-"+kernel, cells...)
	path := filepath.Join(l.root, name)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var notebook map[string]any
	if err := json.Unmarshal(text, &notebook); err != nil {
		t.Fatal(err)
	}
	notebook["metadata"] = map[string]any{"kernelspec": map[string]any{"name": kernel, "display_name": kernel, "language": "python"}}
	if text, err = json.Marshal(notebook); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return l.open(t, name)
}

// likeAlone lets a person do the same with both kernels, and wants to see the same in the end.
func likeAlone(t *testing.T, name string, cells []string, act func(*page)) {
	l := enter(t)
	shown := map[string][]cell{}
	for _, kernel := range []string{alone, behind} {
		t.Run(kernel, func(t *testing.T) {
			p := l.python(t, kernel, name, cells...)
			act(p)
			p.screenshot(name)
			shown[kernel] = p.steadyCells()
		})
	}
	if diff := cmp.Diff(shown[alone], shown[behind]); diff != "" && !t.Failed() {
		t.Errorf("the page shows (-alone +behind gemba):\n%s", diff)
	}
}

// chance is what differs from run to run.
var chance = regexp.MustCompile(`[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b|0x[0-9a-f]{6,}|ipykernel_\d+|gemba-python3`)

// steadyCells are the cells without what differs from run to run.
func (p *page) steadyCells() (steady []cell) {
	p.Helper()
	text, err := json.Marshal(ask[[]cell](p, "cells"))
	p.check(err)
	known := []string{}
	text = chance.ReplaceAllFunc(text, func(found []byte) []byte {
		if !slices.Contains(known, string(found)) {
			known = append(known, string(found))
		}
		return fmt.Appendf(nil, "CHANCE-%d", slices.Index(known, string(found)))
	})
	p.check(json.Unmarshal(text, &steady))
	return steady
}

// waitInPython is Python that waits until a test allows it to go on.
func waitInPython(name string) string {
	return fmt.Sprintf("import os, time\nwhile not os.path.exists(%q):\n    time.sleep(0.01)\n", name)
}
