//go:build unix

package main

import (
	"fmt"
	"strings"
)

// A goal is a figure to reach.
type goal struct {
	text string
	met  func(own, peer float64) bool
}

// faster is the goal to need at most a part of what the peer needs.
func faster(times float64) goal {
	return goal{fmt.Sprintf("≥ %g× faster", times), func(own, peer float64) bool { return own*times <= peer }}
}

// within is the goal to need at most so many times what the peer needs.
func within(times float64) goal {
	return goal{fmt.Sprintf("≤ %g×", times), func(own, peer float64) bool { return own <= peer*times }}
}

// below is the goal of a figure that has no peer.
func below(limit float64, unit string) goal {
	return goal{fmt.Sprintf("≤ %g %s", limit, unit), func(own, _ float64) bool { return own <= limit }}
}

// atMostMore is the goal to need at most so much more than the peer needs.
func atMostMore(limit float64, unit string) goal {
	return goal{fmt.Sprintf("≤ %g %s more", limit, unit), func(own, peer float64) bool { return own <= peer+limit }}
}

// heading begins the table, in markdown.
const heading = "| what (median) | gemba | peer | | peer / gemba | to reach | | n |\n|---|---|---|---|---|---|---|---|\n"

// lines are those of the table that tell of a row: one for each peer of gemba, or one where there is none.
func (r row) lines() string {
	var text strings.Builder
	own := median(r.values[0])
	if len(r.contenders) == 1 || r.contenders[0].reach.met != nil {
		fmt.Fprintf(&text, "| %s | %s | | | | %s | %d |\n", r.name, r.figure(own), r.contenders[0].reach.verdict(own, 0), len(r.values[0]))
	}
	for i, c := range r.contenders[1:] {
		peer := median(r.values[i+1])
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %.2f | %s | %d |\n",
			r.name, r.figure(own), c.name, r.figure(peer), peer/own, c.reach.verdict(own, peer), len(r.values[i+1]))
	}
	return text.String()
}

func (r row) figure(v float64) string {
	if r.unit == "" {
		return fmt.Sprintf("%.3f s", v)
	}
	return fmt.Sprintf("%.2f %s", v, r.unit)
}

// verdict is two columns: the goal, and whether it is met.
func (g goal) verdict(own, peer float64) string {
	switch {
	case g.met == nil:
		return "|"
	case g.met(own, peer):
		return g.text + " | reached"
	}
	return g.text + " | **missed**"
}

// median of sorted values.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
