package plot

import "math"

// Chart is what is drawn: series in one frame.
type Chart struct {
	Title  string
	X, Y   Axis
	Series []Series
}

// Axis is one direction of a chart.
type Axis struct {
	Label string
	Kind  Kind
	Log   bool // what is not greater than zero has no place then
}

// Kind is what the numbers of an axis are.
type Kind int

// The kinds of axes.
const (
	Number   Kind = iota
	Duration      // seconds
	Moment        // seconds since 1970, UTC
)

// Series is a line: points in the order in which they are joined. A value that is no number or infinite, or has no place on
// a logarithmic axis, interrupts the line and is marked at the frame's edge.
type Series struct {
	Name   string
	Points []Point
}

// Point is a place in a chart.
type Point struct{ X, Y float64 }

// frame is a chart's scales.
type frame struct{ x, y scale }

func (c Chart) frame() frame {
	f := frame{x: scale{log: c.X.Log}, y: scale{log: c.Y.Log}}
	for _, s := range c.Series {
		for _, p := range s.Points {
			f.x.take(p.X)
			f.y.take(p.Y)
		}
	}
	f.x.settle(0)
	f.y.settle(0.04)
	return f
}

// scale maps the values of an axis to 0 … 1.
type scale struct {
	log       bool
	any       bool
	low, high float64
}

// fits reports whether a value has a place on the axis.
func (s *scale) fits(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) && (!s.log || v > 0) }

// take widens the scale to a value.
func (s *scale) take(v float64) {
	switch {
	case !s.fits(v):
	case !s.any:
		s.any, s.low, s.high = true, v, v
	default:
		s.low, s.high = min(s.low, v), max(s.high, v)
	}
}

// settle makes room beside the values: a share of the range on each side, and something where all values are one.
func (s *scale) settle(share float64) {
	if !s.any {
		s.low, s.high = 0, 1
		if s.log {
			s.low, s.high = 1, 10
		}
		return
	}
	if s.log {
		if s.low == s.high {
			s.low, s.high = s.low/2, s.high*2
		}
		s.low, s.high = max(s.low, math.SmallestNonzeroFloat64), min(s.high, math.MaxFloat64)
		return
	}
	room := (s.high/2 - s.low/2) * (2 * share)
	if s.low == s.high {
		room = max(math.Abs(s.low)*0.05, math.SmallestNonzeroFloat64*16)
		if s.low == 0 {
			room = 1
		}
	}
	s.low, s.high = max(s.low-room, -math.MaxFloat64), min(s.high+room, math.MaxFloat64)
}

// at returns the place of a value that fits. Halves keep the difference of the greatest numbers finite.
func (s *scale) at(v float64) float64 {
	low, high := s.low, s.high
	if s.log {
		low, high, v = math.Log(low), math.Log(high), math.Log(v)
	} else {
		low, high, v = low/2, high/2, v/2
	}
	if high == low {
		return 0.5
	}
	return (v - low) / (high - low)
}

// gap is why a point is not in its line.
type gap int

const (
	none   gap = iota // it is
	lacks             // it is no number
	beyond            // it is infinite
	below             // it is minus infinite, or not above zero on a logarithmic axis
)

// placed is a point in the frame, 0 … 1 each way from the left and the bottom; one with a gap is at its edge.
type placed struct {
	x, y float64
	gap  gap
}

// place returns the points of a series in the frame. Those without a place on the X axis are nowhere.
func (f frame) place(s Series) []placed {
	all := make([]placed, 0, len(s.Points))
	for _, p := range s.Points {
		if !f.x.fits(p.X) {
			continue
		}
		at := placed{x: f.x.at(p.X)}
		switch {
		case math.IsNaN(p.Y):
			at.gap = lacks
		case math.IsInf(p.Y, 1):
			at.gap, at.y = beyond, 1
		case !f.y.fits(p.Y):
			at.gap = below
		default:
			at.y = f.y.at(p.Y)
		}
		all = append(all, at)
	}
	return all
}

// lines cuts points into lines without gaps, and the gaps.
func lines(points []placed) (lines [][]placed, gaps []placed) {
	from := 0
	for i, p := range points {
		if p.gap == none {
			continue
		}
		if i > from {
			lines = append(lines, points[from:i])
		}
		gaps = append(gaps, p)
		from = i + 1
	}
	if from < len(points) {
		lines = append(lines, points[from:])
	}
	return lines, gaps
}
