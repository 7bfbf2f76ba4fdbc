package sketch

import (
	"math"
	"math/bits"
)

// Distinct estimates how many different hashes were added: HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007)
// with the estimator of Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017),
// algorithm 6, which needs no correction for small or large counts.
type Distinct struct {
	precision uint8
	registers []uint8
}

// NewDistinct returns an empty sketch.
func NewDistinct(s Size) *Distinct {
	return &Distinct{precision: s.Precision, registers: make([]uint8, 1<<s.Precision)}
}

// Add counts a value by its hash, whose bits must be spread well.
func (d *Distinct) Add(hash uint64) {
	i := hash >> (64 - d.precision)
	rank := uint8(bits.LeadingZeros64(hash<<d.precision|1<<(d.precision-1))) + 1
	if rank > d.registers[i] {
		d.registers[i] = rank
	}
}

// Merge adds all that o has seen; both have the same size.
func (d *Distinct) Merge(o *Distinct) {
	for i, rank := range o.registers {
		d.registers[i] = max(d.registers[i], rank)
	}
}

// Error returns the relative standard error of Count.
func (d *Distinct) Error() float64 { return 1.04 / math.Sqrt(float64(len(d.registers))) }

// Count returns the estimate.
func (d *Distinct) Count() int64 {
	q := 64 - int(d.precision)
	histogram := make([]float64, q+2)
	for _, rank := range d.registers {
		histogram[rank]++
	}
	m := float64(len(d.registers))
	z := m * tau(1-histogram[q+1]/m)
	for k := q; k >= 1; k-- {
		z = 0.5 * (z + histogram[k])
	}
	z += m * sigma(histogram[0]/m)
	return int64(math.Round(m * m / (2 * math.Ln2 * z)))
}

// sigma and tau are Ertl's series for registers that were never, and always, reached.
func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	for y, z := 1.0, x; ; y += y {
		x *= x
		next := z + x*y
		if next == z {
			return z
		}
		z = next
	}
}

func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	for y, z := 1.0, 1-x; ; {
		x = math.Sqrt(x)
		y *= 0.5
		next := z - (1-x)*(1-x)*y
		if next == z {
			return z / 3
		}
		z = next
	}
}
