package table

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

func of(name, text string) Source {
	return Source{Name: name, At: strings.NewReader(text), Size: int64(len(text))}
}

func TestOpen(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Format
	}{
		{"a.csv", "a,b\n1,2\n", Format{Name: CSV, Delimiter: ",", Quote: `"`, Header: true, Columns: []string{"a", "b"}}},
		{"semicolon.csv", "name;price\nx;1,5\ny;2,5\n", Format{Name: CSV, Delimiter: ";", Quote: `"`, Header: true, Columns: []string{"name", "price"}}},
		{"a.tsv", "a b\tc, d\n1\t2\n", Format{Name: CSV, Delimiter: "\t", Quote: `"`, Header: true, Columns: []string{"a b", "c, d"}}},
		{"pipes.csv", "1|2|x\n3|4|y\n", Format{Name: CSV, Delimiter: "|", Quote: `"`, Columns: []string{"column0", "column1", "column2"}}},
		{"single quotes.csv", "a,b\n'1,5',2\n'2,5',3\n", Format{Name: CSV, Delimiter: ",", Quote: "'", Header: true, Columns: []string{"a", "b"}}},
		{"apostrophes.csv", "a,b\nthe dog's,2\nit's,3\n", Format{Name: CSV, Delimiter: ",", Quote: `"`, Header: true, Columns: []string{"a", "b"}}},
		{"index.csv", ",a\n0,x\n1,y\n", Format{Name: CSV, Delimiter: ",", Quote: `"`, Header: true, Columns: []string{"column0", "a"}}},
		{"mark.csv", "\xef\xbb\xbfa,b\r\n1,2\r\n", Format{Name: CSV, Delimiter: ",", Quote: `"`, Header: true, Columns: []string{"a", "b"}}},
		{"one.csv", "word\nx\n", Format{Name: CSV, Delimiter: ",", Quote: `"`, Header: true, Columns: []string{"word"}}},
		{"a.ndjson", `{"b":1,"a":2}` + "\n" + `{"c":{"d":1}}`, Format{Name: JSONLines, Columns: []string{"b", "a", "c"}}},
		{"", `{"b":1}`, Format{Name: JSONLines, Columns: []string{"b"}}},
		{"", "x\ty\n1\t2\n", Format{Name: CSV, Delimiter: "\t", Quote: `"`, Header: true, Columns: []string{"x", "y"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			table, err := Open(of(test.name, test.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, table.Format); diff != "" {
				t.Errorf("format (-want +got):\n%s", diff)
			}
		})
	}
}

// TestVeryWide opens a table whose titles alone are longer than what usually decides.
func TestVeryWide(t *testing.T) {
	const width = 60_000
	var titles, cells strings.Builder
	for i := range width {
		fmt.Fprintf(&titles, "c%d,", i)
		fmt.Fprintf(&cells, "%d,", i)
	}
	text := strings.TrimSuffix(titles.String(), ",") + "\n" + strings.TrimSuffix(cells.String(), ",") + "\n"
	table, err := Open(of("wide.csv", text+strings.SplitAfter(text, "\n")[1]))
	if err != nil {
		t.Fatal(err)
	}
	if !table.Header || len(table.Columns) != width || table.Columns[width-1] != fmt.Sprint("c", width-1) || len(text) < 2*sampled {
		t.Errorf("header %t, %d columns, of %d bytes", table.Header, len(table.Columns), len(text))
	}
	summary, err := table.Rows(t.Context(), 2, func(int) Sink { return func(*Block) error { return nil } })
	if err != nil || summary.Rows != 2 || summary.Bad != 0 {
		t.Errorf("%+v, %v", summary, err)
	}
}

func TestNoTables(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"notes.txt", "a,b\n", "its name ends in none"},
		{"empty.csv", "\n\n", "it is empty"},
		{"picture.csv", "\x89PNG\x00\x00\x00\x00\x01", "it is binary"},
		{"wide.csv", "\xff\xfea\x00,\x00b\x00", "it is UTF-16"},
		{"log.jsonl", "started\nfailed\n", "its lines are not JSON objects"},
		{"cut.parquet", "PAR1 and so on, to the", "its end is missing"},
		{"footer.parquet", "PAR1PAR1\xff\xff\xff\x7fPAR1", "its metadata is damaged"},
	} {
		_, err := Open(of(test.name, test.text))
		if !errors.Is(err, ErrNotTable) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.want)
		}
	}
}

