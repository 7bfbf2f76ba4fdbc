package account

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Data compares data that the ledger holds. Package lineage's documents are read behind it.
type Data interface {
	// Trees returns what differs between two trees of files.
	Trees(ctx context.Context, a, b tracker.Digest) ([]FileChange, error)
	// Tabular reports whether a file of this name can be a table.
	Tabular(name string) bool
	// Table compares two versions of a table.
	Table(ctx context.Context, name string, a, b tracker.Digest, o TableOptions) (*TableDifference, error)
}

// FileChange is a file that differs between two trees. What is empty is not there.
type FileChange struct {
	Kind    string         `json:"kind"` // "added", "removed", "changed" or "renamed"
	Path    string         `json:"path"`
	Was     string         `json:"was,omitempty"` // the path before it was renamed
	A       tracker.Digest `json:"a,omitzero"`
	B       tracker.Digest `json:"b,omitzero"`
	ASize   int64          `json:"a_size"`
	BSize   int64          `json:"b_size"`
	Tabular bool           `json:"tabular"` // rows can be compared
}

// TableOptions say how tables are compared.
type TableOptions struct {
	Key      []string // columns by which rows are the same; none: a column is looked for
	Profile  bool     // compare what their columns hold
	Rows     bool     // compare row by row
	Examples int      // how many rows that differ to tell
}

// TableDifference is what differs between two versions of a table.
type TableDifference struct {
	Name    string         `json:"name"`
	A       *TableShape    `json:"a,omitempty"`
	B       *TableShape    `json:"b,omitempty"`
	Columns []ColumnChange `json:"columns"`        // that are not there in both, or hold other values
	Rows    *RowDifference `json:"rows,omitempty"` // when they were compared
}

// TableShape is what is told of a table.
type TableShape struct {
	Format  string `json:"format"`
	Rows    int64  `json:"rows"`
	Bad     int64  `json:"bad,omitempty"` // rows that are none
	Columns int    `json:"columns"`
	Cut     string `json:"cut,omitempty"` // why the end could not be read
}

// ColumnChange is a column that differs. What is nil is not there.
type ColumnChange struct {
	Column string         `json:"column"`
	A      *ColumnProfile `json:"a"`
	B      *ColumnProfile `json:"b"`
}

// ColumnProfile is what is told of the values of a column. What does not apply to its type is empty.
type ColumnProfile struct {
	Type     string  `json:"type"` // "integer", "float", "boolean", "date", "timestamp", "text", "nested", "mixed" or "empty"
	Nulls    int64   `json:"nulls"`
	Distinct int64   `json:"distinct"`
	Error    float64 `json:"distinct_error,omitempty"` // of Distinct, relative; 0: it is exact
	Min      string  `json:"min,omitempty"`
	Max      string  `json:"max,omitempty"`
	Mean     string  `json:"mean,omitempty"`
	Std      string  `json:"std,omitempty"`
}

// RowDifference is how the rows of two versions of a table differ.
type RowDifference struct {
	Key            []string         `json:"key,omitempty"`     // empty when whole rows were compared
	Guessed        bool             `json:"guessed,omitempty"` // nobody gave the key
	Equal          int64            `json:"equal"`
	Added          int64            `json:"added"`
	Removed        int64            `json:"removed"`
	Changed        int64            `json:"changed"`
	AddedColumns   []string         `json:"added_columns,omitempty"`
	RemovedColumns []string         `json:"removed_columns,omitempty"`
	Renamed        []ColumnRename   `json:"renamed_columns,omitempty"`
	ChangedCells   map[string]int64 `json:"changed_cells,omitempty"` // by column
	Examples       []RowChange      `json:"examples,omitempty"`      // the first ones
}

// ColumnRename is a column that stands where another one stood.
type ColumnRename struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// RowChange is a row that differs.
type RowChange struct {
	Change string      `json:"change"`           // "added", "removed", "changed" or "duplicate"
	Before int64       `json:"before,omitempty"` // the line, from 1
	After  int64       `json:"after,omitempty"`
	Key    []CellValue `json:"key,omitempty"`
	Cells  []CellValue `json:"cells,omitempty"` // of a changed row those that changed, else all beside the key
}

// CellValue is a value of a column in both versions; null is nil.
type CellValue struct {
	Column string  `json:"column"`
	Old    *string `json:"old,omitempty"`
	New    *string `json:"new,omitempty"`
}

// DataChange is data that is not the same on both sides.
type DataChange struct {
	Kind    string       `json:"kind"` // "read": a file as cells found it; "wrote": as they left it; "snapshot"
	Path    string       `json:"path"` // of a snapshot its name
	A       *DataVersion `json:"a"`    // nil: not there
	B       *DataVersion `json:"b"`
	Tabular bool         `json:"tabular"` // rows can be compared, where both are kept
}

