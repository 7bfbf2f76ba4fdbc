package table

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// dialect is how the cells of a CSV file are told apart (RFC 4180, with any delimiter and quote). A quote counts
// only at the beginning of a cell; quote 0 stands for none.
type dialect struct {
	delimiter, quote byte
}

// safe returns where the last whole record of data ends, given that data begins with a record; 0 when there is
// none. Open says that data ends inside a quoted cell.
func (d dialect) safe(data []byte) (end int, open bool) {
	if d.quote == 0 {
		return bytes.LastIndexByte(data, '\n') + 1, false
	}
	for i := 0; ; {
		q := bytes.IndexByte(data[i:], d.quote)
		if q < 0 {
			q = len(data) - i
		}
		q += i
		if n := bytes.LastIndexByte(data[i:q], '\n'); n >= 0 {
			end = i + n + 1
		}
		if q == len(data) {
			return end, false
		}
		if q > 0 && data[q-1] != d.delimiter && data[q-1] != '\n' {
			i = q + 1 // a quote within a cell is like any other byte
			continue
		}
		closed := d.closing(data, q+1)
		if closed < 0 {
			return end, true
		}
		i = closed + 1
		if !d.ends(data, i) {
			n := bytes.IndexByte(data[i:], '\n')
			if n < 0 {
				return end, false
			}
			i += n
		}
	}
}

// closing returns where the quoted cell whose text begins at i ends, -1 when it does not.
func (d dialect) closing(data []byte, i int) int {
	for {
		n := bytes.IndexByte(data[i:], d.quote)
		if n < 0 {
			return -1
		}
		i += n
		if i+1 >= len(data) || data[i+1] != d.quote {
			return i
		}
		i += 2
	}
}

// ends says whether what follows a quoted cell is the end of a cell.
func (d dialect) ends(data []byte, i int) bool {
	return i >= len(data) || data[i] == d.delimiter || data[i] == '\n' ||
		data[i] == '\r' && (i+1 >= len(data) || data[i+1] == '\n')
}

// next returns where the delimiter or line end at or behind i is, else the length of data. It looks at eight bytes at
// a time (Sean Eron Anderson, "Bit twiddling hacks", "Determine if a word has a byte equal to n").
func (d dialect) next(data []byte, i int) int {
	const ones, highs, lineEnds = 0x0101010101010101, 0x8080808080808080, 0x0a0a0a0a0a0a0a0a
	delimiters := uint64(d.delimiter) * ones
	for ; i+8 <= len(data); i += 8 {
		word := binary.LittleEndian.Uint64(data[i:])
		a, b := word^delimiters, word^lineEnds
		if found := ((a-ones)&^a | (b-ones)&^b) & highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(data); i++ {
		if data[i] == d.delimiter || data[i] == '\n' {
			return i
		}
	}
	return len(data)
}

// record reads the record that begins at i: its cells, of which it appends at most limit and one, how many they are,
// and where the next record begins. Quoted cells are unquoted in place. What says why it is no record; the rest of its
// line is then left out.
func (d dialect) record(data []byte, i, limit int, cells []Span) (_ []Span, n, next int, what string) {
	limit += len(cells)
	for n = 1; ; n++ {
		var cell Span
		end := i
		if d.quote != 0 && i < len(data) && data[i] == d.quote {
			closed := d.closing(data, i+1)
			if closed < 0 {
				return cells, n, lineEnd(data, i), "a quote that is not closed"
			}
			if !d.ends(data, closed+1) {
				return cells, n, lineEnd(data, closed), "text behind a closing quote"
			}
			cell = span(i+1, d.unquote(data, i+1, closed), Any)
			end = closed + 1
			if end < len(data) && data[end] == '\r' {
				end++
			}
		} else {
			end = d.next(data, i)
			text := end
			if text > i && data[text-1] == '\r' && (end == len(data) || data[end] == '\n') {
				text--
			}
			cell = span(i, text, Any)
		}
		if len(cells) <= limit {
			cells = append(cells, cell)
		}
		if end >= len(data) {
			return cells, n, len(data), ""
		}
		if data[end] == '\n' {
			return cells, n, end + 1, ""
		}
		i = end + 1
	}
}

// unquote makes one of two quotes, in place, and returns the new end. What is left over are quotes, so that there are
// as many line ends as before.
func (d dialect) unquote(data []byte, from, end int) int {
	to := bytes.IndexByte(data[from:end], d.quote)
	if to < 0 {
		return end
	}
	to += from
	for i := to; i < end; i++ {
		data[to] = data[i]
		to++
		if data[i] == d.quote {
			i++
		}
	}
	for i := to; i < end; i++ {
		data[i] = d.quote
	}
	return to
}

// lineEnd returns where the line behind i begins.
func lineEnd(data []byte, i int) int {
	if n := bytes.IndexByte(data[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(data)
}