func TestCompressed(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1,2\n", 100_000)
	var zipped, packed bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	e, err := zstd.NewWriter(&packed)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(e, text)
	_ = e.Close()
	for name, file := range map[string]string{"a.csv.gz": zipped.String(), "a.csv.zst": packed.String()} {
		table, err := Open(of(name, file))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := table.Rows(t.Context(), 2, ignore); err != nil || s.Rows != 100_000 || s.Cut != "" {
			t.Errorf("%s: %+v, error %v", name, s, err)
		}
		if table, err = Open(of(name, file[:len(file)-20])); err != nil {
			t.Fatal(err)
		}
		if s, err := table.Rows(t.Context(), 2, ignore); err != nil || !strings.Contains(s.Cut, "unexpected EOF") {
			t.Errorf("%s cut short: %+v, error %v", name, s, err)
		}
	}
}

func TestBadRows(t *testing.T) {
	text := "id,text\n1,a\n2\n3,b,c\n4,\"x\"y\n5,\"d\ne\"\n6,\x00\n7,\xff\n\n8,ok\n9,\"never closed\n"
	table, err := Open(of("a.csv", text))
	if err != nil {
		t.Fatal(err)
	}
	s, err := table.Rows(t.Context(), 3, ignore)
	if err != nil {
		t.Fatal(err)
	}
	want := &Summary{Rows: 3, Bad: 6, Columns: []string{"id", "text"}, Findings: []Finding{
		{3, "1 cell, 2 expected"}, {4, "3 cells, 2 expected"}, {5, "text behind a closing quote"}, {8, "a NUL byte"},
		{9, "bytes that are not UTF-8"}, {12, "a quote that is not closed"},
	}}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// endless gives a text, then the same bytes so often, then another text.
func endless(before, again string, times int, after string) io.Reader {
	readers := []io.Reader{strings.NewReader(before)}
	for range times {
		readers = append(readers, strings.NewReader(again))
	}
	return io.MultiReader(append(readers, strings.NewReader(after))...)
}

// TestLongLines reads lines of 300 MB in little memory: a plain one, one of nothing but delimiters, and a quote that is
// never closed.
func TestLongLines(t *testing.T) {
	megabyte := strings.Repeat("x", 1<<20)
	for name, test := range map[string]struct {
		middle string
		want   string
		rows   int64
	}{
		"plain":      {megabyte, "longer than 16777216 bytes", 2},
		"delimiters": {strings.Repeat(",", 1<<20), "longer than 16777216 bytes", 2},
		"quote":      {"\"" + megabyte, "longer than 16777216 bytes", 2},
		"open quote": {"\n", "a quote that is not closed", 1},
	} {
		t.Run(name, func(t *testing.T) {
			before := "a,b\n1,2\n"
			if name == "open quote" {
				before += "\"" + strings.Repeat("y\n", 100)
			}
			table, err := Open(Source{Name: "a.csv", Stream: endless(before, test.middle, 300, "\n3,4\n")})
			if err != nil {
				t.Fatal(err)
			}
			var start, end runtime.MemStats
			runtime.ReadMemStats(&start)
			s, err := table.Rows(t.Context(), 4, ignore)
			runtime.ReadMemStats(&end)
			if err != nil || s.Rows < test.rows || !strings.Contains(fmt.Sprint(s.Findings), test.want) {
				t.Errorf("%+v, error %v; want %d rows and %q", s, err, test.rows, test.want)
			}
			if grown := int64(end.Sys) - int64(start.Sys); grown > 250<<20 {
				t.Errorf("it took %d MB", grown>>20)
			}
		})
	}
}

func TestStop(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	table, err := Open(Source{Name: "a.csv", Stream: endless("a,b\n", strings.Repeat("1,2\n", 1<<18), 1<<20, "")})
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	_, err = table.Rows(ctx, 2, func(int) Sink {
		return func(*Block) error { cancel(enough); return nil }
	})
	if !errors.Is(err, enough) {
		t.Errorf("error %v, want %v", err, enough)
	}
	table, err = Open(of("a.csv", "a,b\n1,2\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = table.Rows(t.Context(), 2, func(int) Sink { return func(*Block) error { return enough } }); !errors.Is(err, enough) {
		t.Errorf("error %v, want the sink's", err)
	}
}
