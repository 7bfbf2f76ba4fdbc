package table

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// sniff finds out how a text is written.
func (t *Table) sniff(head []byte) error {
	whole := t.whole
	head = bytes.TrimPrefix(head, byteOrderMark)
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")):
		return t.none("it is UTF-16: convert it to UTF-8")
	case len(bytes.TrimSpace(head)) == 0:
		return t.none("it is empty")
	case 20*bytes.Count(head, []byte{0}) > len(head):
		return t.none("it is binary")
	}
	if t.Name == "" {
		t.Name = CSV
		if head[0] == '{' {
			t.Name = JSONLines
		}
	}
	if t.Name == JSONLines {
		return t.sniffJSON(head, whole)
	}
	return t.sniffCSV(bytes.Clone(head), whole)
}

func (t *Table) none(why string) error {
	return fmt.Errorf("read table %s: %w: %s", t.source.Name, ErrNotTable, why)
}

// sniffJSON learns the keys of the first objects.
func (t *Table) sniffJSON(head []byte, whole bool) error {
	l := newLane(&t.Format, func(*Block) error { return nil })
	if i := bytes.LastIndexByte(head, '\n'); i > 0 && !whole {
		head = head[:i+1]
	}
	_ = l.read(chunk{data: bytes.Clone(head), line: 1}) // the sink returns no error
	if l.summary.Rows == 0 && l.summary.Bad > 1 {
		return t.none("its lines are not JSON objects")
	}
	t.Columns = l.block.Columns
	return nil
}

// sniffedRows is how many rows decide on the delimiter.
const sniffedRows = 200

// dialects are those that are tried; the earlier one is taken when two fit as well.
var delimiters, quotes = []byte{',', '\t', ';', '|'}, []byte{'"', '\'', 0}

// sniffCSV takes the dialect by which most of the first records have the same number of cells.
func (t *Table) sniffCSV(head []byte, whole bool) error {
	best, bestScore := dialect{',', '"'}, -1.0
	var rows [][]string
	for _, quote := range quotes {
		for _, delimiter := range delimiters {
			d := dialect{delimiter, quote}
			sample := d.sample(bytes.Clone(head), whole)
			score := d.score(sample, head)
			if delimiter == '\t' && strings.HasPrefix(extension(t.source.Name), ".t") {
				score *= 2 // as the name says
			}
			if score > bestScore {
				best, bestScore, rows = d, score, sample
			}
		}
	}
	t.Delimiter, t.Quote = string(best.delimiter), strings.TrimRight(string(best.quote), "\x00")
	t.Header = hasHeader(rows)
	t.Columns = columnNames(rows, t.Header)
	return nil
}

// sample returns the first records.
func (d dialect) sample(head []byte, whole bool) (rows [][]string) {
	var cells []Span
	for i := 0; i < len(head) && len(rows) < sniffedRows; {
		var next int
		var what string
		cells, _, next, what = d.record(head, i, len(head), cells[:0])
		if !whole && next >= len(head) && len(rows) > 0 {
			break // it may go on
		}
		i = next
		if what != "" || len(cells) == 1 && len(cells[0].In(head)) == 0 {
			continue
		}
		row := make([]string, len(cells))
		for j, c := range cells {
			row[j] = string(c.In(head))
		}
		rows = append(rows, row)
	}
	return rows
}

// score says how well a dialect fits: the share of the records that have the most frequent number of cells, more for
// several cells than for one, more for a quote that is used than for one that is not.
func (d dialect) score(rows [][]string, head []byte) float64 {
	counts := map[int]int{}
	frequent := 0
	for _, row := range rows {
		counts[len(row)]++
		if n := counts[len(row)]; n > counts[frequent] || n == counts[frequent] && len(row) > frequent {
			frequent = len(row)
		}
	}
	if frequent == 0 {
		return 0
	}
	score := float64(counts[frequent]) / float64(len(rows))
	if frequent > 1 {
		score += 1 + min(float64(frequent), 10)/1000
	}
	if d.quote != 0 && d.quote != '"' && !d.used(head) {
		score -= 0.01
	}
	return score
}

// used says whether any cell is quoted.
func (d dialect) used(head []byte) bool {
	for _, before := range []byte{d.delimiter, '\n'} {
		if bytes.Contains(head, []byte{before, d.quote}) {
			return true
		}
	}
	return head[0] == d.quote
}

// hasHeader says whether the first row holds names: texts, all different, of which none is empty but the first, as
// the index of a data frame has it.
func hasHeader(rows [][]string) bool {
	if len(rows) == 0 {
		return false
	}
	seen := map[string]bool{}
	for i, cell := range rows[0] {
		_, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
		if err == nil || seen[cell] || cell == "" && i > 0 || dateLike(cell) || !utf8.ValidString(cell) {
			return false
		}
		if cell == "true" || cell == "false" {
			return false
		}
		seen[cell] = true
	}
	return true
}

// dateLike says whether a cell begins like 2006-01-02.
func dateLike(cell string) bool {
	return len(cell) >= 10 && cell[4] == '-' && cell[7] == '-' && strings.Trim(cell[:4], "0123456789") == ""
}

// columnNames returns those of the header, or column0, column1, …
func columnNames(rows [][]string, header bool) []string {
	if header {
		names := append([]string(nil), rows[0]...)
		if names[0] == "" {
			names[0] = "column0"
		}
		return names
	}
	width := map[int]int{}
	most := 0
	for _, row := range rows {
		width[len(row)]++
		if width[len(row)] > width[most] {
			most = len(row)
		}
	}
	names := make([]string, most)
	for i := range names {
		names[i] = "column" + strconv.Itoa(i)
	}
	return names
}
