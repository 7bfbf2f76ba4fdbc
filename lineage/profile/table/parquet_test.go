package table

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

type parquetRow struct {
	ID    int64     `parquet:"id"`
	Name  *string   `parquet:"name,optional"`
	Price float64   `parquet:"price"`
	At    time.Time `parquet:"at,timestamp(microsecond)"`
	Day   int32     `parquet:"day,date"`
	Cents int64     `parquet:"cents,decimal(2:10)"`
	Tags  []string  `parquet:"tags,list"`
	OK    bool      `parquet:"ok"`
}

// parquetFiles returns files in several compressions and of several row groups.
func parquetFiles(t testing.TB) (files [][]byte) {
	t.Helper()
	name := "Ada"
	rows := []parquetRow{
		{1, &name, 1.5, time.Date(2024, 2, 29, 12, 0, 0, 500_000_000, time.UTC), 19782, -1234, []string{"a", "b"}, true},
		{2, nil, 3, time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), -1, 5, nil, false},
		{3, nil, 1e300, time.Unix(0, 0).UTC(), 0, 100, []string{"c"}, true},
	}
	for _, option := range []parquet.WriterOption{parquet.Compression(&parquet.Uncompressed), parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(1)} {
		var b bytes.Buffer
		w := parquet.NewGenericWriter[parquetRow](&b, option)
		if _, err := w.Write(rows); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		files = append(files, b.Bytes())
	}
	return files
}

func TestParquetRows(t *testing.T) {
	want := []string{
		"1: 1|Ada|1.5|2024-02-29 12:00:00.5|2024-02-29|-12.34|a, b|true",
		"2: 2||3.0|1969-12-31 23:59:59|1969-12-31|0.05||false",
		"3: 3||1e+300|1970-01-01 00:00:00|1970-01-01|1.00|c|true",
	}
	for _, file := range parquetFiles(t) {
		table, err := Open(Source{Name: "x.parquet", At: bytes.NewReader(file), Size: int64(len(file))})
		if err != nil {
			t.Fatal(err)
		}
		var rows []string
		var mu sync.Mutex
		s, err := table.Rows(t.Context(), 2, func(int) Sink {
			return func(b *Block) error {
				mu.Lock()
				defer mu.Unlock()
				for r := range b.Rows {
					var cells []string
					for _, c := range b.Cells[r*len(b.Columns) : (r+1)*len(b.Columns)] {
						cells = append(cells, string(c.In(b.Data)))
					}
					rows = append(rows, fmt.Sprintf("%d: %s", b.Lines[r], strings.Join(cells, "|")))
				}
				return nil
			}
		})
		if err != nil || s.Cut != "" || s.Rows != 3 || len(s.Findings) > 0 {
			t.Fatalf("summary %+v, error %v", s, err)
		}
		slices.Sort(rows)
		if diff := cmp.Diff(want, rows); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		if columns := strings.Join(s.Columns, " "); columns != "id name price at day cents tags.list.element ok" {
			t.Errorf("columns %s", columns)
		}
	}
}

// claiming returns a Parquet file with other metadata.
func claiming(t *testing.T, file []byte, change func(*format.FileMetaData)) []byte {
	t.Helper()
	length := int(binary.LittleEndian.Uint32(file[len(file)-8:]))
	footer := file[len(file)-8-length : len(file)-8]
	var meta format.FileMetaData
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), footer, &meta); err != nil {
		t.Fatal(err)
	}
	change(&meta)
	changed, err := thrift.Marshal(new(thrift.CompactProtocol), &meta)
	if err != nil {
		t.Fatal(err)
	}
	out := append(slices.Clone(file[:len(file)-8-length]), changed...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(changed))), "PAR1"...)
}

func TestParquetClaims(t *testing.T) {
	file := parquetFiles(t)[0]
	for _, test := range []struct {
		name   string
		change func(*format.FileMetaData)
		rows   int64
		want   string
	}{
		{"rows", func(m *format.FileMetaData) { m.NumRows = 1 << 60 }, 3, "the file says that it has 1152921504606846976 rows, and 3 could be read"},
		{"rows of a group", func(m *format.FileMetaData) { m.RowGroups[0].NumRows = 1 << 60 }, 3, ""},
		{"values", func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.NumValues = 1 << 60 }, 3, ""},
		{"column's size", func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = 1 << 60 }, 0, "column id: it ends before its pages"},
	} {
		t.Run(test.name, func(t *testing.T) {
			changed := claiming(t, file, test.change)
			table, err := Open(Source{Name: "x.parquet", At: bytes.NewReader(changed), Size: int64(len(changed))})
			if err != nil {
				t.Fatal(err)
			}
			for _, read := range []func() (*Summary, error){
				func() (*Summary, error) { return table.Cells(t.Context(), 2, ignore) },
				func() (*Summary, error) { return table.Rows(t.Context(), 2, ignore) },
			} {
				s, err := read()
				if err != nil {
					t.Fatal(err)
				}
				if s.Rows != test.rows || !strings.Contains(fmt.Sprint(s.Cut, s.Findings), test.want) {
					t.Errorf("%d rows, %q, %v; want %d and %q", s.Rows, s.Cut, s.Findings, test.rows, test.want)
				}
			}
		})
	}
}

func ignore(int) Sink { return func(*Block) error { return nil } }

// TestParquetDamage flips every byte: no reading ends worse than with a finding.
func TestParquetDamage(t *testing.T) {
	file := parquetFiles(t)[1]
	for i := range file {
		damaged := slices.Clone(file)
		damaged[i] ^= 0xff
		table, err := Open(Source{Name: "x.parquet", At: bytes.NewReader(damaged), Size: int64(len(damaged))})
		if err != nil {
			continue
		}
		if _, err := table.Cells(t.Context(), 1, ignore); err != nil {
			t.Errorf("byte %d: cells: %v", i, err)
		}
		if _, err := table.Rows(t.Context(), 1, ignore); err != nil {
			t.Errorf("byte %d: rows: %v", i, err)
		}
	}
}
