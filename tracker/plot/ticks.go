package plot

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// tick is a mark on an axis.
type tick struct {
	at    float64 // 0 … 1
	label string
}

// ticks returns at most about n marks with round values.
func (s *scale) ticks(k Kind, n int) []tick {
	if s.log {
		return s.logTicks(n)
	}
	if k == Number {
		return s.numberTicks(n)
	}
	return s.timeTicks(k, n)
}

// numberTicks has steps of 1, 2 or 5 times a power of ten.
func (s *scale) numberTicks(n int) (all []tick) {
	step := roundStep((s.high/2 - s.low/2) * 2 / float64(n))
	digits := max(0, -int(math.Floor(math.Log10(step))))
	for i := math.Ceil(s.low / step); i*step <= s.high && len(all) <= 2*n; i++ { // the bound is for steps beside which a number has no digits left
		all = append(all, tick{s.at(i * step), numberText(i*step, digits)})
	}
	return all
}

// roundStep returns the least of 1, 2, 5, 10, … that is not less than v.
func roundStep(v float64) float64 {
	if !(v > 0) || math.IsInf(v, 0) {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// numberText writes a value with so many digits behind the point, or with an exponent when it is long.
func numberText(v float64, digits int) string {
	if a := math.Abs(v); a >= 1e6 || digits > 5 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return strconv.FormatFloat(v+0, 'f', digits, 64) // +0: not "-0"
}

// logTicks has powers of ten, or where there are not two of them, 1, 2 and 5 times those, or else the steps of a linear axis.
func (s *scale) logTicks(n int) (all []tick) {
	low, high := math.Log10(s.low), math.Log10(s.high)
	each := max(1, math.Ceil((high-low)/float64(n)))
	for e := math.Ceil(low/each) * each; e <= high; e += each {
		all = append(all, s.logTick(math.Pow(10, e)))
	}
	if len(all) > 1 {
		return all
	}
	all = nil
	for e := math.Floor(low); e <= high; e++ {
		for _, m := range []float64{1, 2, 5} {
			if v := m * math.Pow(10, e); v >= s.low && v <= s.high {
				all = append(all, s.logTick(v))
			}
		}
	}
	if len(all) > 1 {
		return all
	}
	return s.numberTicks(n)
}

func (s *scale) logTick(v float64) tick {
	return tick{s.at(v), strconv.FormatFloat(v, 'g', 3, 64)}
}

// steps of times, in seconds.
var steps = []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, day, 2 * day, 7 * day}

const day = 24 * 3600

// timeTicks has round seconds, minutes, hours or days.
func (s *scale) timeTicks(k Kind, n int) (all []tick) {
	wanted := (s.high - s.low) / float64(n)
	step := roundStep(wanted) // parts of a second, or very long
	if wanted > 0.5 && wanted <= 7*day {
		for i := len(steps) - 1; i >= 0 && steps[i] >= wanted; i-- {
			step = steps[i]
		}
	}
	for i := math.Ceil(s.low / step); i*step <= s.high && len(all) <= 2*n; i++ {
		all = append(all, tick{s.at(i * step), timeText(k, i*step, step)})
	}
	return all
}

func timeText(k Kind, seconds, step float64) string {
	if k == Duration {
		return durationText(seconds, step)
	}
	whole, part := math.Modf(seconds)
	t := time.Unix(int64(whole), int64(part*1e9)).UTC()
	switch {
	case step >= day:
		return t.Format("Jan 02")
	case step >= 60:
		return t.Format("02 15:04")
	case step >= 1:
		return t.Format("15:04:05")
	case step >= 0.001:
		return t.Format("15:04:05.000")
	}
	return t.Format("05.000000")
}

func durationText(seconds, step float64) string {
	switch {
	case step >= day:
		return fmt.Sprintf("%gd", math.Round(seconds/day*10)/10)
	case step >= 3600:
		return fmt.Sprintf("%gh", math.Round(seconds/3600*10)/10)
	case step >= 60:
		return fmt.Sprintf("%gm", math.Round(seconds/60*10)/10)
	}
	switch {
	case step >= 0.01 || seconds == 0:
		return strconv.FormatFloat(seconds, 'g', 6, 64) + "s"
	case step >= 0.00001:
		return strconv.FormatFloat(seconds*1e3, 'g', 6, 64) + "ms"
	}
	return strconv.FormatFloat(seconds*1e6, 'g', 6, 64) + "µs"
}
