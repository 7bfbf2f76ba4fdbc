package profile

import (
	"math"

	"github.com/gemba-ml/gemba/lineage/profile/sketch"
	"github.com/gemba-ml/gemba/lineage/profile/table"
)

// The kinds of values, and how they are called.
const (
	integers = iota
	floats
	booleans
	dates
	timestamps
	texts
	nested
	kinds
)

var kindNames = [kinds]string{"integer", "float", "boolean", "date", "timestamp", "text", "nested"}

// column gathers what is told of a column. Those of several parts of a table are merged.
type column struct {
	name   string
	size   sketch.Size
	kinds  [kinds]int64
	nulls  int64
	values *sketch.Frequent
	bytes  byteRange
	length lengths

	numbers           sketch.Moments    // of finite ones, as the rest
	numberQuantiles   *sketch.Quantiles // nil before the first
	leastInt, mostInt int64
	least, most       float64 // of those that are no integers
	nans, infinities  int64

	momentQuantiles  *sketch.Quantiles // nil before the first
	earliest, latest int64

	floats, moments []float64 // of a block, before the sketches take them
}

func newColumn(name string, size sketch.Size) *column {
	return &column{
		name: name, size: size, values: sketch.NewFrequent(size),
		leastInt: math.MaxInt64, mostInt: math.MinInt64, least: math.Inf(1), most: math.Inf(-1),
		earliest: math.MaxInt64, latest: math.MinInt64, length: lengths{least: math.MaxInt64},
	}
}

// add takes the cells of a column of a block: each stride-th.
func (c *column) add(data []byte, cells []table.Span, stride int) {
	c.floats, c.moments = c.floats[:0], c.moments[:0]
	for i := 0; i < len(cells); i += stride {
		text, kind := cells[i].In(data), cells[i].Kind()
		if IsNull(text, kind) {
			c.nulls++
			continue
		}
		c.values.Add(c.see(text, kind), text)
		c.bytes.add(text)
	}
	c.numbers.AddAll(c.floats)
	c.numberQuantiles = c.quantiles(c.numberQuantiles, c.floats)
	c.momentQuantiles = c.quantiles(c.momentQuantiles, c.moments)
}

func (c *column) quantiles(q *sketch.Quantiles, values []float64) *sketch.Quantiles {
	if q == nil && len(values) > 0 {
		q = sketch.NewQuantiles(c.size)
	}
	if q != nil {
		q.AddAll(values)
	}
	return q
}

// merge adds what o has seen.
func (c *column) merge(o *column) {
	for k, n := range o.kinds {
		c.kinds[k] += n
	}
	c.nulls += o.nulls
	c.values.Merge(o.values)
	c.bytes.merge(o.bytes)
	c.length.merge(o.length)
	c.numbers.Merge(o.numbers)
	c.numberQuantiles = mergeQuantiles(c.numberQuantiles, o.numberQuantiles)
	c.momentQuantiles = mergeQuantiles(c.momentQuantiles, o.momentQuantiles)
	c.leastInt, c.mostInt = min(c.leastInt, o.leastInt), max(c.mostInt, o.mostInt)
	c.least, c.most = min(c.least, o.least), max(c.most, o.most)
	c.nans, c.infinities = c.nans+o.nans, c.infinities+o.infinities
	c.earliest, c.latest = min(c.earliest, o.earliest), max(c.latest, o.latest)
}

func mergeQuantiles(q, o *sketch.Quantiles) *sketch.Quantiles {
	switch {
	case o == nil:
		return q
	case q == nil:
		return o
	}
	q.Merge(o)
	return q
}

// count returns how many values there are.
func (c *column) count() (n int64) {
	for _, k := range c.kinds {
		n += k
	}
	return n
}

// kind names the column's type: that of all its values, where integers pass for floats and dates for timestamps.
func (c *column) kind() string {
	n := c.count()
	switch {
	case n == 0:
		return "empty"
	case c.kinds[integers] < n && c.kinds[integers]+c.kinds[floats] == n:
		return kindNames[floats]
	case c.kinds[dates] < n && c.kinds[dates]+c.kinds[timestamps] == n:
		return kindNames[timestamps]
	}
	for k, name := range kindNames {
		if c.kinds[k] == n {
			return name
		}
	}
	return "mixed"
}
