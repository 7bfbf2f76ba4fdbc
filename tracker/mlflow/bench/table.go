//go:build unix

package main

import (
	"fmt"
	"slices"
	"strings"
)

// goals are what is to be reached, by the beginning of what is measured: gemba so many times faster than FastTrackML, client's own time
// taken off where it says so; or below a number of seconds.
var goals = []struct {
	what  string
	times float64
	off   bool // the client's own time is taken off
	below float64
}{
	{"log_metric", 2, false, 0},
	{"log_metric, bare HTTP", 2, false, 0},
	{"log_batch of 1,000 metrics", 5, true, 0},
	{"log_batch of 1,000 metrics, bare HTTP", 5, true, 0},
	{"history of 20,000 points", 3, true, 0},
	{"history of 20,000 points, bare HTTP", 3, false, 0},
	{"run with 5 params and 5 metrics", 2, false, 0},
	{"search of", 0, false, 0.005},
}

// table shows medians in milliseconds, in Markdown. Behind each is what is left without the client's own time.
func table(all []*server) string {
	var b strings.Builder
	names, rule := []string{}, "|---|"
	for _, s := range all {
		names, rule = append(names, s.name), rule+"---|"
	}
	fmt.Fprintf(&b, "| median in ms (without the client's own) | %s | FastTrackML / gemba (without the client's own) | to reach | |\n%s---|---|---|\n", strings.Join(names, " | "), rule)
	for _, what := range measured(all[0]) {
		fmt.Fprintf(&b, "| %s |", what)
		own := median(all[len(all)-1].figures[what])
		for _, s := range all {
			fmt.Fprintf(&b, " %s |", figure(median(s.figures[what]), own))
		}
		gemba, peer := median(all[0].figures[what]), median(all[1].figures[what])
		fmt.Fprintf(&b, " %.1f× (%.1f×) | %s |\n", peer/gemba, (peer-own)/(gemba-own), verdict(what, gemba, peer, own))
	}
	return b.String()
}

func measured(s *server) (list []string) {
	for what := range s.figures {
		list = append(list, what)
	}
	slices.Sort(list)
	return list
}

// figure is a time in milliseconds, and what of it is not the client's own.
func figure(v, own float64) string {
	switch {
	case v == 0:
		return ""
	case own == 0:
		return fmt.Sprintf("%.2f", 1000*v)
	}
	return fmt.Sprintf("%.2f (%.2f)", 1000*v, 1000*(v-own))
}

// verdict is two columns: the goal, and whether it is met.
func verdict(what string, gemba, peer, own float64) string {
	for _, g := range slices.Backward(goals) {
		if !strings.HasPrefix(what, g.what) {
			continue
		}
		text, met := fmt.Sprintf("≥ %g×", g.times), peer >= g.times*gemba
		if g.off {
			text, met = text+" without the client's own", peer-own >= g.times*(gemba-own)
		}
		if g.below > 0 {
			text, met = fmt.Sprintf("≤ %g ms", 1000*g.below), gemba <= g.below
		}
		if met {
			return text + " | reached"
		}
		return text + " | **missed**"
	}
	return " |"
}

// median of values, 0 of none.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
