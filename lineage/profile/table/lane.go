package table

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// chunk is a part of a file that begins and ends with whole records.
type chunk struct {
	data  []byte
	line  int64 // the number of its first line
	first bool  // it holds the header, if there is one
}

// lane makes blocks of every so many chunks. Each has its own columns, for those of JSON lines show only as they come.
type lane struct {
	format  *Format
	dialect dialect
	sink    Sink
	block   Block
	seen    map[string]int // position of each column of JSON lines
	since   []int64        // the line that each of them was first seen in
	sound   bool           // the chunk is UTF-8 without NUL
	summary Summary
}

func newLane(f *Format, sink Sink) *lane {
	l := &lane{format: f, dialect: f.dialect(), sink: sink, seen: map[string]int{}}
	l.block.Columns = append([]string(nil), f.Columns...)
	l.since = make([]int64, len(f.Columns))
	for i, name := range f.Columns {
		l.seen[name] = i
	}
	return l
}

func (f *Format) dialect() dialect {
	d := dialect{}
	if f.Name == CSV {
		d.delimiter = f.Delimiter[0]
		if f.Quote != "" {
			d.quote = f.Quote[0]
		}
	}
	return d
}

// read takes a chunk apart.
func (l *lane) read(c chunk) error {
	l.block.Data = c.data
	l.sound = utf8.Valid(c.data) && bytes.IndexByte(c.data, 0) < 0
	var err error
	if l.format.Name == CSV {
		l.csv(c)
	} else {
		err = l.json(c)
	}
	if err != nil {
		return err
	}
	return l.flush()
}

// flush gives the rows so far to the sink.
func (l *lane) flush() error {
	if l.block.Rows == 0 {
		return nil
	}
	err := l.sink(&l.block)
	l.summary.Rows += int64(l.block.Rows)
	l.block.Rows, l.block.Cells, l.block.Lines = 0, l.block.Cells[:0], l.block.Lines[:0]
	return err
}

// csv reads the records of a chunk.
func (l *lane) csv(c chunk) {
	line, i := c.line, 0
	if c.first && l.format.Header {
		_, _, i, _ = l.dialect.record(c.data, 0, 0, nil)
		line += int64(bytes.Count(c.data[:i], lineFeed))
	}
	for i < len(c.data) {
		before := len(l.block.Cells)
		cells, n, next, what := l.dialect.record(c.data, i, len(l.block.Columns), l.block.Cells)
		if what == "" {
			what = l.fits(c.data[i:next], n)
		}
		switch what {
		case "":
			l.block.Cells = cells
			l.block.Rows++
			l.block.Lines = append(l.block.Lines, line)
		case empty:
			l.block.Cells = cells[:before]
		default:
			l.block.Cells = cells[:before]
			l.summary.bad(Finding{line, what})
		}
		line += int64(bytes.Count(c.data[i:next], lineFeed))
		i = next
	}
}

// empty stands for a line that is no row, and nothing bad.
const empty = "empty"

// fits says why a record with so many cells is no row of the table, "" when it is one.
func (l *lane) fits(record []byte, cells int) string {
	switch width := len(l.block.Columns); {
	case cells == 1 && width > 1 && len(bytes.TrimRight(record, "\r\n")) == 0:
		return empty
	case cells != width:
		if cells == 1 {
			return fmt.Sprintf("1 cell, %d expected", width)
		}
		return fmt.Sprintf("%d cells, %d expected", cells, width)
	case !l.sound:
		return unsound(record)
	}
	return ""
}

var lineFeed = []byte{'\n'}

// unsound says what is wrong with a record's bytes.
func unsound(record []byte) string {
	switch {
	case bytes.IndexByte(record, 0) >= 0:
		return "a NUL byte"
	case !utf8.Valid(record):
		return "bytes that are not UTF-8"
	}
	return ""
}

// bad counts a row that is left out.
func (s *Summary) bad(f Finding) {
	s.Bad++
	s.find(f)
}

// find notes something wrong, if there are not too many already.
func (s *Summary) find(f Finding) {
	if len(s.Findings) < maxFindings {
		s.Findings = append(s.Findings, f)
	}
}
