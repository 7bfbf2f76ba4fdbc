package index

import (
	"cmp"
	"container/heap"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
)

// sortKey is what a run is sorted by in one field. As in MLflow what is no number comes behind all numbers and a run without the
// field behind all others, whatever the direction; numbers come before texts where there are both.
type sortKey struct {
	Class  int8
	Number float64
	Text   string
}

// The classes of keys, in their order.
const (
	valued int8 = iota
	notNumber
	missing
)

func compareKeys(a, b *sortKey, descending bool) int {
	if order := cmp.Compare(a.Class, b.Class); order != 0 || a.Class != valued {
		return order
	}
	order := compareNumbers(a.Number, b.Number)
	if order == 0 {
		order = strings.Compare(a.Text, b.Text)
	}
	if descending {
		return -order
	}
	return order
}

// compareNumbers is cmp.Compare for what is no NaN.
func compareNumbers(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// keys compile an order to what gives a run's keys.
func (c *cache) keys(orders []filter.Order) (all []func(int32) sortKey) {
	for _, o := range orders {
		all = append(all, c.key(o.Field))
	}
	return all
}

func (c *cache) key(f filter.Field) func(int32) sortKey {
	if !stored(f) {
		value := attributes[f.Name]
		return func(run int32) sortKey {
			d, has := value(&c.runs[run])
			return keyOf(d, has)
		}
	}
	column := c.columns[f]
	switch {
	case column.many != nil:
		return func(run int32) sortKey {
			if !column.have[run] {
				return sortKey{Class: missing}
			}
			return keyOf(datum{slices.Min(column.many[run]), math.NaN()}, true)
		}
	case column.text == nil:
		return func(run int32) sortKey { return metricKey(column.number[run], column.have[run]) }
	case f.Space == filter.Tags:
		return func(run int32) sortKey { return keyOf(datum{column.text[run], math.NaN()}, column.have[run]) }
	}
	return func(run int32) sortKey { return keyOf(datum{column.text[run], column.number[run]}, column.have[run]) }
}

func metricKey(v float64, has bool) sortKey {
	switch {
	case !has:
		return sortKey{Class: missing}
	case v != v:
		return sortKey{Class: notNumber}
	}
	return sortKey{Number: v}
}

// keyOf makes a key of a value; texts come behind all numbers.
func keyOf(d datum, has bool) sortKey {
	switch {
	case !has:
		return sortKey{Class: missing}
	case d.number == d.number:
		return sortKey{Number: d.number}
	}
	return sortKey{Number: math.Inf(1), Text: d.text}
}

// sorter compares runs by an order's fields, then newest first, then by id.
type sorter struct {
	cache  *cache
	orders []filter.Order
	keys   []func(int32) sortKey
}

// ranked is a run with the key of the order's first field, which is all that most comparisons need.
type ranked struct {
	key sortKey
	run int32
}

func (s *sorter) compareRanked(a, b *ranked) int {
	if order := compareKeys(&a.key, &b.key, s.orders[0].Descending); order != 0 {
		return order
	}
	for i, key := range s.keys[1:] {
		x, y := key(a.run), key(b.run)
		if order := compareKeys(&x, &y, s.orders[i+1].Descending); order != 0 {
			return order
		}
	}
	return cmp.Compare(s.cache.place[a.run], s.cache.place[b.run])
}

// first returns the first n of runs, sorted.
func (s *sorter) first(runs []int32, n int) []int32 {
	all := make([]ranked, len(runs))
	for i, run := range runs {
		all[i] = ranked{s.keys[0](run), run}
	}
	if len(all) > 4*n {
		all = s.best(all, n)
	}
	slices.SortFunc(all, func(a, b ranked) int { return s.compareRanked(&a, &b) })
	runs = runs[:min(n, len(all))]
	for i := range runs {
		runs[i] = all[i].run
	}
	return runs
}

// best returns the first n of all, in no order.
func (s *sorter) best(all []ranked, n int) []ranked {
	h := &worst{all[:n:n], s}
	heap.Init(h)
	for i := n; i < len(all); i++ {
		if s.compareRanked(&all[i], &h.all[0]) < 0 {
			h.all[0] = all[i]
			heap.Fix(h, 0)
		}
	}
	return h.all
}

// worst is a heap of runs with the last one of the order on top.
type worst struct {
	all []ranked
	*sorter
}

func (h *worst) Len() int           { return len(h.all) }
func (h *worst) Less(i, j int) bool { return h.compareRanked(&h.all[i], &h.all[j]) > 0 }
func (h *worst) Swap(i, j int)      { h.all[i], h.all[j] = h.all[j], h.all[i] }
func (h *worst) Push(any)           {} // it never grows
func (h *worst) Pop() any           { return nil }

// ErrPage says that a RunSearch's After is no Next of the same search.
var ErrPage = errors.New("no page of this search begins there")

// mark is what a page ends with: the keys of its last run. The next page begins behind them, whatever runs came or went.
type mark struct {
	Keys    []markKey  `json:"k,omitempty"`
	Started time.Time  `json:"t"`
	Run     tracker.ID `json:"r"`
}

// markKey is a sortKey; JSON has no form for infinite numbers.
type markKey struct {
	Class int8   `json:"c,omitempty"`
	Bits  uint64 `json:"b,omitempty"`
	Text  []byte `json:"s,omitempty"`
}

// next returns the mark of a page that ends with a run, as text.
func (s *sorter) next(run int32) string {
	r := &s.cache.runs[run]
	m := mark{Started: r.Started, Run: r.ID}
	for _, key := range s.keys {
		k := key(run)
		m.Keys = append(m.Keys, markKey{k.Class, math.Float64bits(k.Number), []byte(k.Text)})
	}
	text, _ := json.Marshal(m) // it always encodes
	return base64.RawURLEncoding.EncodeToString(text)
}

// behind compiles a mark to what tells the runs that come behind it.
func (s *sorter) behind(text string) (choice, error) {
	if text == "" {
		return func(int32) bool { return true }, nil
	}
	var m mark
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil || len(m.Keys) != len(s.keys) {
		return nil, fmt.Errorf("search runs behind %q: %w", text[:min(20, len(text))], ErrPage)
	}
	last := Run{ID: m.Run, Started: m.Started}
	return func(run int32) bool {
		for i, k := range m.Keys {
			mine, its := s.keys[i](run), sortKey{k.Class, math.Float64frombits(k.Bits), string(k.Text)}
			if order := compareKeys(&mine, &its, s.orders[i].Descending); order != 0 {
				return order > 0
			}
		}
		return newer(&s.cache.runs[run], &last) > 0
	}, nil
}
