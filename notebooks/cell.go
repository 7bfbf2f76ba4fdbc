package notebooks

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Type is the type of a cell.
type Type string

// The types of cells of nbformat 4.
const (
	Code     Type = "code"
	Markdown Type = "markdown"
	Raw      Type = "raw"
)

// cellDepth is how deep a cell lies in the file: in the list that lies in the notebook.
const cellDepth = 2

// Cell is a cell of a notebook. Its fields are for reading; SetResult changes what a run changes.
type Cell struct {
	Type   Type
	ID     string // empty before nbformat 4.5
	Source string
	Tags   []string

	style style
	raw   []byte
}

// text is a multi-line string of nbformat: a string, or a list of its lines.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var whole string
	if json.Unmarshal(b, &whole) == nil {
		*t = text(whole)
		return nil
	}
	var lines []string
	if json.Unmarshal(b, &lines) != nil {
		return errors.New("want a string or a list of strings")
	}
	*t = text(strings.Join(lines, ""))
	return nil
}

func parseCell(b []byte, s style) (*Cell, error) {
	all, err := members(b)
	if err != nil {
		return nil, err
	}
	c := &Cell{style: s, raw: b}
	var source text
	var metadata json.RawMessage
	for _, f := range []struct {
		name string
		into any
	}{{"cell_type", &c.Type}, {"id", &c.ID}, {"source", &source}, {"metadata", &metadata}} {
		if err := field(b, all, f.name, f.into); err != nil {
			return nil, err
		}
	}
	if !slices.Contains([]Type{Code, Markdown, Raw}, c.Type) {
		return nil, fmt.Errorf("cell_type is %q, want code, markdown or raw", c.Type)
	}
	c.Source = string(source)
	if len(metadata) == 0 {
		return c, nil
	}
	if err := lookup(metadata, "tags", &c.Tags); err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	return c, nil
}

// Tagged reports whether the cell has that tag.
func (c *Cell) Tagged(tag string) bool { return slices.Contains(c.Tags, tag) }

// SetResult replaces the cell's execution count (0 writes null) and its outputs, each as Outputs gives it.
func (c *Cell) SetResult(count int, outputs []map[string]any) error {
	var number any
	if count > 0 {
		number = count
	}
	return errors.Join(c.set("execution_count", number), c.setOutputs(outputs))
}

func (c *Cell) setOutputs(outputs []map[string]any) error { return c.set("outputs", outputs) }

func (c *Cell) set(name string, value any) error {
	b, err := replace(c.raw, name, c.style.layOut(value, cellDepth+1), c.style, cellDepth+1)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	c.raw = b
	return nil
}

// splitLines cuts s as nbformat writes multi-line strings: lines with their ends, none for the empty
// string. Python's splitlines breaks at more than "\n"; so does this.
func splitLines(s string) []any {
	lines := []any{}
	start := 0
	for i, r := range s {
		end := i + len(string(r))
		switch {
		case i < start || !strings.ContainsRune("\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029", r):
			continue
		case r == '\r' && strings.HasPrefix(s[end:], "\n"):
			end++
		}
		lines = append(lines, s[start:end])
		start = end
	}
	if start < len(s) {
		lines = append(lines, s[start:])
	}
	return lines
}
