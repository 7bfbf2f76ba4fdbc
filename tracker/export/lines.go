package export

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// csvTable writes RFC 4180's format with a line of names. No value is an empty cell.
type csvTable struct {
	to   *csv.Writer
	line []string
}

func newCSV(w io.Writer, columns []Column) (Writer, error) {
	t := &csvTable{to: csv.NewWriter(w), line: make([]string, len(columns))}
	for i, c := range columns {
		t.line[i] = c.Name
	}
	return t, t.to.Write(t.line)
}

func (t *csvTable) Write(row []any) error {
	for i, v := range row {
		t.line[i] = plain(v)
	}
	if err := t.to.Write(t.line); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}

func (t *csvTable) Close() error {
	t.to.Flush()
	return t.to.Error()
}

// jsonTable writes an object a line (https://jsonlines.org) whose members are in the order of the columns. No value is no
// member. What is no number or infinite, which JSON lacks, is a text.
type jsonTable struct {
	to    *bufio.Writer
	names []string // encoded, with a colon
	types []Type
	line  []byte
}

func newJSONL(w io.Writer, columns []Column) (Writer, error) {
	t := &jsonTable{to: bufio.NewWriterSize(w, 1<<16)}
	for _, c := range columns {
		name, err := json.Marshal(c.Name)
		if err != nil {
			return nil, err
		}
		t.names, t.types = append(t.names, string(name)+":"), append(t.types, c.Type)
	}
	return t, nil
}

func (t *jsonTable) Write(row []any) error {
	t.line = append(t.line[:0], '{')
	for i, v := range row {
		if v == nil {
			continue
		}
		if len(t.line) > 1 {
			t.line = append(t.line, ',')
		}
		t.line = append(t.line, t.names[i]...)
		f, isFloat := v.(float64)
		if t.types[i] == Int || isFloat && !math.IsNaN(f) && !math.IsInf(f, 0) {
			t.line = append(t.line, plain(v)...)
			continue
		}
		text, err := json.Marshal(plain(v))
		if err != nil {
			return fmt.Errorf("write json: %w", err)
		}
		t.line = append(t.line, text...)
	}
	t.line = append(t.line, "}\n"...)
	if _, err := t.to.Write(t.line); err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	return nil
}

func (t *jsonTable) Close() error { return t.to.Flush() }
