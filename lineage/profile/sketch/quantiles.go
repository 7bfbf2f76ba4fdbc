package sketch

import (
	"math"
	"slices"
)

// quantileLevels is how many levels Quantiles has before it samples.
const quantileLevels = 9

// Quantiles keeps numbers so that quantiles can be told: the compactors with a sampler below them of Karnin,
// Lang and Liberty, "Optimal quantile approximation in streams" (2016), section 4. A level that is full is
// sorted, and every second number goes up with twice the weight; when the highest level is full, the lowest
// is given up and numbers are sampled before they enter. Up to the size of a level it is exact.
type Quantiles struct {
	size    int
	levels  [][]float64 // a number in levels[i] stands for weight<<i numbers
	weight  int64       // how many numbers a number in levels[0] stands for
	pending float64     // the number chosen among held
	held    int64       // how many numbers the sampler has seen since it last let one pass
	n       int64
	random  uint64
}

// NewQuantiles returns an empty sketch.
func NewQuantiles(s Size) *Quantiles {
	return &Quantiles{size: s.Quantile, levels: make([][]float64, 1), weight: 1, random: 0x9e3779b97f4a7c15}
}

// N returns how many numbers were added.
func (q *Quantiles) N() int64 { return q.n }

// Exact says whether no number was given up.
func (q *Quantiles) Exact() bool { return len(q.levels) == 1 && q.weight == 1 }

// Error returns the error of a quantile's rank, as a share of all numbers, that is passed once in about a hundred
// times. The constant was measured: TestQuantilesError holds it.
func (q *Quantiles) Error() float64 {
	if q.Exact() {
		return 0
	}
	return 4 / float64(q.size)
}

// AddAll adds numbers, none of them NaN.
func (q *Quantiles) AddAll(values []float64) {
	for len(values) > 0 && q.weight == 1 {
		n := min(len(values), q.size-len(q.levels[0]))
		q.levels[0] = append(q.levels[0], values[:n]...)
		q.n += int64(n)
		values = values[n:]
		q.compact()
	}
	for _, v := range values {
		q.n++
		q.sample(v, 1)
	}
}

// sample lets pass one of as many numbers as a number in the lowest level stands for.
func (q *Quantiles) sample(v float64, weight int64) {
	q.held += weight
	if weight == q.held || q.chance(q.held) < uint64(weight) {
		q.pending = v
	}
	if q.held >= q.weight {
		q.held -= q.weight
		q.levels[0] = append(q.levels[0], q.pending)
		q.compact()
	}
}

// chance returns a number below n (xorshift64*, George Marsaglia 2003, Sebastiano Vigna 2016).
func (q *Quantiles) chance(n int64) uint64 {
	q.random ^= q.random >> 12
	q.random ^= q.random << 25
	q.random ^= q.random >> 27
	return (q.random * 0x2545f4914f6cdd1d >> 32) * uint64(n) >> 32
}

func (q *Quantiles) compact() {
	for i := 0; i < len(q.levels) && len(q.levels[i]) >= q.size; i++ {
		if i+1 == len(q.levels) {
			q.levels = append(q.levels, make([]float64, 0, q.size))
		}
		q.promote(i)
	}
	for len(q.levels) > quantileLevels {
		q.giveUp()
	}
}

// promote moves half of a level up.
func (q *Quantiles) promote(i int) {
	level := q.levels[i]
	slices.Sort(level)
	odd := len(level) % 2
	for j := odd + int(q.chance(2)); j < len(level); j += 2 {
		q.levels[i+1] = append(q.levels[i+1], level[j])
	}
	q.levels[i] = level[:odd]
}

// giveUp lets the sampler take the place of the lowest level.
func (q *Quantiles) giveUp() {
	rest, weight := q.levels[0], q.weight
	q.levels, q.weight = q.levels[1:], 2*q.weight
	for _, v := range rest {
		q.sample(v, weight)
	}
}

// Merge adds all that o has seen; both have the same size.
func (q *Quantiles) Merge(o *Quantiles) {
	for q.weight < o.weight {
		if len(q.levels) == 1 {
			q.levels = append(q.levels, nil)
		}
		q.giveUp()
	}
	q.n += o.n
	if o.held > 0 {
		q.sample(o.pending, o.held)
	}
	for i, level := range o.levels {
		q.mergeLevel(level, o.weight<<i)
	}
}

func (q *Quantiles) mergeLevel(level []float64, weight int64) {
	for _, v := range level {
		if weight < q.weight {
			q.sample(v, weight)
			continue
		}
		i := 0
		for q.weight<<i < weight {
			i++
		}
		for len(q.levels) <= i {
			q.levels = append(q.levels, nil)
		}
		q.levels[i] = append(q.levels[i], v)
		if len(q.levels[i]) >= q.size {
			q.compactAll()
		}
	}
}

func (q *Quantiles) compactAll() {
	for i := 0; i < len(q.levels); i++ {
		if len(q.levels[i]) < q.size {
			continue
		}
		if i+1 == len(q.levels) {
			q.levels = append(q.levels, nil)
		}
		q.promote(i)
	}
	for len(q.levels) > quantileLevels {
		q.giveUp()
	}
}

// weighted is a kept number and how many it stands for.
type weighted struct {
	value  float64
	weight int64
}

// At returns the quantiles at shares between 0 and 1, with linear interpolation between neighbours (the
// definition of SQL's percentile_cont, Hyndman and Fan's 7). It returns NaN for no numbers.
func (q *Quantiles) At(shares ...float64) []float64 {
	var kept []weighted
	total := int64(0)
	for i, level := range q.levels {
		for _, v := range level {
			kept = append(kept, weighted{v, q.weight << i})
			total += q.weight << i
		}
	}
	slices.SortFunc(kept, func(a, b weighted) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	answers := make([]float64, len(shares))
	for i, share := range shares {
		answers[i] = interpolate(kept, share*float64(total-1))
	}
	return answers
}

// interpolate returns the number at a position, counted from 0, in the sorted numbers that kept stands for.
func interpolate(kept []weighted, position float64) float64 {
	if len(kept) == 0 {
		return math.NaN()
	}
	low, before := math.Floor(position), int64(0)
	for i, k := range kept {
		before += k.weight
		if float64(before) <= low {
			continue
		}
		if i+1 == len(kept) || float64(before) > low+1 {
			return k.value
		}
		return k.value + (position-low)*(kept[i+1].value-k.value)
	}
	return kept[len(kept)-1].value
}
