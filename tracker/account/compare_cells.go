package account

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// ChangedCell is a cell that differs: one of the two ids is missing when only the other side has it.
type ChangedCell struct {
	Cell   string     `json:"cell"` // what the notebook calls it, or its place
	A      tracker.ID `json:"a,omitzero"`
	B      tracker.ID `json:"b,omitzero"`
	Source string     `json:"source_diff,omitempty"` // unified
	Status *Changed   `json:"status,omitempty"`
	Output bool       `json:"output_differs,omitempty"`
}

// cellKeys returns the cells of a side by what the notebook calls them, each as it was executed last. Cells without a name
// are called by their place.
func (s side) cellKeys() (keys []string, cells map[string]CellRow) {
	cells = map[string]CellRow{}
	for i, c := range s.Cells {
		key := c.CellID
		if key == "" {
			key = fmt.Sprintf("number %d", i+1)
		}
		if s.Kind == "cell" {
			key = "cell"
		}
		if _, known := cells[key]; !known {
			keys = append(keys, key)
		}
		cells[key] = c
	}
	return keys, cells
}

// cellChanges compares cells: their sources and, where results are asked for, how they ended and what they printed.
func (r Reader) cellChanges(ctx context.Context, sides [2]side, results bool) (all []ChangedCell, err error) {
	differ := r.outputsDiffer(ctx)
	keys, a := sides[0].cellKeys()
	more, b := sides[1].cellKeys()
	for _, key := range more {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		was, inA := a[key]
		is, inB := b[key]
		c := ChangedCell{Cell: key, A: was.ID, B: is.ID}
		if was.Source != is.Source || inA != inB {
			c.Source = r.sourceDiff(was.Cell, is.Cell)
		}
		if results && inA && inB {
			if was.Status != is.Status {
				before, now := string(was.Status), string(is.Status)
				c.Status = &Changed{"status", &before, &now}
			}
			if c.Output, err = differ(was.Cell, is.Cell); err != nil {
				return nil, err
			}
		}
		if c.Source != "" || c.Status != nil || c.Output || inA != inB {
			all = append(all, c)
		}
	}
	return all, nil
}

// sourceDiff tells line by line what differs, in unified form.
func (r Reader) sourceDiff(was, is index.Cell) string {
	a, inA := r.SourceText(was)
	b, inB := r.SourceText(is)
	if !inA || !inB {
		return "(a source is not kept)\n"
	}
	_, text, _ := strings.Cut(string(diff.Diff("a", lineEnded(a), "b", lineEnded(b))), "+++ b\n")
	return text
}
