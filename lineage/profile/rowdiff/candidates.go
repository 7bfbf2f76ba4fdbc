package rowdiff

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"github.com/gemba-ml/gemba/lineage/profile"
	"github.com/gemba-ml/gemba/lineage/profile/spill"
	"github.com/gemba-ml/gemba/lineage/profile/table"
)

// sampledRows is how many rows decide which columns may be a key.
const sampledRows = 100_000

// errEnough ends reading.
var errEnough = errors.New("enough rows")

// mostTried is how many columns are tried as a key: each takes reading all of both versions.
const mostTried = 20

// candidates returns the columns that both versions have and whose values, in the first rows, are all there, all
// different and no floats: those with the name of an id first, else in the order of the columns.
func (d *diff) candidates(ctx context.Context) ([]string, error) {
	common := without(d.names[0], without(d.names[0], d.names[1]))
	for side, t := range d.tables {
		unique, err := d.unique(ctx, t, d.own(side), common)
		if err != nil {
			return nil, err
		}
		common = unique
	}
	slices.SortStableFunc(common, func(a, b string) int { return nameRank(a) - nameRank(b) })
	return common[:min(len(common), mostTried)], nil
}

// nameRank is 0 for a name that says "id".
func nameRank(name string) int {
	name = strings.ToLower(name)
	for _, word := range []string{"id", "key", "uuid", "guid", "index"} {
		if name == word || strings.HasSuffix(name, "_"+word) || strings.HasSuffix(name, " "+word) {
			return 0
		}
	}
	return 1
}

// unique returns those of the columns whose values differ from row to row.
func (d *diff) unique(ctx context.Context, t *table.Table, own map[string]string, columns []string) ([]string, error) {
	seen := map[string]map[uint64]bool{}
	for _, name := range columns {
		seen[name] = map[uint64]bool{}
	}
	rows := 0
	_, err := t.Rows(ctx, 1, func(int) table.Sink {
		return func(b *table.Block) error {
			at := places(b.Columns)
			for name, values := range seen {
				called := name
				if own[name] != "" {
					called = own[name]
				}
				if !differ(b, at.of(called), values) {
					delete(seen, name)
				}
			}
			rows += b.Rows
			if rows >= sampledRows || len(seen) == 0 {
				return errEnough
			}
			return nil
		}
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(columns), func(name string) bool { return seen[name] == nil }), nil
}

// differ says whether all values of a column are new, and none is null or a float.
func differ(b *table.Block, column int, values map[uint64]bool) bool {
	if column < 0 {
		return false
	}
	for i := column; i < len(b.Cells); i += len(b.Columns) {
		text, kind := b.Cells[i].In(b.Data), b.Cells[i].Kind()
		h := xxhash.Sum64(text)
		if profile.IsNull(text, kind) || values[h] || profile.IsFloat(text, kind) {
			return false
		}
		values[h] = true
	}
	return true
}

// errNoKey says that a candidate is no key after all.
var errNoKey = errors.New("not a key")

// isKey says whether no key is there twice in a version, and any is in both, where both have rows.
func isKey(ctx context.Context, store *spill.Store) error {
	var rows [2]atomic.Int64
	var both atomic.Int64
	err := store.Each(ctx, runtime.GOMAXPROCS(0), func(_ int, a, b [][]byte) error {
		seen := make(map[string]bool, len(a))
		for _, row := range a {
			seen[keyOf(readRecord(row).key)] = false
		}
		matched := 0
		for _, row := range b {
			key := keyOf(readRecord(row).key)
			used, ok := seen[key]
			if used {
				return errNoKey
			}
			if ok {
				matched++
			}
			seen[key] = true
		}
		if len(seen) != len(a)+len(b)-matched {
			return errNoKey
		}
		rows[0].Add(int64(len(a)))
		rows[1].Add(int64(len(b)))
		both.Add(int64(matched))
		return nil
	})
	if err == nil && both.Load() == 0 && rows[0].Load() > 0 && rows[1].Load() > 0 {
		err = errNoKey
	}
	return err
}
