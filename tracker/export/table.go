package export

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
)

// Type is what a column's values are.
type Type int

// The types: string, float64, int64 and time.Time. Any value may be nil, which is none.
const (
	Text Type = iota
	Float
	Int
	Time
)

// Column is a column of a table.
type Column struct {
	Name string
	Type Type
}

// Writer takes a table row by row.
type Writer interface {
	// Write adds a row: a value for each column. The row is the caller's again afterwards.
	Write(row []any) error
	// Close writes what is left. It does not close what is written to.
	Close() error
}

// formats are the ways to write a table, by name.
var formats = map[string]func(io.Writer, []Column) (Writer, error){
	"parquet": newParquet,
	"csv":     newCSV,
	"jsonl":   newJSONL,
}

// Formats returns the names of the formats.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// NewWriter returns a Writer of a table in a format.
func NewWriter(w io.Writer, format string, columns []Column) (Writer, error) {
	make, known := formats[format]
	if !known {
		return nil, fmt.Errorf("write table: there is no format %q; there are %v", format, Formats())
	}
	return make(w, columns)
}

// plain writes a value as text, so that reading it gives the same.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return floatText(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	return ""
}

func floatText(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
