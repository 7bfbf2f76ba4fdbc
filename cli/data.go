package cli

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/gemba-ml/gemba/lineage/profile"
	"github.com/gemba-ml/gemba/lineage/profile/rowdiff"
	tables "github.com/gemba-ml/gemba/lineage/profile/table"
	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// keptData compares data of a ledger for the web interface.
type keptData struct{ store *blob.Store }

// Trees implements account.Data.
func (k keptData) Trees(_ context.Context, a, b tracker.Digest) (list []account.FileChange, err error) {
	all, err := snapshot.Diff(k.store, a, b)
	for _, c := range all {
		shown := account.FileChange{Kind: c.Kind, Path: validText(c.Path), Was: validText(c.Was), Tabular: c.Kind == snapshot.Changed && tables.Named(c.Path)}
		if c.From != nil {
			shown.A, shown.ASize = c.From.Digest, c.From.Size
		}
		if c.To != nil {
			shown.B, shown.BSize = c.To.Digest, c.To.Size
		}
		list = append(list, shown)
	}
	return list, err
}

// Tabular implements account.Data.
func (keptData) Tabular(name string) bool { return tables.Named(name) }

// Table implements account.Data.
func (k keptData) Table(ctx context.Context, name string, a, b tracker.Digest, o account.TableOptions) (*account.TableDifference, error) {
	kept := &keptTables{store: k.store, digests: map[string]tracker.Digest{"a": a, "b": b}}
	defer kept.close()
	var sources [2]tables.Source
	var errs [2]error
	for i, side := range []string{"a", "b"} {
		sources[i], errs[i] = kept.open(side)
		sources[i].Name = name
	}
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	d := &account.TableDifference{Name: name, Columns: []account.ColumnChange{}}
	if o.Profile {
		if err := profiled(ctx, d, sources); err != nil {
			return nil, err
		}
	}
	if !o.Rows {
		return d, nil
	}
	r, err := rowdiff.Compare(ctx, sources[0], sources[1], rowdiff.Options{Key: o.Key, Examples: o.Examples})
	if err != nil {
		return nil, err
	}
	d.Rows = shownRows(r)
	return d, nil
}

// profiled tells which columns hold something else.
func profiled(ctx context.Context, d *account.TableDifference, sources [2]tables.Source) error {
	var shapes [2]*account.TableShape
	var columns [2]map[string]*account.ColumnProfile
	var names []string
	for i, source := range sources {
		p, err := profile.Of(ctx, source)
		if err != nil {
			return err
		}
		columns[i] = map[string]*account.ColumnProfile{}
		if p == nil { // it holds no table
			continue
		}
		shapes[i] = &account.TableShape{Format: p.Format.Name, Rows: p.Rows, Bad: p.Bad, Columns: p.Width, Cut: p.Cut}
		for _, c := range p.Columns {
			if columns[0][c.Name] == nil {
				names = append(names, c.Name)
			}
			columns[i][c.Name] = shownColumn(c)
		}
	}
	d.A, d.B = shapes[0], shapes[1]
	for _, name := range names {
		if a, b := columns[0][name], columns[1][name]; !reflect.DeepEqual(a, b) {
			d.Columns = append(d.Columns, account.ColumnChange{Column: name, A: a, B: b})
		}
	}
	return nil
}

func shownColumn(c profile.Column) *account.ColumnProfile {
	text := func(v *profile.Value) string {
		if v == nil {
			return ""
		}
		return cutTo(v.Text, longestValue)
	}
	return &account.ColumnProfile{Type: c.Type, Nulls: c.Nulls, Distinct: c.Distinct, Error: c.DistinctError, Min: text(c.Min), Max: text(c.Max), Mean: text(c.Mean), Std: text(c.Std)}
}

// What is told of rows in a comparison: of a value so many characters, of a row so many cells.
const (
	longestValue = 200
	widestRow    = 100
)

func shownRows(r *rowdiff.Result) *account.RowDifference {
	d := &account.RowDifference{Key: r.Key, Guessed: r.Guessed, Equal: r.Equal, Added: r.Added, Removed: r.Removed, Changed: r.Changed,
		AddedColumns: r.AddedColumns, RemovedColumns: r.RemovedColumns, ChangedCells: r.ChangedCells}
	for _, x := range r.Renamed {
		d.Renamed = append(d.Renamed, account.ColumnRename(x))
	}
	for _, x := range r.Examples {
		d.Examples = append(d.Examples, account.RowChange{Change: x.Change, Before: x.Before, After: x.After, Key: shownValues(x.Key), Cells: shownValues(x.Cells)})
	}
	return d
}

func shownValues(cells []rowdiff.Cell) (list []account.CellValue) {
	cut := func(text *string) *string {
		if text != nil && len(*text) > longestValue {
			short := cutTo(validText(*text), longestValue)
			return &short
		}
		return text
	}
	for _, c := range cells[:min(len(cells), widestRow)] {
		list = append(list, account.CellValue{Column: c.Column, Old: cut(c.Old), New: cut(c.New)})
	}
	return list
}

// validText makes text of a path or a value that may be none.
func validText(text string) string { return strings.ToValidUTF8(text, "�") }
