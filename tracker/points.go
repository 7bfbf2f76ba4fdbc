package tracker

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Points of metrics are stored by series: a point costs eight bytes for its value, as it is bit by bit, and one
// or two each for what its step and its time differ from those before.
//
// The bytes: "gmbpts1\n", the number of series, and each series: length of its key, key, number of points, the steps, the
// times, the values. Numbers are varints as of protocol buffers (encoding/binary); a step or a time is the difference to
// the one before it in the series, the first one's to zero, in zigzag form; a value is an IEEE 754 double, little endian.
const pointsMagic = "gmbpts1\n"

// EncodePoints returns metrics as a blob. The order of those with one key is kept, the series are in the order in which
// each was first seen.
func EncodePoints(metrics []Metric) []byte {
	if len(metrics) == 0 {
		return nil
	}
	series := Series(metrics)
	b := append(make([]byte, 0, len(pointsMagic)+10*len(metrics)+64), pointsMagic...)
	b = binary.AppendUvarint(b, uint64(len(series)))
	for _, s := range series {
		b = appendSeries(b, s)
	}
	return b
}

// Series groups metrics by key, in the order in which each key is first seen.
func Series(metrics []Metric) [][]Metric {
	if uniform(metrics) {
		return [][]Metric{metrics}
	}
	at := make(map[string]int)
	counts := []int(nil)
	for i := range metrics {
		n, known := at[metrics[i].Key]
		if !known {
			n = len(counts)
			at[metrics[i].Key] = n
			counts = append(counts, 0)
		}
		counts[n]++
	}
	series := make([][]Metric, len(counts))
	for i, n := range counts {
		series[i] = make([]Metric, 0, n)
	}
	for _, m := range metrics {
		n := at[m.Key]
		series[n] = append(series[n], m)
	}
	return series
}

func uniform(metrics []Metric) bool {
	for i := range metrics {
		if metrics[i].Key != metrics[0].Key {
			return false
		}
	}
	return len(metrics) > 0
}

func appendSeries(b []byte, points []Metric) []byte {
	b = binary.AppendUvarint(b, uint64(len(points[0].Key)))
	b = append(b, points[0].Key...)
	b = binary.AppendUvarint(b, uint64(len(points)))
	before := int64(0)
	for _, p := range points {
		b = binary.AppendVarint(b, p.Step-before)
		before = p.Step
	}
	before = 0
	for _, p := range points {
		b = binary.AppendVarint(b, p.Time-before)
		before = p.Time
	}
	for _, p := range points {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.Value))
	}
	return b
}

// ErrPoints says that bytes are not the points of metrics.
var ErrPoints = errors.New("not the points of metrics")

// DecodePoints returns the series that EncodePoints wrote, each with all its points. Nothing is no series.
func DecodePoints(b []byte) ([][]Metric, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if len(b) < len(pointsMagic) || string(b[:len(pointsMagic)]) != pointsMagic {
		return nil, fmt.Errorf("decode points: %w", ErrPoints)
	}
	r := &pointsReader{rest: b[len(pointsMagic):]}
	n := r.count(3) // a series is a key, a count and at least one point
	series := make([][]Metric, 0, n)
	for range n {
		series = append(series, r.series())
	}
	if r.bad || len(r.rest) > 0 {
		return nil, fmt.Errorf("decode points: %w", ErrPoints)
	}
	return series, nil
}

type pointsReader struct {
	rest []byte
	bad  bool
}

// count reads how many things follow, each of at least size bytes: more than there is room for is damage, and must not
// cost memory.
func (r *pointsReader) count(size int) int {
	n, used := binary.Uvarint(r.rest)
	if used <= 0 || n > uint64(len(r.rest)-used)/uint64(size) {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[used:]
	return int(n)
}

func (r *pointsReader) series() []Metric {
	n := r.count(1)
	key := string(r.rest[:n])
	r.rest = r.rest[n:]
	points := make([]Metric, r.count(10))
	before := int64(0)
	for i := range points {
		before += r.varint()
		points[i].Key, points[i].Step = key, before
	}
	before = 0
	for i := range points {
		before += r.varint()
		points[i].Time = before
	}
	if len(r.rest) < 8*len(points) {
		r.bad, r.rest = true, nil
		return nil
	}
	for i := range points {
		points[i].Value = math.Float64frombits(binary.LittleEndian.Uint64(r.rest[8*i:]))
	}
	r.rest = r.rest[8*len(points):]
	return points
}

func (r *pointsReader) varint() int64 {
	v, used := binary.Varint(r.rest)
	if used <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[used:]
	return v
}