// DataVersion is a file's content, or a snapshot.
type DataVersion struct {
	Digest   tracker.Digest `json:"digest"` // of a snapshot that of its tree
	Size     int64          `json:"size"`   // of a file that was read and written the size that it was left with
	Kept     bool           `json:"kept"`   // its bytes are in the ledger, or can be fetched
	Snapshot tracker.ID     `json:"snapshot,omitzero"`
}

// DataChanges tells which data differ between two runs, sessions or cell executions. Has reports whether bytes are in the ledger.
func (r Reader) DataChanges(ctx context.Context, both [2]index.Match, tabular func(string) bool, has func(tracker.Digest) bool) (all []DataChange, err error) {
	var sides [2]map[[2]string]*DataVersion
	for i, m := range both {
		s, err := r.side(ctx, m)
		if err != nil {
			return nil, err
		}
		if sides[i], err = r.versions(ctx, s, has); err != nil {
			return nil, err
		}
	}
	for key, a := range sides[0] {
		if b := sides[1][key]; b == nil || a.Digest != b.Digest {
			all = append(all, DataChange{key[0], key[1], a, b, key[0] != "snapshot" && tabular(key[1])})
		}
	}
	for key, b := range sides[1] {
		if sides[0][key] == nil {
			all = append(all, DataChange{key[0], key[1], nil, b, key[0] != "snapshot" && tabular(key[1])})
		}
	}
	slices.SortFunc(all, func(a, b DataChange) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Path, b.Path)) })
	return all, nil
}

// versions returns the data of a side by kind and path.
func (r Reader) versions(ctx context.Context, s side, has func(tracker.Digest) bool) (map[[2]string]*DataVersion, error) {
	all := map[[2]string]*DataVersion{}
	add := func(kind string, f File, hash string) {
		if d, err := tracker.ParseDigest("sha256:" + hash); err == nil && !f.Absent {
			all[[2]string{kind, f.Path}] = &DataVersion{Digest: d, Size: f.Size, Kept: f.Kept && has(d)}
		}
	}
	for _, f := range s.Provenance.Files {
		if f.Read {
			add("read", f, cmp.Or(f.Before, f.After))
		}
		if f.Written && !f.Removed {
			add("wrote", f, f.After)
		}
	}
	for _, c := range s.Cells {
		taken, err := r.Index.SnapshotsOf(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		for _, x := range slices.Backward(taken) { // the newest of a name counts
			all[[2]string{"snapshot", cmp.Or(x.Name, x.Path)}] = &DataVersion{x.Tree, x.Bytes, has(x.Tree), x.ID}
		}
	}
	return all, nil
}

// CellPair is a cell of a notebook as it was executed last on both sides.
type CellPair struct {
	Cell    string    `json:"cell"` // what the notebook calls it, or its place
	A       *CellSide `json:"a"`    // nil: not there
	B       *CellSide `json:"b"`
	Source  bool      `json:"source_differs"`
	Status  bool      `json:"status_differs"`
	Outputs bool      `json:"outputs_differ"` // not known to be the same
}

// CellSide is one side of a CellPair.
type CellSide struct {
	CellRow
	Source *string `json:"source"` // nil when its bytes are not in the ledger
}

// CellPairs matches the cells of two runs, sessions or cell executions: those that differ, or all of them.
func (r Reader) CellPairs(ctx context.Context, both [2]index.Match, all bool) (pairs []CellPair, err error) {
	var keys []string
	var cells [2]map[string]CellRow
	for i, m := range both {
		s, err := r.side(ctx, m)
		if err != nil {
			return nil, err
		}
		var own []string
		own, cells[i] = s.cellKeys()
		for _, key := range own {
			if i == 0 || !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	differ := r.outputsDiffer(ctx)
	for _, key := range keys {
		p := CellPair{Cell: key}
		a, inA := cells[0][key]
		b, inB := cells[1][key]
		p.Source, p.Status = inA != inB || a.Source != b.Source, inA != inB || a.Status != b.Status
		if p.Outputs = inA != inB; !p.Outputs {
			if p.Outputs, err = differ(a.Cell, b.Cell); err != nil {
				return nil, err
			}
		}
		if inA {
			p.A = &CellSide{CellRow: a}
		}
		if inB {
			p.B = &CellSide{CellRow: b}
		}
		if all || p.Source || p.Status || p.Outputs {
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}

// WithSource returns one side of a pair with its source read, if there is that side.
func (r Reader) WithSource(s *CellSide) *CellSide {
	if s == nil {
		return nil
	}
	read := *s
	if text, there := r.SourceText(s.Cell); there {
		read.Source = &text
	}
	return &read
}

// ErrNoData says that nobody here can compare data.
var ErrNoData = errors.New("data are not compared here")
