package sketch

import (
	"cmp"
	"slices"
)

// longestText is how many bytes of a frequent value are kept.
const longestText = 200

// Frequent counts values and how many different ones there are: exactly while they are few, else it estimates
// the latter by Distinct and keeps the most frequent ones: Misra and Gries,
// "Finding repeated elements" (1982), in the form of Anderson and others, "A high-performance algorithm for
// identifying frequent items in data streams" (2017): when all counters are in use, the median count is taken
// from each, and those that fall to zero are free again.
type Frequent struct {
	size     Size
	slots    []slot
	used     int
	taken    int64     // from every count
	distinct *Distinct // nil while all values are counted
	sample   []int64
	spare    []slot
}

type slot struct {
	hash  uint64
	count int64
	text  string
	known bool // text is the value's
}

// Item is a value and a lower bound of its count.
type Item struct {
	Text  string
	Count int64
	Cut   bool // Text is only the beginning
}

// NewFrequent returns an empty sketch.
func NewFrequent(s Size) *Frequent { return &Frequent{size: s, slots: make([]slot, 2*s.Counters)} }

// Exact says whether all values were counted.
func (f *Frequent) Exact() bool { return f.distinct == nil }

// Error returns by how much counts may be too low; a value that is not listed has at most that count.
func (f *Frequent) Error() int64 { return f.taken }

// Distinct returns how many different values there were, and the relative standard error of that: 0 while Exact.
func (f *Frequent) Distinct() (int64, float64) {
	if f.Exact() {
		return int64(f.used), 0
	}
	return f.distinct.Count(), f.distinct.Error()
}

// Add counts a value by its hash. When a value among many is new, its text is kept from its second time on only,
// for most of them never come to it.
func (f *Frequent) Add(hash uint64, text []byte) {
	if f.distinct != nil {
		f.distinct.Add(hash)
	}
	s := f.find(hash)
	s.count++
	switch {
	case s.count == 1:
		s.hash = hash
		f.used++
		if f.Exact() {
			s.text, s.known = string(text[:min(len(text), longestText+1)]), true
		}
		f.shrink()
	case !s.known:
		s.text, s.known = string(text[:min(len(text), longestText+1)]), true
	}
}

func (f *Frequent) find(hash uint64) *slot {
	mask := uint64(len(f.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		if s := &f.slots[i]; s.count == 0 || s.hash == hash {
			return s
		}
	}
}

// shrink frees about half of the counters once more than the limit are in use.
func (f *Frequent) shrink() {
	if f.used <= f.size.Counters {
		return
	}
	f.estimate()
	f.sample = f.sample[:0]
	for i := range f.slots {
		if c := f.slots[i].count; c > 0 {
			f.sample = append(f.sample, c)
		}
	}
	slices.Sort(f.sample)
	median := f.sample[len(f.sample)/2]
	f.spare = append(f.spare[:0], f.slots...)
	clear(f.slots)
	f.used = 0
	f.taken += median
	for _, s := range f.spare {
		if s.count > median {
			s.count -= median
			*f.find(s.hash) = s
			f.used++
		}
	}
}

// estimate lets Distinct take over.
func (f *Frequent) estimate() {
	if f.distinct != nil {
		return
	}
	f.distinct = NewDistinct(f.size)
	for _, s := range f.slots {
		if s.count > 0 {
			f.distinct.Add(s.hash)
		}
	}
}

// Merge adds all that o has seen; both have the same size.
func (f *Frequent) Merge(o *Frequent) {
	f.taken += o.taken
	if o.distinct != nil {
		f.estimate()
		f.distinct.Merge(o.distinct)
	}
	for _, s := range o.slots {
		if s.count == 0 {
			continue
		}
		if f.distinct != nil {
			f.distinct.Add(s.hash)
		}
		mine := f.find(s.hash)
		if mine.count == 0 {
			f.used++
			mine.hash = s.hash
		}
		mine.count += s.count
		if !mine.known {
			mine.text, mine.known = s.text, s.known
		}
		f.shrink()
	}
}

// Top returns the n most frequent values, equal counts in the order of their texts. Values that may be no more
// frequent than those not counted are left out.
func (f *Frequent) Top(n int) []Item {
	var items []Item
	for _, s := range f.slots {
		if s.count > 0 && s.known && s.count > f.taken {
			items = append(items, Item{s.text[:min(len(s.text), longestText)], s.count, len(s.text) > longestText})
		}
	}
	slices.SortFunc(items, func(a, b Item) int {
		return cmp.Or(-cmp.Compare(a.Count, b.Count), cmp.Compare(a.Text, b.Text))
	})
	return items[:min(n, len(items))]
}
