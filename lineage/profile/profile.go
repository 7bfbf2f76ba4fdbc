// Package profile tells what is in a table without showing it all: of each column the type, nulls, smallest and
// largest value, mean, quantiles, distinct and most frequent values, found in one pass and bounded memory; and it
// checks rules about that. It knows tables, files and documents, not who keeps them.
package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gemba-ml/gemba/lineage/profile/sketch"
	"github.com/gemba-ml/gemba/lineage/profile/table"
)

// Profile is what is told of a table.
type Profile struct {
	Table string `json:"table"` // the file's name
	table.Format
	Rows     int64           `json:"rows"`
	Bad      int64           `json:"bad,omitempty"` // rows that are none, and are left out of all else
	Width    int             `json:"columns"`
	Findings []table.Finding `json:"findings,omitempty"` // the first ones
	Cut      string          `json:"cut,omitempty"`      // why the table's end could not be read
	Columns  []Column        `json:"-"`
}

// Column is what is told of a column. What does not apply to its type is left out.
type Column struct {
	Name          string           `json:"column"`
	Type          string           `json:"type"`            // integer, float, boolean, date, timestamp, text, nested, mixed, empty
	Kinds         map[string]int64 `json:"kinds,omitempty"` // of a mixed column: how many values of each type
	Nulls         int64            `json:"nulls"`
	Distinct      int64            `json:"distinct"`
	DistinctError float64          `json:"distinct_error,omitempty"` // relative standard error, 0 when it is exact
	Min           *Value           `json:"min,omitempty"`
	Max           *Value           `json:"max,omitempty"`
	Mean          *Value           `json:"mean,omitempty"`
	Std           *Value           `json:"std,omitempty"` // of the sample
	NaN           int64            `json:"nan,omitempty"`
	Infinite      int64            `json:"infinite,omitempty"`
	Quantiles     []Quantile       `json:"quantiles,omitempty"`
	QuantileError float64          `json:"quantile_error,omitempty"` // of the rank, as a share of the values; 0 when exact
	Lengths       *Lengths         `json:"lengths,omitempty"`
	Top           []Count          `json:"top,omitempty"`
	TopError      int64            `json:"top_error,omitempty"` // by how much the counts of Top may be too low
}

// Quantile is a value that so many percent of the values are below.
type Quantile struct {
	Percent float64 `json:"percent"`
	Value   Value   `json:"value"`
}

// Lengths are those of texts, in characters.
type Lengths struct {
	Min  int64   `json:"min"`
	Max  int64   `json:"max"`
	Mean float64 `json:"mean"`
}

// Count is a value and how often it is there.
type Count struct {
	Value Value `json:"value"`
	Count int64 `json:"count"`
}

// maxLanes is how many parts of a table may be read at the same time. It is not the number of processors, for
// sketches depend on it and the same table shall have the same profile everywhere.
const maxLanes = 8

// sketchMemory is how many bytes sketches may take, about.
const sketchMemory = 120 << 20

// Of profiles a file. It is nil, without an error, for a file that holds no table.
func Of(ctx context.Context, source table.Source) (*Profile, error) {
	t, err := table.Open(source)
	if errors.Is(err, table.ErrNotTable) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", source.Name, err)
	}
	return OfTable(ctx, source.Name, t)
}

// OfTable profiles a table.
func OfTable(ctx context.Context, name string, t *table.Table) (*Profile, error) {
	size := sketch.SizeFor(len(t.Columns))
	lanes := max(1, min(maxLanes, sketchMemory/(size.Bytes()*max(1, len(t.Columns)))))
	parts := make([]*part, lanes)
	summary, err := t.Cells(ctx, lanes, func(lane int) table.Sink {
		parts[lane] = &part{size: size}
		return parts[lane].add
	})
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	p := &Profile{Table: name, Format: t.Format, Rows: summary.Rows, Bad: summary.Bad, Width: len(summary.Columns),
		Findings: summary.Findings, Cut: summary.Cut}
	for i, name := range summary.Columns {
		p.Columns = append(p.Columns, joined(parts, name, i, t.Name == table.JSONLines, summary.Rows, size))
	}
	return p, nil
}

// part is what one lane gathers.
type part struct {
	size    sketch.Size
	columns []*column
}

// add takes a block.
func (p *part) add(b *table.Block) error {
	width := len(b.Columns)
	for len(p.columns) < b.First+width {
		p.columns = append(p.columns, newColumn("", p.size))
	}
	for i, name := range b.Columns {
		c := p.columns[b.First+i]
		c.name = name
		c.add(b.Data, b.Cells[i:], width)
	}
	return nil
}

// joined makes one column of those of all parts: in JSON lines they are found by name, else by position. Rows of parts
// that never saw it are null.
func joined(parts []*part, name string, position int, byName bool, rows int64, size sketch.Size) Column {
	all := newColumn(name, size)
	for _, p := range parts {
		if p == nil {
			continue
		}
		i := position
		if byName {
			i = slices.IndexFunc(p.columns, func(c *column) bool { return c.name == name })
		}
		if i >= 0 && i < len(p.columns) {
			all.merge(p.columns[i])
			p.columns[i].release()
		}
	}
	if byName {
		all.nulls = rows - all.count()
	}
	return all.told()
}
