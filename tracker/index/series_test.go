package index

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// bits are points as bytes, so that values are compared bit by bit.
func bits(points []tracker.Metric) []byte {
	b := make([]byte, 0, 24*len(points))
	for _, p := range points {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(p.Value))
		b = binary.BigEndian.AppendUint64(b, uint64(p.Step))
		b = binary.BigEndian.AppendUint64(b, uint64(p.Time))
	}
	return b
}

// anyPoints returns points with any bits as values, NaNs with payloads among them, and steps and times that go back.
func anyPoints(key string, n int, r *rand.Rand) []tracker.Metric {
	points := make([]tracker.Metric, n)
	step, time := int64(math.MinInt64), int64(math.MaxInt64)
	for i := range points {
		if step, time = step+r.Int64N(100)-10, time+r.Int64N(1e9)-1e8; r.IntN(1000) == 0 {
			step, time = int64(r.Uint64()), int64(r.Uint64())
		}
		points[i] = tracker.Metric{Key: key, Value: math.Float64frombits(r.Uint64()), Step: step, Time: time}
		if r.IntN(10) == 0 {
			points[i].Value = pick(r, nan, inf, negInf, 0, math.Copysign(0, -1), math.Float64frombits(0x7ff0000000000001))
		}
	}
	return points
}

