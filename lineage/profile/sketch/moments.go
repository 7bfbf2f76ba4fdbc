package sketch

import "math"

// Moments are the number, mean and variance of finite numbers. Batches are joined by the formula of Chan, Golub
// and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979).
type Moments struct {
	N    int64
	Mean float64
	m2   float64 // sum of squared distances from the mean
}

// AddAll adds numbers.
func (m *Moments) AddAll(values []float64) {
	if len(values) == 0 {
		return
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	b := Moments{N: int64(len(values)), Mean: sum / float64(len(values))}
	for _, v := range values {
		b.m2 += (v - b.Mean) * (v - b.Mean)
	}
	m.Merge(b)
}

// Merge adds what o has seen.
func (m *Moments) Merge(o Moments) {
	if o.N == 0 {
		return
	}
	n := m.N + o.N
	delta := o.Mean - m.Mean
	m.Mean += delta * float64(o.N) / float64(n)
	m.m2 += o.m2 + delta*delta*float64(m.N)*float64(o.N)/float64(n)
	m.N = n
}

// Deviation returns the standard deviation of the sample (divisor N-1), NaN for fewer than two numbers.
func (m *Moments) Deviation() float64 {
	if m.N < 2 {
		return math.NaN()
	}
	return math.Sqrt(m.m2 / float64(m.N-1))
}
