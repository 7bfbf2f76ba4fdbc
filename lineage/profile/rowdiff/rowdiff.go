// Package rowdiff compares two versions of a table row by row: which rows, and which cells of them, are new, gone or
// changed. Rows are the same when their key is, wherever they stand; without a key, when all of them is. It knows
// tables, not where versions come from.
package rowdiff

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/gemba-ml/gemba/lineage/profile/spill"
	"github.com/gemba-ml/gemba/lineage/profile/table"
)

// ErrKey says that a key column is not in both versions.
var ErrKey = errors.New("no such key column")

// Options say how to compare.
type Options struct {
	Key       []string  // columns by which rows are the same; none: a column is looked for whose values are unique in both
	WholeRows bool      // do not look for a key
	Examples  int       // how many changes Result.Examples holds
	Listing   io.Writer // gets all changes as JSON lines, in no order, when it is not nil
	Memory    int64     // bytes of rows kept in memory; 0 is 192 MB. More go to temporary files
}

// Result is how two versions differ.
type Result struct {
	Key            []string         `json:"key,omitempty"`     // empty when whole rows were compared
	Guessed        bool             `json:"guessed,omitempty"` // nobody gave the key
	Before         Side             `json:"before"`
	After          Side             `json:"after"`
	Equal          int64            `json:"equal"`
	Added          int64            `json:"added"`
	Removed        int64            `json:"removed"`
	Changed        int64            `json:"changed"`
	AddedColumns   []string         `json:"added_columns,omitempty"`
	RemovedColumns []string         `json:"removed_columns,omitempty"`
	Renamed        []Rename         `json:"renamed_columns,omitempty"`
	ChangedCells   map[string]int64 `json:"changed_cells,omitempty"` // by column, as the later version calls it
	Examples       []Change         `json:"examples,omitempty"`      // the first ones
}

// Side is what was found in one version.
type Side struct {
	Rows       int64           `json:"rows"`
	Bad        int64           `json:"bad,omitempty"`        // rows that are none
	Duplicates int64           `json:"duplicates,omitempty"` // rows whose key was there before: they are not compared
	Findings   []table.Finding `json:"findings,omitempty"`
	Cut        string          `json:"cut,omitempty"` // why the end could not be read
}

// Rename is a column that stands where another one stood.
type Rename struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Same says whether nothing differs.
func (r *Result) Same() bool {
	return r.Added+r.Removed+r.Changed == 0 && r.Before.Duplicates == r.After.Duplicates &&
		len(r.AddedColumns)+len(r.RemovedColumns)+len(r.Renamed) == 0
}

// The kinds of changes.
const (
	Added     = "added"
	Removed   = "removed"
	Changed   = "changed"
	Duplicate = "duplicate"
)

// Change is one row that differs.
type Change struct {
	Change string `json:"change"`
	Before int64  `json:"before,omitempty"` // the line it begins in, of Parquet the row, from 1
	After  int64  `json:"after,omitempty"`
	Key    []Cell `json:"key,omitempty"`
	Cells  []Cell `json:"cells,omitempty"` // of a changed row those that changed, else all beside the key
}

// Cell is a value of a column; null is nil.
type Cell struct {
	Column string  `json:"column"`
	Old    *string `json:"old,omitempty"`
	New    *string `json:"new,omitempty"`
}

const defaultMemory = 192 << 20

// Compare compares two versions. Cells are equal when their texts are; when the versions are of different formats,
// also when both are the same number, time or truth value. A key that was guessed has no duplicates.
func Compare(ctx context.Context, before, after table.Source, o Options) (*Result, error) {
	if o.Memory == 0 {
		o.Memory = defaultMemory
	}
	d := &diff{options: o}
	var err error
	for side, source := range []table.Source{before, after} {
		if d.tables[side], err = table.Open(source); err != nil {
			return nil, fmt.Errorf("compare rows: %w", err)
		}
	}
	d.expected = before.Size + after.Size
	d.canonical = d.tables[0].Format.Name != d.tables[1].Format.Name
	if d.names, err = d.columns(ctx); err != nil {
		return nil, fmt.Errorf("compare rows: %w", err)
	}
	if o.WholeRows || len(o.Key) > 0 {
		return d.by(ctx, o.Key)
	}
	return d.guess(ctx)
}

// guess compares by the first column that turns out to be a key, else by whole rows.
func (d *diff) guess(ctx context.Context) (*Result, error) {
	candidates, err := d.candidates(ctx)
	if err != nil {
		return nil, fmt.Errorf("compare rows: look for a key: %w", err)
	}
	for _, key := range candidates {
		d.probing = true // see isKey
		r, err := d.by(ctx, []string{key})
		if errors.Is(err, errNoKey) {
			continue
		}
		if err != nil {
			return nil, err
		}
		r.Guessed = true
		return r, nil
	}
	d.probing = false
	return d.by(ctx, nil)
}

// by compares by a key, or by whole rows.
func (d *diff) by(ctx context.Context, key []string) (*Result, error) {
	var layouts [2]layout
	var err error
	if layouts, err = d.layouts(key); err != nil {
		return nil, err
	}
	store := spill.New(d.expected, d.options.Memory)
	defer store.Close()
	r := &Result{Key: key, ChangedCells: map[string]int64{}}
	d.describe(r)
	for side, t := range d.tables {
		s := []*Side{&r.Before, &r.After}[side]
		if err := d.read(ctx, t, side, layouts[side], store, s); err != nil {
			return nil, fmt.Errorf("compare rows: %w", err)
		}
	}
	if d.probing {
		if err := isKey(ctx, store); err != nil {
			return nil, err
		}
	}
	m := &matcher{result: r, layouts: layouts, keyed: len(key) > 0, options: d.options}
	if err := store.Each(ctx, runtime.GOMAXPROCS(0), m.partition); err != nil {
		return nil, fmt.Errorf("compare rows: %w", err)
	}
	return r, nil
}

func missing(key string, names []string) error {
	return fmt.Errorf("%w: %q; the columns in both are %s", ErrKey, key, strings.Join(names, ", "))
}
