package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// FuzzCSV compares records with those of encoding/csv, where that accepts the text, and what comes of small chunks in
// several lanes with what comes of one.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "\"a\",\"b\"\"c\"\n\n1,\"x\ny\"\n", "a\n\"b", "\"a\"b,c\nd,e\n", "a,b\r\n1,\"2\"\r\n", "\"\"\"\",\n,\"\"\n", "x\"y,z\n\"\n\"\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if want, ok := standardCSV(text); ok {
			if diff := cmp.Diff(want, ownCSV(text)); diff != "" {
				t.Errorf("records (-encoding/csv +ours):\n%s", diff)
			}
		}
		for _, width := range []int{1, 2, 3} {
			whole, summary := rowsOf(t, text, width, 1<<20, 1)
			for _, block := range []int{1, 7} {
				parts, partly := rowsOf(t, text, width, block, 3)
				if diff := cmp.Diff(whole, parts) + cmp.Diff(summary, partly); diff != "" {
					t.Errorf("in chunks of %d (-whole +chunks):\n%s", block, diff)
				}
			}
		}
	})
}

// standardCSV reads what encoding/csv reads, and we read alike: it takes carriage returns out of cells.
func standardCSV(text string) ([][]string, bool) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	return records, err == nil && !strings.Contains(text, "\r")
}

func ownCSV(text string) (records [][]string) {
	data := []byte(text)
	d := dialect{',', '"'}
	for i := 0; i < len(data); {
		blank := data[i] == '\n'
		cells, n, next, what := d.record(data, i, len(data), nil)
		i = next
		if blank {
			continue
		}
		if what != "" || n != len(cells) {
			return append(records, []string{what})
		}
		var record []string
		for _, c := range cells {
			record = append(record, string(c.In(data)))
		}
		records = append(records, record)
	}
	return records
}

// rowsOf reads a table of so many columns, without a header, in chunks.
func rowsOf(t *testing.T, text string, width, block, lanes int) ([]string, Summary) {
	t.Helper()
	table := &Table{Format: Format{Name: CSV, Delimiter: ",", Quote: `"`}, config: config{block: block, record: 1 << 20},
		source: Source{At: strings.NewReader(text), Size: int64(len(text))}}
	for i := range width {
		table.Columns = append(table.Columns, fmt.Sprint(i))
	}
	var mu sync.Mutex
	var rows []string
	s, err := table.Rows(t.Context(), lanes, func(int) Sink {
		return func(b *Block) error {
			mu.Lock()
			defer mu.Unlock()
			for r := range b.Rows {
				row := fmt.Sprintf("%06d", b.Lines[r])
				for _, c := range b.Cells[r*width : (r+1)*width] {
					row += fmt.Sprintf(" %q", c.In(b.Data))
				}
				rows = append(rows, row)
			}
			return nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(rows)
	return rows, *s
}

// FuzzJSONLines compares rows with what encoding/json makes of the lines.
func FuzzJSONLines(f *testing.F) {
	for _, text := range []string{"{}\n", `{"a":1,"b":"x\u00e9\ud83d\ude00\n"}` + "\n" + `{"b":null,"c":[1,{"d":"]"}]}`, "{\"a\": true , \"a\":-1.5e3}\n[]\nnull\n{", `{"\u0061":"\ud800","b":""}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table := &Table{Format: Format{Name: JSONLines}, config: config{block: 16, record: 1 << 20},
			source: Source{At: strings.NewReader(text), Size: int64(len(text))}}
		got := map[int64]map[string]string{}
		var mu sync.Mutex
		s, err := table.Rows(t.Context(), 2, func(int) Sink {
			return func(b *Block) error {
				mu.Lock()
				defer mu.Unlock()
				for r := range b.Rows {
					got[b.Lines[r]] = cellsOf(b, r)
				}
				return nil
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		want, bad := standardJSON(strings.TrimPrefix(text, "\xef\xbb\xbf"))
		if diff := cmp.Diff(want, got); diff != "" || bad != s.Bad {
			t.Errorf("%d bad, want %d; rows (-encoding/json +ours):\n%s", s.Bad, bad, diff)
		}
	})
}

// cellsOf returns the cells of a row that are not null, by column, with their kinds.
func cellsOf(b *Block, row int) map[string]string {
	cells := map[string]string{}
	for i, name := range b.Columns {
		c := b.Cells[row*len(b.Columns)+i]
		if c.Kind() != Null {
			cells[name] = fmt.Sprint(c.Kind(), " ", string(c.In(b.Data)))
		}
	}
	return cells
}

func standardJSON(text string) (rows map[int64]map[string]string, bad int64) {
	rows = map[int64]map[string]string{}
	n := int64(0)
	for line := range bytes.Lines([]byte(text)) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		var object map[string]json.RawMessage
		valid := json.Valid(line) && utf8.Valid(line) && line[0] == '{' && bytes.IndexByte(line, 0) < 0
		if !valid || json.Unmarshal(line, &object) != nil {
			bad++
			continue
		}
		rows[n] = map[string]string{}
		for name, raw := range object {
			if cell := standardCell(raw); cell != "" {
				rows[n][name] = cell
			}
		}
	}
	return rows, bad
}

func standardCell(raw json.RawMessage) string {
	switch c := raw[0]; {
	case c == 'n':
		return ""
	case c == 't' || c == 'f':
		return fmt.Sprint(Boolean, " ", string(raw))
	case c == '[' || c == '{':
		return fmt.Sprint(Nested, " ", string(raw))
	case c != '"':
		return fmt.Sprint(Number, " ", string(raw))
	}
	var text string
	_ = json.Unmarshal(raw, &text) // it is valid
	return fmt.Sprint(String, " ", text)
}

// FuzzParquet sees that damaged Parquet files are no more than that.
func FuzzParquet(f *testing.F) {
	for _, file := range parquetFiles(f) {
		f.Add(file)
		f.Add(file[:len(file)/2])
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		table, err := Open(Source{Name: "x.parquet", At: bytes.NewReader(file), Size: int64(len(file))})
		if err != nil {
			return
		}
		nothing := func(int) Sink { return func(*Block) error { return nil } }
		if _, err := table.Cells(t.Context(), 2, nothing); err != nil {
			t.Errorf("cells: %v", err)
		}
		if _, err := table.Rows(t.Context(), 2, nothing); err != nil {
			t.Errorf("rows: %v", err)
		}
	})
}
