package sketch

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDistinct(t *testing.T) {
	for _, n := range []int{0, 1, 10, 1000, 20_000, 300_000} {
		a, b := NewDistinct(SizeFor(1)), NewDistinct(SizeFor(1))
		for i := range n {
			a.Add(Mix(uint64(i)))
			b.Add(Mix(uint64(i + n/2)))
		}
		near(t, fmt.Sprint(n), float64(a.Count()), float64(n), 4*a.Error()*float64(n))
		a.Merge(b)
		union := float64(n + n/2)
		near(t, fmt.Sprint(n, " merged"), float64(a.Count()), union, 4*a.Error()*union)
	}
}

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if !(math.Abs(got-want) <= by) {
		t.Errorf("%s: %v, want %v ± %v", what, got, want, by)
	}
}

func TestMoments(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var all, left, right Moments
	for i := range 100 {
		batch := make([]float64, i)
		for j := range batch {
			batch[j] = 1e9 + r.NormFloat64()*3 // the naive formula fails here
		}
		all.AddAll(batch)
		if i%2 == 0 {
			left.AddAll(batch)
		} else {
			right.AddAll(batch)
		}
	}
	left.Merge(right)
	near(t, "merged mean", left.Mean, all.Mean, 1e-6)
	near(t, "merged deviation", left.Deviation(), all.Deviation(), 1e-6)
	near(t, "deviation", all.Deviation(), 3, 0.2)
	if one := (&Moments{N: 1}); !math.IsNaN(one.Deviation()) {
		t.Errorf("deviation of one number: %v, want none", one.Deviation())
	}
}

func TestQuantilesExact(t *testing.T) {
	q := NewQuantiles(SizeFor(1))
	if got := q.At(0.5); !math.IsNaN(got[0]) {
		t.Errorf("median of nothing: %v", got)
	}
	q.AddAll([]float64{4, 1, 3, 2})
	if diff := cmp.Diff([]float64{1, 1.75, 2.5, 4}, q.At(0, 0.25, 0.5, 1)); diff != "" {
		t.Errorf("quantiles (-want +got):\n%s", diff)
	}
}

// TestQuantilesError holds what Error promises, for one sketch and for merged ones.
func TestQuantilesError(t *testing.T) {
	const n, trials = 1_200_000, 12
	worst := 0.0
	for trial := range trials {
		r := rand.New(rand.NewPCG(uint64(trial), 7))
		values := make([]float64, n)
		for i := range values {
			values[i] = r.ExpFloat64()
		}
		if trial%3 == 0 {
			slices.Sort(values)
		}
		parts := make([]*Quantiles, 1+trial%2*7)
		for i := range parts {
			parts[i] = NewQuantiles(SizeFor(1))
			parts[i].random ^= uint64(trial) << 20
			for batch := range slices.Chunk(values[i*n/len(parts):(i+1)*n/len(parts)], 999) {
				parts[i].AddAll(batch)
			}
		}
		for _, p := range parts[1:] {
			parts[0].Merge(p)
		}
		slices.Sort(values)
		shares := []float64{0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99}
		for i, v := range parts[0].At(shares...) {
			rank, _ := slices.BinarySearch(values, v)
			worst = max(worst, math.Abs(float64(rank)/n-shares[i]))
		}
		if parts[0].N() != n {
			t.Errorf("N is %d, want %d", parts[0].N(), n)
		}
	}
	if promised := NewQuantilesFull().Error(); worst > promised {
		t.Errorf("rank error %v, promised %v", worst, promised)
	}
	t.Logf("worst rank error %v", worst)
}

// NewQuantilesFull returns a sketch that is no longer exact.
func NewQuantilesFull() *Quantiles {
	q := NewQuantiles(SizeFor(1))
	q.AddAll(make([]float64, 5000))
	return q
}

func TestFrequent(t *testing.T) {
	size := SizeFor(1)
	whole, a, b := NewFrequent(size), NewFrequent(size), NewFrequent(size)
	r := rand.New(rand.NewPCG(3, 4))
	counts := map[uint64]int64{}
	for i := range 500_000 {
		v := uint64(i)<<20 | 1<<19 // all different
		if r.IntN(2) == 0 {
			v = uint64(r.ExpFloat64() * 5)
		}
		counts[v]++
		text := []byte(fmt.Sprint(v))
		whole.Add(Mix(v), text)
		[]*Frequent{a, b}[i%2].Add(Mix(v), text)
	}
	a.Merge(b)
	for name, f := range map[string]*Frequent{"whole": whole, "merged": a} {
		top := f.Top(10)
		if f.Exact() || len(top) != 10 || top[0].Text != "0" {
			t.Fatalf("%s: exact %t, top %v", name, f.Exact(), top)
		}
		for _, item := range top {
			var v uint64
			fmt.Sscan(item.Text, &v)
			if item.Count > counts[v] || item.Count+f.Error() < counts[v] {
				t.Errorf("%s: %s is there %d times, told %d, error %d", name, item.Text, counts[v], item.Count, f.Error())
			}
		}
		distinct, err := f.Distinct()
		near(t, name, float64(distinct), float64(len(counts)), 4*err*float64(len(counts)))
	}
}

func TestFrequentIsExactForFewValues(t *testing.T) {
	a, b := NewFrequent(SizeFor(1)), NewFrequent(SizeFor(1))
	for _, text := range []string{"x", "y", "x"} {
		a.Add(uint64(text[0]), []byte(text))
	}
	b.Add('z', []byte("z"))
	a.Merge(b)
	want := []Item{{"x", 2, false}, {"y", 1, false}, {"z", 1, false}}
	if diff := cmp.Diff(want, a.Top(5)); diff != "" || !a.Exact() {
		t.Errorf("exact %t, top (-want +got):\n%s", a.Exact(), diff)
	}
	if n, err := a.Distinct(); n != 3 || err != 0 {
		t.Errorf("distinct: %d ± %v, want 3", n, err)
	}
}
