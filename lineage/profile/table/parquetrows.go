package table

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/parquet-go/parquet-go"
)

// rowsAtOnce is how many rows of a Parquet file make a block.
const rowsAtOnce = 4096

// rows gives the table row by row; lanes take turns at the row groups.
func (p *parquetTable) rows(ctx context.Context, lanes int, sink func(lane int) Sink) (*Summary, error) {
	lanes = min(lanes, runtime.GOMAXPROCS(0), 4)
	groups := p.file.RowGroups()
	found := make([]Summary, len(groups))
	first := make([]int64, len(groups)+1)
	for i, g := range groups {
		first[i+1] = first[i] + max(0, g.NumRows())
	}
	err := inLanes(ctx, lanes, len(groups), sink, func(ctx context.Context, g int, sink Sink) error {
		return p.group(ctx, g, first[g], sink, &found[g])
	})
	if err != nil {
		return nil, fmt.Errorf("read table %s: %w", p.name, err)
	}
	s := &Summary{Columns: p.columns}
	for i := range found {
		s.Rows += found[i].Rows
		if s.Cut == "" {
			s.Cut = found[i].Cut
		}
	}
	p.compare(s)
	return s, nil
}

// group gives the rows of a row group. What cannot be decoded ends it, and is no error.
func (p *parquetTable) group(ctx context.Context, g int, before int64, sink Sink, s *Summary) error {
	var sinkErr error
	err := safely(func() error {
		readers := make([]*cellReader, len(p.columns))
		for c := range readers {
			if err := p.check(g, c); err != nil {
				return err
			}
			r := &cellReader{pages: p.file.RowGroups()[g].ColumnChunks()[c].Pages(), buffer: make([]parquet.Value, 256)}
			defer r.close()
			readers[c] = r
		}
		b := &Block{Columns: p.columns}
		for {
			more, err := p.block(b, readers, before+s.Rows)
			if b.Rows > 0 {
				s.Rows += int64(b.Rows)
				if sinkErr = errors.Join(sink(b), ctx.Err()); sinkErr != nil {
					return sinkErr
				}
			}
			if err != nil || !more {
				return err
			}
		}
	})
	if err != nil && sinkErr == nil {
		s.Cut = err.Error()
	}
	return sinkErr
}

// block reads some rows, false when there are no more.
func (p *parquetTable) block(b *Block, readers []*cellReader, before int64) (bool, error) {
	b.Rows, b.Data, b.Cells, b.Lines = 0, b.Data[:0], b.Cells[:0], b.Lines[:0]
	for b.Rows < rowsAtOnce && len(b.Data) < 1<<20 {
		start := len(b.Cells)
		for c, r := range readers {
			if err := r.cell(b, p.texts[c]); err != nil {
				b.Cells = b.Cells[:start]
				if err == io.EOF {
					err = nil
				}
				return false, err
			}
		}
		b.Rows++
		b.Lines = append(b.Lines, before+int64(b.Rows))
	}
	return len(readers) > 0, nil
}

// cellReader reads a column chunk row by row.
type cellReader struct {
	pages  parquet.Pages
	page   parquet.Page
	values parquet.ValueReader
	buffer []parquet.Value
	ready  []parquet.Value
}

func (r *cellReader) close() {
	if r.page != nil {
		parquet.Release(r.page)
	}
	r.pages.Close()
}

// peek returns the next value, io.EOF when there is none.
func (r *cellReader) peek() (parquet.Value, error) {
	for len(r.ready) == 0 {
		if r.values == nil {
			page, err := r.pages.ReadPage()
			if err != nil {
				return parquet.Value{}, err
			}
			r.page, r.values = page, page.Values()
		}
		n, err := r.values.ReadValues(r.buffer)
		r.ready = r.buffer[:n]
		if n == 0 && (err == io.EOF || err == nil) {
			parquet.Release(r.page)
			r.page, r.values = nil, nil
		} else if err != nil && err != io.EOF {
			return parquet.Value{}, err
		}
	}
	return r.ready[0], nil
}

// cell adds a row's value to a block: where there are several, or a list of none or one, as a list.
func (r *cellReader) cell(b *Block, text textOf) error {
	v, err := r.peek()
	if err != nil {
		return err
	}
	at := len(b.Data)
	b.append(v, text)
	r.ready = r.ready[1:]
	for {
		v, err := r.peek()
		if err == io.EOF || err == nil && v.RepetitionLevel() == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		b.Data = append(b.Data, ", "...)
		if !v.IsNull() {
			b.Data, _ = text(b.Data, v)
		}
		b.Cells[len(b.Cells)-1] = span(at, len(b.Data), Nested)
		r.ready = r.ready[1:]
	}
}
