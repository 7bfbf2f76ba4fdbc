package index

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
)

// Points of a series are kept in chunks: columns of steps, times and values, so that a chunk grows by appending to each of them. A
// chunk is the length of the steps in bytes, the steps, that of the times, the times, the values. Lengths are varints, steps and times
// zigzag varints of the difference to the one before (of the first: to 0), values IEEE 754 doubles, little endian, bit by bit.

// chunkPoints is how many points a chunk has but the last one. It is a power of factor.
const chunkPoints = 4096

// factor is how much thinner each level is than the one below it.
const factor = 16

// chunk is a chunk's columns.
type chunk struct {
	points               int64
	lowStep, highStep    int64
	lastStep, lastTime   int64
	steps, times, values []byte
}

func (c *chunk) add(p *tracker.Metric) {
	if c.points == 0 {
		c.lowStep, c.highStep = p.Step, p.Step
	}
	c.points++
	c.lowStep, c.highStep = min(c.lowStep, p.Step), max(c.highStep, p.Step)
	c.steps = binary.AppendVarint(c.steps, p.Step-c.lastStep)
	c.times = binary.AppendVarint(c.times, p.Time-c.lastTime)
	c.values = binary.LittleEndian.AppendUint64(c.values, math.Float64bits(p.Value))
	c.lastStep, c.lastTime = p.Step, p.Time
}

func (c *chunk) encode() []byte {
	b := make([]byte, 0, 2*binary.MaxVarintLen32+len(c.steps)+len(c.times)+len(c.values))
	b = append(binary.AppendUvarint(b, uint64(len(c.steps))), c.steps...)
	b = append(binary.AppendUvarint(b, uint64(len(c.times))), c.times...)
	return append(b, c.values...)
}

// errChunk says that a chunk's bytes are not what was written: rebuilding the index mends it.
var errChunk = errors.New("a chunk of points is damaged: gemba reindex mends it")

// split sets the columns to those in b. Nothing may be appended to them.
func (c *chunk) split(b []byte) error {
	for _, column := range []*[]byte{&c.steps, &c.times} {
		n, used := binary.Uvarint(b)
		if used <= 0 || n > uint64(len(b)-used) {
			return errChunk
		}
		b = b[used:]
		*column, b = b[:n:n], b[n:]
	}
	c.values = b[:len(b):len(b)]
	return nil
}

// appendTo appends the points with their key to list.
func (c *chunk) appendTo(list []tracker.Metric, key string) ([]tracker.Metric, error) {
	if len(c.values)%8 != 0 {
		return list, errChunk
	}
	list = slices.Grow(list, len(c.values)/8)
	steps, times := c.steps, c.times
	step, time := int64(0), int64(0)
	for values := c.values; len(values) > 0; values = values[8:] {
		d, n := binary.Varint(steps)
		e, m := binary.Varint(times)
		if n <= 0 || m <= 0 {
			return list, errChunk
		}
		steps, times = steps[n:], times[m:]
		step, time = step+d, time+e
		list = append(list, tracker.Metric{Key: key, Value: math.Float64frombits(binary.LittleEndian.Uint64(values)), Step: step, Time: time})
	}
	return list, nil
}

// thin returns at most limit of more points, in a list of its own: the first and the last, and of each of equally long parts between them the least and the
// greatest, and the first that is not a number.
func thin(points []tracker.Metric, limit int) []tracker.Metric {
	each := 2
	for i := range points {
		if math.IsNaN(points[i].Value) {
			each = 3
			break
		}
	}
	parts := (limit - 2) / each
	if parts < 1 {
		return append([]tracker.Metric{}, points[len(points)-limit:]...)
	}
	return extremes(points, parts)
}

// extremes is thin with so many parts.
func extremes(points []tracker.Metric, parts int) []tracker.Metric {
	if len(points) < 3 {
		return points
	}
	kept := make([]tracker.Metric, 0, 2+2*parts)
	last := len(points) - 1
	kept = append(kept, points[0])
	for i := range parts {
		from, to := 1+i*(last-1)/parts, 1+(i+1)*(last-1)/parts
		kept = appendExtremes(kept, points[from:to])
	}
	return append(kept, points[last])
}

func appendExtremes(kept, points []tracker.Metric) []tracker.Metric {
	low, high, none := -1, -1, -1
	for i := range points {
		v := points[i].Value
		switch {
		case v != v:
			if none < 0 {
				none = i
			}
			continue
		case low < 0:
			low, high = i, i
			continue
		}
		if v < points[low].Value {
			low = i
		}
		if v > points[high].Value {
			high = i
		}
	}
	return appendInOrder(kept, points, low, high, none)
}

// appendInOrder appends the points at three places, in their order, each once; a negative place is none.
func appendInOrder(kept, points []tracker.Metric, a, b, c int) []tracker.Metric {
	if a > b {
		a, b = b, a
	}
	if b > c {
		b, c = c, b
	}
	if a > b {
		a, b = b, a
	}
	before := -1
	for _, at := range [...]int{a, b, c} {
		if at > before {
			kept, before = append(kept, points[at]), at
		}
	}
	return kept
}
