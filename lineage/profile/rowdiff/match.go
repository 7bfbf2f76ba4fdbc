package rowdiff

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"unsafe"
)

// matcher finds the rows of both sides that belong together.
type matcher struct {
	mu      sync.Mutex
	result  *Result
	layouts [2]layout
	keyed   bool
	options Options
}

// found is what came of a partition.
type found struct {
	equal      int64
	counts     map[string]int64
	duplicates [2]int64
	cells      map[string]int64
	changes    []Change
	matcher    *matcher
}

// partition compares the rows of a partition: those of equal keys are in the same one.
func (m *matcher) partition(_ int, a, b [][]byte) error {
	f := &found{counts: map[string]int64{}, cells: map[string]int64{}, matcher: m}
	if m.keyed {
		f.byKey(a, b)
	} else {
		f.byRow(a, b)
	}
	slices.SortFunc(f.changes, inOrder)
	return m.take(f)
}

// inOrder sorts changes by the line of the later version, or the earlier one where there is no later.
func inOrder(a, b Change) int {
	return cmp.Or(cmp.Compare(line(a), line(b)), cmp.Compare(a.Change, b.Change), cmp.Compare(a.Before, b.Before))
}

func line(c Change) int64 { return cmp.Or(c.After, c.Before) }

// keyOf makes a map key of bytes that do not change any more.
func keyOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// byKey compares rows of equal keys. Of several the first one counts.
func (f *found) byKey(a, b [][]byte) {
	before, after := f.index(a, 0), f.index(b, 1)
	for key, old := range before {
		now, ok := after[key]
		if !ok {
			f.add(Removed, old, record{})
			continue
		}
		if bytes.Equal(f.common(old, 0), f.common(now, 1)) {
			f.equal++
			continue
		}
		f.add(Changed, old, now)
	}
	for key, now := range after {
		if _, ok := before[key]; !ok {
			f.add(Added, record{}, now)
		}
	}
}

// index finds the first row of each key.
func (f *found) index(rows [][]byte, side int) map[string]record {
	index := make(map[string]record, len(rows))
	for _, row := range rows {
		r := readRecord(row)
		other, ok := index[keyOf(r.key)]
		if ok {
			f.duplicates[side]++
			if r.line > other.line {
				r, other = other, r
			}
			f.duplicate(other, side)
		}
		index[keyOf(r.key)] = r
	}
	return index
}

// common returns the cells of a row that both versions have.
func (f *found) common(r record, side int) []byte {
	l := f.matcher.layouts[side]
	rest := r.rest
	for range l.common - l.key {
		_, _, rest = cell(rest)
	}
	return r.rest[:len(r.rest)-len(rest)]
}

// byRow compares how often each row is there.
func (f *found) byRow(a, b [][]byte) {
	index := map[string]*[2][]record{}
	for side, rows := range [][][]byte{a, b} {
		for _, row := range rows {
			r := readRecord(row)
			same := index[keyOf(r.key)]
			if same == nil {
				same = new([2][]record)
				index[keyOf(r.key)] = same
			}
			same[side] = append(same[side], r)
		}
	}
	for _, same := range index {
		both := min(len(same[0]), len(same[1]))
		f.equal += int64(both)
		for side := range same {
			slices.SortFunc(same[side], func(a, b record) int { return cmp.Compare(a.line, b.line) })
		}
		for _, r := range same[0][both:] {
			f.add(Removed, r, record{})
		}
		for _, r := range same[1][both:] {
			f.add(Added, record{}, r)
		}
	}
}

// add notes a change.
func (f *found) add(kind string, old, now record) {
	f.counts[kind]++
	change := Change{Change: kind, Before: old.line, After: now.line}
	l := f.matcher.layouts
	switch kind {
	case Added:
		change.Key, change.Cells = f.row(now, l[1], 1)
	case Removed:
		change.Key, change.Cells = f.row(old, l[0], 0)
	case Changed:
		change.Key, _ = f.row(record{key: now.key}, l[1], 1)
		change.Cells = f.compare(old, now, l[1])
	}
	f.keep(change)
}

func (f *found) duplicate(r record, side int) {
	change := Change{Change: Duplicate}
	*[]*int64{&change.Before, &change.After}[side] = r.line
	change.Key, change.Cells = f.row(r, f.matcher.layouts[side], side)
	f.keep(change)
}

// keep holds a change for the listing, or for the examples.
func (f *found) keep(c Change) {
	m := f.matcher
	if m.options.Listing == nil && m.options.Examples == 0 {
		return
	}
	f.changes = append(f.changes, c)
	if m.options.Listing == nil && len(f.changes) >= 4*m.options.Examples {
		slices.SortFunc(f.changes, inOrder)
		f.changes = f.changes[:m.options.Examples]
	}
}

// row returns the cells of a row of one side: its key, when there is one, and the others.
func (f *found) row(r record, l layout, side int) (key, cells []Cell) {
	for part, b := range [][]byte{r.key, r.rest} {
		names := l.names[:l.key]
		if part == 1 {
			names = l.names[l.key:]
		}
		for i := 0; len(b) > 0; i++ {
			var text []byte
			var null bool
			text, null, b = cell(b)
			c := Cell{Column: names[i]}
			if !null {
				value := profileText(text)
				*[]**string{&c.Old, &c.New}[side] = &value
			}
			if part == 0 && f.matcher.keyed {
				key = append(key, c)
			} else {
				cells = append(cells, c)
			}
		}
	}
	return key, cells
}

// compare returns the cells that differ.
func (f *found) compare(old, now record, l layout) (cells []Cell) {
	a, b := old.rest, now.rest
	for _, name := range l.names[l.key:l.common] {
		var before, after []byte
		var nullBefore, nullAfter bool
		before, nullBefore, a = cell(a)
		after, nullAfter, b = cell(b)
		if nullBefore == nullAfter && bytes.Equal(before, after) {
			continue
		}
		c := Cell{Column: name}
		if !nullBefore {
			value := profileText(before)
			c.Old = &value
		}
		if !nullAfter {
			value := profileText(after)
			c.New = &value
		}
		f.cells[name]++
		cells = append(cells, c)
	}
	return cells
}

// longestCell is how much of a cell is told.
const longestCell = 1000

func profileText(b []byte) string {
	if len(b) > longestCell {
		return string(bytes.ToValidUTF8(b[:longestCell], nil)) + "…"
	}
	return string(b)
}

// take joins what came of a partition to the result.
func (m *matcher) take(f *found) error {
	var lines bytes.Buffer
	if m.options.Listing != nil {
		e := json.NewEncoder(&lines)
		e.SetEscapeHTML(false)
		for _, c := range f.changes {
			if err := e.Encode(c); err != nil {
				return fmt.Errorf("list change: %w", err)
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.result
	r.Equal += f.equal
	r.Added, r.Removed, r.Changed = r.Added+f.counts[Added], r.Removed+f.counts[Removed], r.Changed+f.counts[Changed]
	r.Before.Duplicates += f.duplicates[0]
	r.After.Duplicates += f.duplicates[1]
	for name, n := range f.cells {
		r.ChangedCells[name] += n
	}
	r.Examples = append(r.Examples, f.changes[:min(len(f.changes), m.options.Examples)]...)
	slices.SortFunc(r.Examples, inOrder)
	r.Examples = r.Examples[:min(len(r.Examples), m.options.Examples)]
	if lines.Len() > 0 {
		if _, err := m.options.Listing.Write(lines.Bytes()); err != nil {
			return fmt.Errorf("write listing: %w", err)
		}
	}
	return nil
}
