package table

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Limits of a page of a Parquet file: pages are decoded whole.
const (
	maxPage       = 128 << 20 // bytes, decoded
	maxPageValues = 20 << 20
)

// parquetTable is a Parquet file.
type parquetTable struct {
	name    string
	at      io.ReaderAt
	size    int64
	file    *parquet.File
	columns []string
	texts   []textOf // how values of each column are written
}

// safely turns a panic of the decoder, of which damaged files are the cause, into an error.
func safely(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errMetadata, r)
		}
	}()
	return do()
}

func (t *Table) openParquet() (*Table, error) {
	p := &parquetTable{name: t.source.Name, at: t.source.At, size: t.source.Size}
	if p.at == nil {
		return nil, t.none("a Parquet table cannot be read from a stream, its description is at its end")
	}
	if t.Compression != "" {
		return nil, t.none("a Parquet file within " + t.Compression + " is not read")
	}
	if err := safely(p.open); err != nil {
		return nil, t.none(err.Error())
	}
	t.Format = Format{Name: Parquet, Columns: p.columns}
	t.parquet, t.head, t.file = p, nil, nil
	return t, nil
}

func (p *parquetTable) open() error {
	if err := p.checkFooter(); err != nil {
		return err
	}
	var err error
	p.file, err = parquet.OpenFile(p.at, p.size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return err
	}
	p.leaves(p.file.Root())
	for _, g := range p.file.RowGroups() {
		if len(g.ColumnChunks()) != len(p.columns) {
			return errMetadata
		}
	}
	return nil
}

