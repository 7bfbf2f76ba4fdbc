//go:build unix

package main

import (
	"fmt"
	"slices"
)

// line prints a line of the table. Without a goal there is no verdict.
func line(what, own, peer, theirs, ratio, goal string, met bool) {
	verdict := ""
	if goal != "" {
		verdict = "reached"
		if !met {
			verdict = "**missed**"
		}
	}
	fmt.Printf("| %s | %s | %s | %s | %s | %s | %s |\n", what, own, peer, theirs, ratio, goal, verdict)
}

func us(ns float64) string { return fmt.Sprintf("%.2f µs", ns/1e3) }

func s(ns float64) string { return fmt.Sprintf("%.2f s", ns/1e9) }

func ratio(peer, own float64) string { return fmt.Sprintf("%.0f", peer/own) }

// thousands writes a number as people do.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// column is the median of a part of timings.
func column(all []timing, part func(timing) int64) float64 {
	var values []float64
	for _, t := range all {
		values = append(values, float64(part(t)))
	}
	return median(values)
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
