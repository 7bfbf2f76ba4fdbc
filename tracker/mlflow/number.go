package mlflow

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// Numbers are as in JSON of protocol buffers (https://protobuf.dev/programming-guides/json/): an integer of 64 bits may come in
// quotes, as Java's client sends it, and goes out without, as MLflow's server does; a double may be "NaN", "Infinity" or "-Infinity".

// integer is an int64.
type integer int64

func (n *integer) UnmarshalJSON(b []byte) error {
	v, err := parseInteger(b)
	if err == nil {
		*n = integer(v)
	}
	return err
}

func parseInteger(b []byte) (int64, error) {
	b = bytes.Trim(b, `"`)
	if v, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		return v, nil
	}
	f, err := strconv.ParseFloat(string(b), 64) // 1e3 and 12.0 are integers too
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
		return 0, fmt.Errorf("invalid value %.40s: want an integer of 64 bits", b)
	}
	return int64(f), nil
}

// double is a float64.
type double float64

var errDouble = errors.New("want a number, or NaN, Infinity or -Infinity in quotes")

func (d *double) UnmarshalJSON(b []byte) error {
	v, err := parseDouble(b)
	if err == nil {
		*d = double(v)
	}
	return err
}

// parseDouble reads a double. The names of what is no number are also read without quotes, as Python writes them.
func parseDouble(b []byte) (float64, error) {
	b = bytes.Trim(b, `"`)
	if v, err := strconv.ParseFloat(string(b), 64); err == nil && len(b) > 0 {
		return v, nil
	}
	return 0, fmt.Errorf("invalid value %.40s: %w", b, errDouble)
}

func (d double) MarshalJSON() ([]byte, error) { return appendDouble(nil, float64(d)), nil }

// appendDouble writes a double so that it is read back bit by bit, but for the kinds of NaN.
func appendDouble(b []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, `"NaN"`...)
	case math.IsInf(v, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(v, -1):
		return append(b, `"-Infinity"`...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}
