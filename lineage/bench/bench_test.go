//go:build unix

package main

import (
	"slices"
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{3}, 3}, {[]float64{1, 2}, 1.5}, {[]float64{1, 2, 9}, 2}, {[]float64{1, 2, 4, 9}, 3},
	} {
		if got := median(test.values); got != test.want {
			t.Errorf("median(%v) = %v, want %v", test.values, got, test.want)
		}
	}
}

func TestTableTellsWhatIsReached(t *testing.T) {
	r := row{measurement{name: "a file"}, []contender{
		{name: "gemba", reach: below(1, "s")}, {name: "cp", reach: within(1.2)}, {name: "dvc", reach: faster(4)}, {name: "tar"},
	}, [][]float64{{2}, {2}, {6}, {1}}}
	want := []string{
		"| a file | 2.000 s | | | | ≤ 1 s | **missed** | 1 |",
		"| a file | 2.000 s | cp | 2.000 s | 1.00 | ≤ 1.2× | reached | 1 |",
		"| a file | 2.000 s | dvc | 6.000 s | 3.00 | ≥ 4× faster | **missed** | 1 |",
		"| a file | 2.000 s | tar | 1.000 s | 0.50 | | | 1 |",
	}
	got := strings.Split(strings.TrimSpace(r.lines()), "\n")
	if !slices.Equal(got, want) {
		t.Errorf("the table is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, topic := range topics() {
		for _, m := range topic {
			if seen[m.name] {
				t.Errorf("two measurements are named %q", m.name)
			}
			seen[m.name] = true
		}
	}
}
