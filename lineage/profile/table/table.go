// Package table reads tables row by row: CSV and its kin, JSON lines and Parquet, compressed or not. It finds out
// how a file is written, gives its rows in blocks to several readers at a time, in bounded memory, and tells of rows
// that are no rows. It knows nothing of what the cells mean.
package table

import (
	"context"
	"errors"
	"io"
	"slices"
)

// ErrNotTable says that a file holds no table that this package reads.
var ErrNotTable = errors.New("not a table")

// Source is a file: At and Size, or, where it can be read only once and from its beginning, Stream.
type Source struct {
	Name   string // with its extension: decides, together with the content, what it is
	At     io.ReaderAt
	Size   int64
	Stream io.Reader
}

// The formats.
const (
	CSV       = "csv"
	JSONLines = "jsonl"
	Parquet   = "parquet"
)

// Format is how a table is written.
type Format struct {
	Name        string   `json:"format"`
	Compression string   `json:"compression,omitempty"` // "gzip", "zstd" or "bzip2"
	Delimiter   string   `json:"delimiter,omitempty"`   // of CSV, as Quote and Header
	Quote       string   `json:"quote,omitempty"`       // empty when no cell is quoted
	Header      bool     `json:"header,omitempty"`      // the first row holds the names
	Columns     []string `json:"-"`                     // names; of JSON lines those seen in the first rows
}

// Kind is what is known of a cell before its text is looked at.
type Kind uint32

// The kinds.
const (
	Any Kind = iota // whatever its text says; null when it is empty
	Null
	Text   // whatever it looks like
	String // text that may be a date or timestamp
	Number
	Boolean
	Time   // a date or timestamp in the form of RFC 3339, or without a zone
	Nested // JSON of an object or a list
)

// Span is where a cell's text is in Block.Data, and its kind.
type Span struct {
	at, bits uint32 // bits: 3 of kind, 29 of length
}

func span(at, end int, k Kind) Span { return Span{uint32(at), uint32(k)<<29 | uint32(end-at)} }

// Kind returns what is known of the cell.
func (s Span) Kind() Kind { return Kind(s.bits >> 29) }

// In returns the cell's text.
func (s Span) In(data []byte) []byte { return data[s.at : s.at+s.bits&(1<<29-1)] }

// Block is some rows. It is valid until the call that got it returns.
type Block struct {
	Columns []string // names; cell c of row r is Cells[r*len(Columns)+c]
	First   int      // the position of the first of them in the table
	Rows    int
	Data    []byte
	Cells   []Span
	Lines   []int64 // of each row: the number of the line it begins in, of Parquet that of the row, from 1; nil in Parquet by columns
}

// Sink takes blocks.
type Sink func(*Block) error

// Finding is something wrong in a table.
type Finding struct {
	Line int64  `json:"line,omitempty"` // from 1; of Parquet the row; 0 when it is about the whole
	What string `json:"what"`
}

// maxFindings is how many findings are kept; the others are counted.
const maxFindings = 20

// Summary is what reading told besides the rows.
type Summary struct {
	Rows     int64 // good ones
	Bad      int64 // left out
	Columns  []string
	Findings []Finding // the first ones
	Cut      string    // why the end of the table could not be read
}

// Table is a table whose format is known.
type Table struct {
	Format
	source Source
	head   []byte    // what was read of a stream to find out
	whole  bool      // head is all of it
	file   io.Reader // the rest of it
	config
	parquet *parquetTable
}

// config holds limits, which tests make small.
type config struct {
	block  int // bytes of a block, about
	record int // bytes of the longest row
}

func standard() config { return config{block: 1 << 20, record: 16 << 20} }

// Rows gives all rows to sinks, one for each lane, which run at the same time. Which lane gets which block depends
// on nothing but the table and the number of lanes. A table of a stream can be read once.
func (t *Table) Rows(ctx context.Context, lanes int, sink func(lane int) Sink) (*Summary, error) {
	if t.parquet != nil {
		return t.parquet.rows(ctx, lanes, sink)
	}
	return t.lines(ctx, lanes, sink)
}

// Cells is as Rows for those to whom it does not matter which cells are of one row: Parquet is read column by column.
func (t *Table) Cells(ctx context.Context, lanes int, sink func(lane int) Sink) (*Summary, error) {
	if t.parquet != nil {
		return t.parquet.cells(ctx, lanes, sink)
	}
	return t.lines(ctx, lanes, sink)
}

// AllColumns returns the names of all columns: those of JSON lines show only in the whole table.
func (t *Table) AllColumns(ctx context.Context) ([]string, error) {
	if t.Name != JSONLines {
		return slices.Clone(t.Columns), nil
	}
	s, err := t.Rows(ctx, 1, func(int) Sink { return func(*Block) error { return nil } })
	if err != nil {
		return nil, err
	}
	return s.Columns, nil
}
