package profile

import (
	"bytes"
	"strconv"

	"github.com/gemba-ml/gemba/lineage/profile/table"
)

// Canonical appends a value's text so that equal numbers, moments and truth values have equal texts, however they were
// written.
func Canonical(to, text []byte, kind table.Kind) []byte {
	switch {
	case len(text) == 0 || kind == table.Nested:
	case kind == table.Text || kind == table.String:
		// A CSV file, the other format, does not tell texts from others.
		return Canonical(to, text, table.Any)
	case isBoolean(text):
		return append(to, bytes.ToLower(text)...)
	default:
		if t, _, ok := moment(text); ok {
			return append(to, momentText(t, false)...)
		}
		if n, ok := integer(text); ok {
			return strconv.AppendInt(to, n, 10)
		}
		if f, ok := float(text); ok {
			if n := int64(f); float64(n) == f {
				return strconv.AppendInt(to, n, 10)
			}
			return strconv.AppendFloat(to, f, 'g', -1, 64)
		}
	}
	return append(to, text...)
}

// IsNull says which cells are null: of CSV those without text, quoted or not.
func IsNull(text []byte, kind table.Kind) bool {
	return kind == table.Null || len(text) == 0 && kind == table.Any
}

// IsFloat says whether a value is a number and no integer.
func IsFloat(text []byte, kind table.Kind) bool {
	if kind != table.Any && kind != table.Number {
		return false
	}
	_, whole := integer(text)
	_, number := float(text)
	return number && !whole
}
