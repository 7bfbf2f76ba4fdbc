package plot

import (
	"math"
	"strings"
)

// bars are the heights of a sparkline.
var bars = []rune("▁▂▃▄▅▆▇█")

// Spark draws values as one line of at most so many characters. A part without a finite value is a cross, no value nothing.
func Spark(values []float64, width int) string {
	if len(values) == 0 || width < 1 {
		return ""
	}
	s := scale{}
	for _, v := range values {
		s.take(v)
	}
	flat := s.low == s.high
	var b strings.Builder
	for _, v := range means(values, min(width, len(values)), &s) {
		switch {
		case math.IsNaN(v):
			b.WriteRune('×')
		case flat:
			b.WriteRune(bars[len(bars)/2])
		default:
			b.WriteRune(bars[min(int(s.at(v)*float64(len(bars))), len(bars)-1)])
		}
	}
	return b.String()
}

// means returns the mean of the finite values in each of n equal parts, NaN where there is none.
func means(values []float64, n int, s *scale) []float64 {
	parts := make([]float64, n)
	for i := range parts {
		sum, count := 0.0, 0.0
		for _, v := range values[i*len(values)/n : (i+1)*len(values)/n] {
			if s.fits(v) {
				count++
				sum += (v - sum) / count // a running mean: a sum might overflow
			}
		}
		if parts[i] = sum; count == 0 {
			parts[i] = math.NaN()
		}
	}
	return parts
}
