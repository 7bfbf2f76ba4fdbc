package rowdiff

import (
	"context"
	"encoding/binary"
	"math"
	"runtime"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/gemba-ml/gemba/lineage/profile"
	"github.com/gemba-ml/gemba/lineage/profile/spill"
	"github.com/gemba-ml/gemba/lineage/profile/table"
)

// diff is a comparison under way.
type diff struct {
	options   Options
	tables    [2]*table.Table
	names     [2][]string // of the columns; a renamed one has its later name
	renamed   []Rename
	expected  int64
	canonical bool // compare what cells mean, not how they are written
	probing   bool // the key is only a guess
}

// columns learns the names of all columns, and which were renamed: the one that is gone where there is a new one.
func (d *diff) columns(ctx context.Context) (names [2][]string, err error) {
	for side, t := range d.tables {
		if names[side], err = t.AllColumns(ctx); err != nil {
			return names, err
		}
	}
	if d.tables[0].Format.Name == table.JSONLines || d.tables[1].Format.Name == table.JSONLines {
		return names, nil // the order of keys means nothing
	}
	original := slices.Clone(names[0])
	was, is := places(original), places(names[1])
	for i, name := range names[1] {
		if i < len(original) && !was.has(name) && !is.has(original[i]) {
			d.renamed = append(d.renamed, Rename{original[i], name})
			names[0][i] = name
		}
	}
	return names, nil
}

// describe tells what became of the columns.
func (d *diff) describe(r *Result) {
	r.Renamed = d.renamed
	r.AddedColumns, r.RemovedColumns = without(d.names[1], d.names[0]), without(d.names[0], d.names[1])
}

// without returns the names of a that are not in b.
func without(a, b []string) (list []string) {
	known := places(b)
	for _, name := range a {
		if !known.has(name) {
			list = append(list, name)
		}
	}
	return list
}

// positions are those of names: tables may have a hundred thousand columns.
type positions map[string]int

func places(names []string) positions {
	p := make(positions, len(names))
	for i, name := range slices.Backward(names) { // of two of a name the first counts
		p[name] = i
	}
	return p
}

func (p positions) has(name string) bool {
	_, there := p[name]
	return there
}

// of returns the position of a name, -1 when there is none.
func (p positions) of(name string) int {
	if i, there := p[name]; there {
		return i
	}
	return -1
}

// layout says in which order the cells of a side's rows are kept: those of the key, those in both versions, others.
type layout struct {
	names  []string
	key    int // how many belong to the key
	common int // how many, those of the key included, are in both
}

func (d *diff) layouts(key []string) (l [2]layout, err error) {
	common := without(d.names[0], without(d.names[0], d.names[1]))
	for i, name := range key {
		if r := slices.IndexFunc(d.renamed, func(r Rename) bool { return r.From == name }); r >= 0 {
			key[i] = d.renamed[r].To
		} else if !slices.Contains(common, name) {
			return l, missing(name, common)
		}
	}
	n := len(key)
	shared := append(slices.Clone(key), without(common, key)...)
	if n == 0 {
		n = len(shared)
	}
	for side := range l {
		l[side] = layout{append(slices.Clone(shared), without(d.names[side], shared)...), n, len(shared)}
	}
	return l, nil
}

// read keeps all rows of a table in the store.
func (d *diff) read(ctx context.Context, t *table.Table, side int, l layout, store *spill.Store, s *Side) error {
	var writers []*spill.Writer
	summary, err := t.Rows(ctx, runtime.GOMAXPROCS(0), func(int) table.Sink {
		w := &rowWriter{side: side, layout: l, to: store.Writer(), canonical: d.canonical, own: d.own(side)}
		writers = append(writers, w.to)
		return w.add
	})
	if err != nil {
		return err
	}
	for _, w := range writers {
		if err := w.Flush(); err != nil {
			return err
		}
	}
	s.Rows, s.Bad, s.Findings, s.Cut = summary.Rows, summary.Bad, summary.Findings, summary.Cut
	return nil
}

// own returns what a side itself calls a column.
func (d *diff) own(side int) map[string]string {
	names := map[string]string{}
	if side == 0 {
		for _, r := range d.renamed {
			names[r.To] = r.From
		}
	}
	return names
}

// rowWriter makes records of rows: the line, the length of the key, and the cells in the order of the layout, each
// as its length and 1, or 0 for null, and its text.
type rowWriter struct {
	side      int
	layout    layout
	own       map[string]string
	to        *spill.Writer
	canonical bool
	columns   []string
	order     []int // the position of each of the layout's columns in the block, -1 when it is not there
	key, row  []byte
	scratch   []byte
}

func (w *rowWriter) add(b *table.Block) error {
	if !slices.Equal(w.columns, b.Columns) {
		w.arrange(b.Columns)
	}
	width := len(b.Columns)
	for r := range b.Rows {
		cells := b.Cells[r*width : (r+1)*width]
		w.key, w.row = w.key[:0], binary.AppendUvarint(w.row[:0], uint64(b.Lines[r]))
		for _, at := range w.order[:w.layout.key] {
			w.key = w.cell(w.key, b.Data, cells, at)
		}
		w.row = append(binary.AppendUvarint(w.row, uint64(len(w.key))), w.key...)
		for _, at := range w.order[w.layout.key:] {
			w.row = w.cell(w.row, b.Data, cells, at)
		}
		if err := w.to.Add(w.side, xxhash.Sum64(w.key), w.row); err != nil {
			return err
		}
	}
	return nil
}

func (w *rowWriter) arrange(columns []string) {
	w.columns, w.order = slices.Clone(columns), w.order[:0]
	at := places(columns)
	for _, name := range w.layout.names {
		if own, ok := w.own[name]; ok {
			name = own
		}
		w.order = append(w.order, at.of(name))
	}
}

func (w *rowWriter) cell(to, data []byte, cells []table.Span, at int) []byte {
	if at < 0 || profile.IsNull(cells[at].In(data), cells[at].Kind()) {
		return binary.AppendUvarint(to, 0)
	}
	text := cells[at].In(data)
	if w.canonical {
		w.scratch = profile.Canonical(w.scratch[:0], text, cells[at].Kind())
		text = w.scratch
	}
	return append(binary.AppendUvarint(to, uint64(len(text))+1), text...)
}

// record is a row as it was kept.
type record struct {
	line      int64
	key, rest []byte
}

func readRecord(b []byte) record {
	line, n := binary.Uvarint(b)
	b = b[n:]
	length, n := binary.Uvarint(b)
	b = b[n:]
	return record{int64(line & math.MaxInt64), b[:length], b[length:]}
}

// cell takes the first cell of the rest of a record.
func cell(b []byte) (text []byte, null bool, rest []byte) {
	length, n := binary.Uvarint(b)
	if length == 0 {
		return nil, true, b[n:]
	}
	end := n + int(length) - 1
	return b[n:end], false, b[end:]
}
