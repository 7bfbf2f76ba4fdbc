package table

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxColumns is how many columns JSON lines may have.
const maxColumns = 4096

// json reads the objects of a chunk, one on each line.
func (l *lane) json(c chunk) error {
	line := c.line
	for i := 0; i < len(c.data); line++ {
		next := lineEnd(c.data, i)
		what, err := l.object(i, next, line)
		if err != nil {
			return err
		}
		if what != "" {
			l.summary.bad(Finding{line, what})
		}
		i = next
	}
	return nil
}

// object reads a line into a row.
func (l *lane) object(from, end int, line int64) (what string, err error) {
	text := bytes.TrimSpace(l.block.Data[from:end])
	switch {
	case len(text) == 0:
		return "", nil
	case !l.sound && unsound(text) != "":
		return unsound(text), nil
	case !json.Valid(text):
		return "not JSON", nil
	case text[0] != '{':
		return "not a JSON object", nil
	}
	before := len(l.block.Cells)
	l.row()
	o := objectReader{l.block.Data, from}
	o.until('{')
	for n := 0; o.more(); n++ {
		key := o.cell()
		o.until(':')
		value := o.cell()
		column := l.column(key.In(o.data), n)
		if column == len(l.block.Columns) {
			if column == maxColumns {
				l.block.Cells = l.block.Cells[:before]
				return "more than " + strconv.Itoa(maxColumns) + " different keys", nil
			}
			if before, err = l.widen(string(key.In(o.data)), before, line); err != nil {
				return "", err
			}
		}
		l.block.Cells[before+column] = value
	}
	l.block.Rows++
	l.block.Lines = append(l.block.Lines, line)
	return "", nil
}

// row adds a row of nulls.
func (l *lane) row() {
	for range l.block.Columns {
		l.block.Cells = append(l.block.Cells, span(0, 0, Null))
	}
}

// column returns the position of a key, which most often is that of the nth key of other rows.
func (l *lane) column(key []byte, n int) int {
	if n < len(l.block.Columns) && string(key) == l.block.Columns[n] {
		return n
	}
	if column, ok := l.seen[string(key)]; ok {
		return column
	}
	return len(l.block.Columns)
}

// widen adds a column. Rows before it go to the sink; the row that is being read stays, and moves to the beginning.
func (l *lane) widen(name string, row int, line int64) (int, error) {
	current := append([]Span(nil), l.block.Cells[row:]...)
	l.block.Cells = l.block.Cells[:row]
	err := l.flush()
	l.seen[name] = len(l.block.Columns)
	l.block.Columns = append(l.block.Columns, name)
	l.since = append(l.since, line)
	l.block.Cells = append(append(l.block.Cells[:0], current...), span(0, 0, Null))
	return 0, err
}

// objectReader walks over a JSON object that is known to be valid.
type objectReader struct {
	data []byte
	i    int
}

// until goes behind the next c, which only space comes before.
func (o *objectReader) until(c byte) { o.i += bytes.IndexByte(o.data[o.i:], c) + 1 }

func (o *objectReader) space() byte {
	for {
		switch c := o.data[o.i]; c {
		case ' ', '\t', '\r', '\n':
			o.i++
		default:
			return c
		}
	}
}

// more says whether a member follows, and goes there.
func (o *objectReader) more() bool {
	switch o.space() {
	case '}':
		return false
	case ',':
		o.i++
		o.space()
	}
	return true
}

// cell reads a string, or any other value.
func (o *objectReader) cell() Span {
	c := o.space()
	from := o.i
	switch c {
	case '"':
		end := o.stringEnd()
		return span(from+1, unescape(o.data, from+1, end-1), String)
	case '{', '[':
		o.nested()
		return span(from, o.i, Nested)
	}
	for o.i++; o.i < len(o.data) && bytes.IndexByte([]byte(",}] \t\r\n"), o.data[o.i]) < 0; o.i++ {
	}
	switch c {
	case 'n':
		return span(0, 0, Null)
	case 't', 'f':
		return span(from, o.i, Boolean)
	}
	return span(from, o.i, Number)
}

// stringEnd goes behind a string, and returns where that is.
func (o *objectReader) stringEnd() int {
	for o.i++; o.data[o.i] != '"'; o.i++ {
		if o.data[o.i] == '\\' {
			o.i++
		}
	}
	o.i++
	return o.i
}

// nested goes behind an object or a list.
func (o *objectReader) nested() {
	for depth := 0; ; {
		switch o.data[o.i] {
		case '"':
			o.stringEnd()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		o.i++
		if depth == 0 {
			return
		}
	}
}

// plainEscapes are what stands behind a backslash, and what it means (RFC 8259, section 7).
const plainEscapes, plainMeans = `"\/bfnrt`, "\"\\/\b\f\n\r\t"

// unescape turns the escapes of a string into what they mean, in place, for none gets longer. It returns the new end.
func unescape(data []byte, from, end int) int {
	first := bytes.IndexByte(data[from:end], '\\')
	if first < 0 {
		return end
	}
	to := from + first
	for i := to; i < end; {
		if data[i] != '\\' {
			data[to] = data[i]
			to, i = to+1, i+1
			continue
		}
		if n := bytes.IndexByte([]byte(plainEscapes), data[i+1]); n >= 0 {
			data[to] = plainMeans[n]
			to, i = to+1, i+2
			continue
		}
		r := unit(data[i:end])
		i += 6
		if utf16.IsSurrogate(r) {
			r = utf16.DecodeRune(r, unit(data[i:end]))
			if r != utf8.RuneError {
				i += 6
			}
		}
		to += utf8.EncodeRune(data[to:], r)
	}
	return to
}

// unit reads \uXXXX, -1 when it is not there.
func unit(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 32)
	if err != nil {
		return -1
	}
	return rune(n)
}