// TestMillionPoints writes a million points in entries of any length and reads them back, bit by bit.
func TestMillionPoints(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	run := nthID(0xa0, 1)
	x := open(t, dir)
	points := anyPoints("loss", 1_000_000, r)
	for rest := points; len(rest) > 0; {
		n := min(1+r.IntN(40_000), len(rest))
		if r.IntN(3) == 0 {
			n = min(n, 10)
		}
		s.logged(s.head(tracker.ID{}), run, tracker.Logged{}, rest[:n])
		if rest = rest[n:]; r.IntN(4) == 0 {
			if err := x.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := x.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := must[[]tracker.Metric](t)(x.Series(t.Context(), SeriesSearch{Run: run, Key: "loss"}))
	if !slices.Equal(bits(got), bits(points)) {
		t.Error("what was read is not what was written")
	}
	want := new(last)
	for i := range points {
		want.take(&points[i])
	}
	keys := must[[]SeriesKey](t)(x.SeriesKeys(t.Context(), run))
	if len(keys) != 1 || keys[0].Points != int64(len(points)) || !slices.Equal(bits([]tracker.Metric{keys[0].Last}), bits([]tracker.Metric{want.Metric})) {
		t.Errorf("keys are %+v, want one with %d points that ends with %v", keys, len(points), want.Metric)
	}
	wantThin(t, x, run, points)
}

// wantThin draws a series at few points: extremes, the first and the last are there, and what is no number shows.
func wantThin(t *testing.T, x *Index, run tracker.ID, points []tracker.Metric) {
	t.Helper()
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		if p.Value == p.Value {
			low, high = min(low, p.Value), max(high, p.Value)
		}
	}
	for _, limit := range []int{1000, 100, 10, 999_999, 5, 2, 1} {
		got := must[[]tracker.Metric](t)(x.Series(t.Context(), SeriesSearch{Run: run, Key: "loss", Points: limit}))
		if len(got) > limit || len(got) < min(limit, 1000)/3 {
			t.Errorf("at most %d points are %d", limit, len(got))
		}
		if limit < 5 {
			continue
		}
		has := func(fits func(float64) bool) bool {
			return slices.ContainsFunc(got, func(p tracker.Metric) bool { return fits(p.Value) })
		}
		if !has(func(v float64) bool { return v == low }) || !has(func(v float64) bool { return v == high }) || !has(math.IsNaN) {
			t.Errorf("of at most %d points the extremes are not all there", limit)
		}
		ends := []tracker.Metric{got[0], got[len(got)-1]}
		if !slices.Equal(bits(ends), bits([]tracker.Metric{points[0], points[len(points)-1]})) {
			t.Errorf("at most %d points begin and end with %v", limit, ends)
		}
	}
}

// TestSeriesOfSteps asks for some steps of a long series.
func TestSeriesOfSteps(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	run := nthID(0xa0, 1)
	var points []tracker.Metric
	for i := range 100_000 {
		points = append(points, tracker.Metric{Key: "loss", Value: math.Sin(float64(i) / 1000), Step: int64(2 * i)})
	}
	s.logged(s.head(tracker.ID{}), run, tracker.Logged{}, points)
	x := open(t, dir)
	for _, test := range []struct {
		from, to int64
		want     []tracker.Metric
	}{
		{0, 0, points},
		{0, 1, points[:1]},
		{199_998, 500_000, points[99_999:]},
		{200_000, 500_000, nil},
		{-5, -1, nil},
		{8190, 8194, points[4095:4098]},
		{20_000, 180_000, points[10_000:90_001]},
	} {
		got := must[[]tracker.Metric](t)(x.Series(t.Context(), SeriesSearch{Run: run, Key: "loss", From: test.from, To: test.to}))
		if !slices.Equal(bits(got), bits(test.want)) {
			t.Errorf("steps %d to %d are %d points, want %d", test.from, test.to, len(got), len(test.want))
		}
		thin := must[[]tracker.Metric](t)(x.Series(t.Context(), SeriesSearch{Run: run, Key: "loss", From: test.from, To: test.to, Points: 500}))
		if len(thin) > 500 || len(thin) < min(150, len(test.want)) {
			t.Errorf("steps %d to %d at 500 points are %d", test.from, test.to, len(thin))
		}
		for _, p := range thin {
			if (test.from != 0 || test.to != 0) && (p.Step < test.from || p.Step > test.to) {
				t.Errorf("steps %d to %d at 500 points have step %d", test.from, test.to, p.Step)
			}
		}
	}
	if none := must[[]tracker.Metric](t)(x.Series(t.Context(), SeriesSearch{Run: run, Key: "no"})); len(none) != 0 {
		t.Errorf("a series that is not there has %d points", len(none))
	}
}

// TestDamagedChunk changes a chunk's bytes: reading it gives points or an error, nothing else.
func TestDamagedChunk(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var whole chunk
	for _, p := range anyPoints("k", 50, r) {
		whole.add(&p)
	}
	wrong := 0
	for range 20_000 {
		b := whole.encode()
		for range 1 + r.IntN(3) {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
		var c chunk
		err := c.split(b[:r.IntN(len(b)+1)])
		if err == nil {
			_, err = c.appendTo(nil, "k")
		}
		if err != nil {
			wrong++
		}
	}
	if wrong < 10_000 {
		t.Errorf("only %d of 20000 damaged chunks are found to be damaged", wrong)
	}
}

// TestExtents compares the extents of a run's series with their points.
func TestExtents(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	run, other := nthID(0xa0, 1), nthID(0xa0, 2)
	want := map[string]Extent{}
	for key, n := range map[string]int{"one": 1, "few": 100, "chunk": chunkPoints, "long": 3*chunkPoints + 7, "odd": 3} {
		points := make([]tracker.Metric, n)
		w := Extent{math.Inf(1), math.Inf(-1)}
		for i := range points {
			points[i] = tracker.Metric{Key: key, Value: r.NormFloat64(), Step: int64(i)}
			if key == "odd" {
				points[i].Value = []float64{nan, inf, negInf}[i]
				continue
			}
			w = Extent{min(w.Least, points[i].Value), max(w.Greatest, points[i].Value)}
		}
		want[key] = w
		s.logged(s.head(tracker.ID{}), run, tracker.Logged{}, points[:n/2])
		s.logged(s.head(tracker.ID{}), run, tracker.Logged{}, points[n/2:])
	}
	s.logged(s.head(tracker.ID{}), other, tracker.Logged{}, []tracker.Metric{{Key: "few", Value: 1e9}})
	x := open(t, dir)
	if err := x.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, must[map[string]Extent](t)(x.Extents(t.Context(), run))); diff != "" {
		t.Errorf("extents (-want +got):\n%s", diff)
	}
}
