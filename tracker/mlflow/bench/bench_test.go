//go:build unix

package main

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	all := []*server{
		{name: "gemba", figures: map[string][]float64{"log_metric": {0.002}, "history of 20,000 points": {0.012, 0.010, 0.011}, "search of 10 runs": {0.006}}},
		{name: "FastTrackML", figures: map[string][]float64{"log_metric": {0.003}, "history of 20,000 points": {0.014}}},
		{name: clientAlone, figures: map[string][]float64{"log_metric": {0.001}, "history of 20,000 points": {0.010}}},
	}
	want := []string{
		"| history of 20,000 points | 11.00 (1.00) | 14.00 (4.00) | 10.00 (0.00) | 1.3× (4.0×) | ≥ 3× without the client's own | reached |",
		"| log_metric | 2.00 (1.00) | 3.00 (2.00) | 1.00 (0.00) | 1.5× (2.0×) | ≥ 2× | **missed** |",
		"| search of 10 runs | 6.00 |  |  | 0.0× (0.0×) | ≤ 5 ms | **missed** |",
	}
	got := strings.Split(strings.TrimSpace(table(all)), "\n")[2:]
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the table is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
