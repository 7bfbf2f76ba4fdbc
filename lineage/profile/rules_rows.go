package profile

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"github.com/gemba-ml/gemba/lineage/profile/spill"
	"github.com/gemba-ml/gemba/lineage/profile/table"
)

// The rules of this file look at rows, where the profile does not hold all values of a column.

// rowMemory is how many bytes of rows are kept in memory while rules are checked.
const rowMemory = 128 << 20

type valuesRule struct {
	Column  string  `json:"column"`
	Allowed []Value `json:"allowed"`
}

func (r *valuesRule) valid() error {
	if len(r.Allowed) == 0 {
		return errors.Join(want(r.Column, "column"), errors.New("allowed is missing"))
	}
	return want(r.Column, "column")
}

func (r *valuesRule) check(ctx context.Context, p *Profile, in *Input) (bool, string, string, error) {
	allowed := map[string]bool{}
	for _, v := range r.Allowed {
		allowed[canonicalText(v.Text)] = true
	}
	wrong, example, err := others(ctx, p, in, r.Column, func(text string) bool { return allowed[canonicalText(text)] })
	if err != nil || wrong == 0 {
		return true, r.Column, fmt.Sprintf("only the %s allowed", count(int64(len(r.Allowed)), "value")), err
	}
	return false, r.Column, fmt.Sprintf("%s not allowed, for instance %q", count(wrong, "value"), example), nil
}

// canonicalText is Canonical of a text.
func canonicalText(text string) string { return string(Canonical(nil, []byte(text), table.Any)) }

type patternRule struct {
	Column  string `json:"column"`
	Pattern string `json:"pattern"`
	whole   *regexp.Regexp
}

func (r *patternRule) valid() (err error) {
	if r.whole, err = regexp.Compile(`^(?:` + r.Pattern + `)$`); err != nil {
		return err
	}
	return errors.Join(want(r.Column, "column"), want(r.Pattern, "pattern"))
}

func (r *patternRule) check(ctx context.Context, p *Profile, in *Input) (bool, string, string, error) {
	wrong, example, err := others(ctx, p, in, r.Column, r.whole.MatchString)
	if err != nil || wrong == 0 {
		return true, r.Column, "all values match " + r.Pattern, err
	}
	return false, r.Column, fmt.Sprintf("%s not of the form %s, for instance %q", count(wrong, "value"), r.Pattern, example), nil
}

// others counts the values that are not right, with one of them: from the profile when it holds all values.
func others(ctx context.Context, p *Profile, in *Input, column string, right func(string) bool) (n int64, example string, err error) {
	if _, err := p.column(column); err != nil {
		return 0, "", err
	}
	t, err := open(in, p.Table)
	if err != nil {
		return 0, "", err
	}
	var mu sync.Mutex
	_, err = t.Cells(ctx, runtime.GOMAXPROCS(0), func(int) table.Sink {
		known := map[string]bool{} // what right said
		return func(b *table.Block) error {
			wrong, first := scan(b, column, known, right)
			mu.Lock()
			defer mu.Unlock()
			n += wrong
			if wrong > 0 && (example == "" || first < example) {
				example = first
			}
			return nil
		}
	})
	return n, short(example, 100), err
}

// remembered is how many values scan remembers.
const remembered = 10_000

// scan counts the values of a block's column that are not right, and returns the least of them.
func scan(b *table.Block, column string, known map[string]bool, right func(string) bool) (wrong int64, example string) {
	at := slices.Index(b.Columns, column)
	if at < 0 {
		return 0, ""
	}
	for i := at; i < len(b.Cells); i += len(b.Columns) {
		text := b.Cells[i].In(b.Data)
		if IsNull(text, b.Cells[i].Kind()) {
			continue
		}
		ok, seen := known[string(text)]
		if !seen {
			ok = right(string(text))
			if len(known) < remembered {
				known[string(text)] = ok
			}
		}
		if !ok {
			if wrong == 0 || string(text) < example {
				example = string(text)
			}
			wrong++
		}
	}
	return wrong, example
}

// open opens a table again.
func open(in *Input, name string) (*table.Table, error) {
	if in.Open == nil {
		return nil, errors.New("the rows are not at hand")
	}
	source, err := in.Open(name)
	if err != nil {
		return nil, err
	}
	return table.Open(source)
}

type uniqueRule struct {
	Columns []string `json:"columns"`
}

func (r *uniqueRule) valid() error { return want(strings.Join(r.Columns, ""), "columns") }