// checkFooter sees that the file's description is as long as it says.
func (p *parquetTable) checkFooter() error {
	tail := make([]byte, 8)
	if p.size < 12 {
		return errors.New("it is too short for a Parquet file")
	}
	if _, err := p.at.ReadAt(tail, p.size-8); err != nil {
		return err
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	switch {
	case string(tail[4:]) != "PAR1":
		return errors.New("it is no Parquet file, or its end is missing")
	case length > maxFooter || length > p.size-12:
		return errMetadata
	}
	footer := make([]byte, length)
	if _, err := p.at.ReadAt(footer, p.size-8-length); err != nil {
		return err
	}
	if structureLength(footer) == 0 {
		return errMetadata
	}
	return nil
}

// leaves names the columns that hold values: a.b for b within a.
func (p *parquetTable) leaves(c *parquet.Column) {
	if c.Leaf() {
		p.columns = append(p.columns, strings.Join(c.Path(), "."))
		p.texts = append(p.texts, textFor(c.Type()))
		return
	}
	for _, child := range c.Columns() {
		p.leaves(child)
	}
}

// check sees that no page of a column chunk claims to be larger than can be, and that all are there.
func (p *parquetTable) check(group, column int) error {
	meta := &p.file.Metadata().RowGroups[group].Columns[column].MetaData
	at := meta.DataPageOffset
	if d := meta.DictionaryPageOffset; d > 0 && d < at {
		at = d
	}
	end := at + meta.TotalCompressedSize
	if at < 4 || end > p.size || end < at {
		return fmt.Errorf("column %s: it ends before its pages", p.columns[column])
	}
	head := make([]byte, 64<<10)
	for at < end {
		n, err := p.at.ReadAt(head[:min(int64(len(head)), end-at)], at)
		if err != nil && err != io.EOF {
			return err
		}
		length := structureLength(head[:n])
		var h format.PageHeader
		if length == 0 || thrift.Unmarshal(new(thrift.CompactProtocol), head[:length], &h) != nil || !sensible(&h) {
			return fmt.Errorf("column %s: a page at byte %d is damaged or too large", p.columns[column], at)
		}
		at += int64(length) + int64(h.CompressedPageSize)
	}
	return nil
}

func sensible(h *format.PageHeader) bool {
	values := max(h.DataPageHeader.V.NumValues, h.DataPageHeaderV2.V.NumValues, h.DictionaryPageHeader.V.NumValues)
	return h.CompressedPageSize >= 0 && h.UncompressedPageSize >= 0 && h.UncompressedPageSize <= maxPage && values <= maxPageValues
}

// cells gives the table column by column, several at a time.
func (p *parquetTable) cells(ctx context.Context, lanes int, sink func(lane int) Sink) (*Summary, error) {
	lanes = min(lanes, runtime.GOMAXPROCS(0), 4)
	s := &Summary{Columns: p.columns}
	columns := make([]Summary, len(p.columns))
	err := inLanes(ctx, lanes, len(p.columns), sink, func(ctx context.Context, column int, sink Sink) error {
		return p.column(ctx, column, sink, &columns[column])
	})
	if err != nil {
		return nil, fmt.Errorf("read table %s: %w", p.name, err)
	}
	for i := range columns {
		if s.Cut == "" {
			s.Cut = columns[i].Cut
		}
		if i == 0 || columns[i].Rows < s.Rows {
			s.Rows = columns[i].Rows
		}
	}
	p.compare(s)
	return s, nil
}

// compare tells when there are not as many rows as the file says.
func (p *parquetTable) compare(s *Summary) {
	if claimed := p.file.NumRows(); claimed != s.Rows {
		s.find(Finding{What: fmt.Sprintf("the file says that it has %d rows, and %d could be read", claimed, s.Rows)})
	}
}

// inLanes does tasks 0 to n-1, each in the lane of its number.
func inLanes(ctx context.Context, lanes, n int, sink func(int) Sink, task func(context.Context, int, Sink) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for lane := range lanes {
		to := sink(lane)
		running.Go(func() {
			for i := lane; i < n && ctx.Err() == nil; i += lanes {
				if err := task(ctx, i, to); err != nil {
					cancel(err)
				}
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// column gives one column of all row groups. What cannot be decoded ends it, and is no error.
func (p *parquetTable) column(ctx context.Context, column int, sink Sink, s *Summary) error {
	var sinkErr error
	block := &Block{Columns: p.columns[column : column+1], First: column}
	err := safely(func() error {
		for g := range p.file.RowGroups() {
			if err := p.check(g, column); err != nil {
				return err
			}
			err := p.values(g, column, func(values []parquet.Value) error {
				p.fill(block, column, values, s)
				sinkErr = errors.Join(sink(block), ctx.Err())
				return sinkErr
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && sinkErr == nil {
		s.Cut = err.Error()
	}
	return sinkErr
}

// fill makes a block of values.
func (p *parquetTable) fill(b *Block, column int, values []parquet.Value, s *Summary) {
	b.Rows, b.Data, b.Cells = len(values), b.Data[:0], b.Cells[:0]
	for _, v := range values {
		if v.RepetitionLevel() == 0 {
			s.Rows++
		}
		b.append(v, p.texts[column])
	}
}

func (b *Block) append(v parquet.Value, text textOf) {
	if v.IsNull() {
		b.Cells = append(b.Cells, span(0, 0, Null))
		return
	}
	at := len(b.Data)
	var kind Kind
	b.Data, kind = text(b.Data, v)
	b.Cells = append(b.Cells, span(at, len(b.Data), kind))
}

// valuesAtOnce is how many values are decoded at a time.
const valuesAtOnce = 4096

// values gives the values of a column chunk.
func (p *parquetTable) values(group, column int, take func([]parquet.Value) error) error {
	pages := p.file.RowGroups()[group].ColumnChunks()[column].Pages()
	defer pages.Close()
	buffer := make([]parquet.Value, valuesAtOnce)
	for {
		page, err := pages.ReadPage()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("column %s: %w", p.columns[column], err)
		}
		err = pageValues(page, buffer, take)
		parquet.Release(page)
		if err != nil {
			return fmt.Errorf("column %s: %w", p.columns[column], err)
		}
	}
}

func pageValues(page parquet.Page, buffer []parquet.Value, take func([]parquet.Value) error) error {
	values := page.Values()
	for {
		n, err := values.ReadValues(buffer)
		if n > 0 {
			if err := take(buffer[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF || err == nil && n == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
