package export

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
)

// ordered is a parquet.Group with its columns in their order, and not by name.
type ordered struct {
	parquet.Group
	place map[string]int
}

// Fields returns the columns.
func (o ordered) Fields() []parquet.Field {
	fields := o.Group.Fields()
	slices.SortFunc(fields, func(a, b parquet.Field) int { return cmp.Compare(o.place[a.Name()], o.place[b.Name()]) })
	return fields
}

// nodes are the columns of Parquet for each type. Texts repeat, steps and times differ little from row to row, and a value's
// bits are kept as they are.
var nodes = map[Type]func() parquet.Node{
	Text:  func() parquet.Node { return parquet.Encoded(parquet.String(), &parquet.RLEDictionary) },
	Float: func() parquet.Node { return parquet.Leaf(parquet.DoubleType) },
	Int:   func() parquet.Node { return parquet.Encoded(parquet.Int(64), &parquet.DeltaBinaryPacked) },
	Time: func() parquet.Node {
		return parquet.Encoded(parquet.Timestamp(parquet.Nanosecond), &parquet.DeltaBinaryPacked)
	},
}

// groupValues is how many values a row group has at most, so that memory is bounded however wide the table is; waiting is how
// many rows wait to be handed on.
const (
	groupValues = 2_000_000
	waiting     = 256
)

type parquetTable struct {
	to    *parquet.GenericWriter[any]
	rows  []parquet.Row
	used  int
	group int // rows in a group
	since int // rows since the last group
}

func newParquet(w io.Writer, columns []Column) (Writer, error) {
	o := ordered{parquet.Group{}, map[string]int{}}
	for i, c := range columns {
		if _, twice := o.place[c.Name]; twice {
			return nil, fmt.Errorf("write parquet: column %q comes twice", c.Name)
		}
		o.Group[c.Name], o.place[c.Name] = parquet.Optional(parquet.Compressed(nodes[c.Type](), &parquet.Zstd)), i
	}
	t := &parquetTable{rows: make([]parquet.Row, waiting), group: max(waiting, groupValues/max(1, len(columns)))}
	t.to = parquet.NewGenericWriter[any](w, parquet.NewSchema("gemba", o))
	for i := range t.rows {
		t.rows[i] = make(parquet.Row, len(columns))
	}
	return t, nil
}

func (t *parquetTable) Write(row []any) error {
	for i, v := range row {
		t.rows[t.used][i] = parquetValue(v, i)
	}
	if t.used++; t.used < waiting {
		return nil
	}
	return t.hand()
}

// hand passes on the rows that wait.
func (t *parquetTable) hand() error {
	_, err := t.to.WriteRows(t.rows[:t.used])
	if t.since += t.used; err == nil && t.since >= t.group {
		t.since, err = 0, t.to.Flush()
	}
	if t.used = 0; err != nil {
		return fmt.Errorf("write parquet: %w", err)
	}
	return nil
}

// parquetValue is a value of an optional column.
func parquetValue(v any, column int) parquet.Value {
	var p parquet.Value
	switch v := v.(type) {
	case string:
		p = parquet.ByteArrayValue([]byte(strings.ToValidUTF8(v, "�")))
	case float64:
		p = parquet.DoubleValue(v)
	case int64:
		p = parquet.Int64Value(v)
	case time.Time:
		if v.Year() < 1678 || v.Year() > 2261 { // it has no place in 64 bits of nanoseconds
			return parquet.NullValue().Level(0, 0, column)
		}
		p = parquet.Int64Value(v.UnixNano())
	default:
		return parquet.NullValue().Level(0, 0, column)
	}
	return p.Level(0, 1, column)
}

func (t *parquetTable) Close() error {
	if err := t.hand(); err != nil {
		return err
	}
	if err := t.to.Close(); err != nil {
		return fmt.Errorf("write parquet: %w", err)
	}
	return nil
}