func (r *uniqueRule) check(ctx context.Context, p *Profile, in *Input) (bool, string, string, error) {
	name := strings.Join(r.Columns, ", ")
	t, err := open(in, p.Table)
	if err != nil {
		return false, name, "", err
	}
	store := spill.New(1<<30, rowMemory)
	defer store.Close()
	if err := keep(ctx, t, store, 0, r.Columns, false); err != nil {
		return false, name, "", err
	}
	var again atomic.Int64
	err = store.Each(ctx, runtime.GOMAXPROCS(0), func(_ int, rows, _ [][]byte) error {
		seen := make(map[string]bool, len(rows))
		for _, row := range rows {
			seen[string(row)] = true
		}
		again.Add(int64(len(rows) - len(seen)))
		return nil
	})
	if n := again.Load(); n > 0 {
		return false, name, fmt.Sprintf("%s whose value was there before", count(n, "row")), err
	}
	return true, name, "no value is there twice", err
}

// keep stores the cells of columns; rows with a null among them only if asked for.
func keep(ctx context.Context, t *table.Table, store *spill.Store, side int, columns []string, nulls bool) error {
	var writers []*spill.Writer
	_, err := t.Rows(ctx, runtime.GOMAXPROCS(0), func(int) table.Sink {
		w := store.Writer()
		writers = append(writers, w)
		var record []byte
		return func(b *table.Block) error {
			at := make([]int, len(columns))
			for i, name := range columns {
				if at[i] = slices.Index(b.Columns, name); at[i] < 0 && t.Format.Name != table.JSONLines {
					return fmt.Errorf("there is no column %s", name)
				}
			}
			for row := range b.Rows {
				var whole bool
				if record, whole = joinedCells(record[:0], b, row, at); whole || nulls {
					if err := w.Add(side, xxhash.Sum64(record), record); err != nil {
						return err
					}
				}
			}
			return nil
		}
	})
	for _, w := range writers {
		err = errors.Join(err, w.Flush())
	}
	return err
}

// joinedCells joins cells of a row, each behind its length and 1, a null as 0. Whole says that none is null.
func joinedCells(to []byte, b *table.Block, row int, at []int) (_ []byte, whole bool) {
	whole = true
	for _, i := range at {
		start := len(to)
		to = append(to, 0, 0, 0, 0)
		if i < 0 {
			whole = false
			continue
		}
		c := b.Cells[row*len(b.Columns)+i]
		text := c.In(b.Data)
		if IsNull(text, c.Kind()) {
			whole = false
			continue
		}
		to = Canonical(to, text, c.Kind())
		binary.LittleEndian.PutUint32(to[start:], uint32(len(to)-start-3))
	}
	return to, whole
}

type overlapRule struct {
	With    string   `json:"with"`
	Columns []string `json:"columns"`
	Max     *float64 `json:"max"`
}

func (r *overlapRule) valid() error { return errors.Join(want(r.With, "with"), share(r.Max, "max")) }

func (r *overlapRule) check(ctx context.Context, p *Profile, in *Input) (bool, string, string, error) {
	if in.Other == nil {
		return false, "", "", errors.New("other datasets are not at hand")
	}
	columns := r.Columns
	if len(columns) == 0 {
		for _, c := range p.Columns {
			columns = append(columns, c.Name)
		}
	}
	store := spill.New(1<<30, rowMemory)
	defer store.Close()
	t, err := open(in, p.Table)
	if err != nil {
		return false, "", "", err
	}
	if err := errors.Join(keep(ctx, t, store, 0, columns, len(r.Columns) == 0), r.keepOther(ctx, in, store, columns)); err != nil {
		return false, "", "", err
	}
	rows, both, err := shared(ctx, store)
	if err != nil {
		return false, "", "", err
	}
	part := float64(both) / max(1, float64(rows))
	return part <= *r.Max, "", fmt.Sprintf("%s (%s) are also in %s, at most %s allowed", count(both, "row"), percent(part), r.With, percent(*r.Max)), nil
}

// keepOther stores the rows of the other dataset.
func (r *overlapRule) keepOther(ctx context.Context, in *Input, store *spill.Store, columns []string) error {
	sources, err := in.Other(r.With)
	if err != nil {
		return err
	}
	if len(sources) == 0 {
		return fmt.Errorf("dataset %s has no table", r.With)
	}
	for _, source := range sources {
		t, err := table.Open(source)
		if err != nil {
			return err
		}
		if err := keep(ctx, t, store, 1, columns, len(r.Columns) == 0); err != nil {
			return fmt.Errorf("%s: %w", source.Name, err)
		}
	}
	return nil
}

// shared counts the rows of the first side, and those of them that the other side has, too.
func shared(ctx context.Context, store *spill.Store) (rows, both int64, err error) {
	var all, matched atomic.Int64
	err = store.Each(ctx, runtime.GOMAXPROCS(0), func(_ int, a, b [][]byte) error {
		other := make(map[string]bool, len(b))
		for _, row := range b {
			other[string(row)] = true
		}
		all.Add(int64(len(a)))
		for _, row := range a {
			if other[string(row)] {
				matched.Add(1)
			}
		}
		return nil
	})
	return all.Load(), matched.Load(), err
}
