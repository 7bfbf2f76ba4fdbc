package account

import (
	"math"
	"strconv"
)

// Number is a value of a metric in JSON, which lacks what is no number or infinite: those are texts, as in the JSON of protocol
// buffers (https://protobuf.dev/programming-guides/json/).
type Number float64

// MarshalJSON writes the number with as many digits as tell it from all others.
func (n Number) MarshalJSON() ([]byte, error) {
	text := Exact(float64(n))
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		text = `"` + text + `"`
	}
	return []byte(text), nil
}

// Exact writes a value so that reading it gives the same.
func Exact(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
