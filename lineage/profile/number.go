package profile

import (
	"math"
	"strconv"
)

// integer reads a decimal integer, with a sign or without, as far as 64 bits go.
func integer(b []byte) (int64, bool) {
	i, negative := 0, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		i, negative = 1, b[0] == '-'
	}
	if i == len(b) || len(b)-i > 19 {
		return 0, false
	}
	n := uint64(0)
	for ; i < len(b); i++ {
		digit := b[i] - '0'
		if digit > 9 {
			return 0, false
		}
		n = n*10 + uint64(digit)
	}
	if n > math.MaxInt64 && !(negative && n == 1<<63) {
		return 0, false
	}
	if negative {
		return -int64(n), true
	}
	return int64(n), true
}

// powers are those of ten that a float64 holds exactly.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// float reads a decimal number. Short ones are computed at once: when the digits fit into 53 bits and the power of
// ten is exact, one division or multiplication rounds right (William Clinger, "How to read floating point numbers
// accurately", 1990).
func float(b []byte) (float64, bool) {
	if len(b) == 0 || b[0] > '9' && !special(b) {
		return 0, false
	}
	i, negative := 0, false
	if b[0] == '-' || b[0] == '+' {
		i, negative = 1, b[0] == '-'
	}
	digits, n, fraction, point := 0, uint64(0), 0, false
	for ; i < len(b); i++ {
		if digit := b[i] - '0'; digit <= 9 {
			n = n*10 + uint64(digit)
			digits++
			if point {
				fraction++
			}
		} else if b[i] == '.' && !point {
			point = true
		} else {
			return slowFloat(b)
		}
	}
	if digits == 0 {
		return 0, false
	}
	if digits > 19 || n > 1<<53 || fraction > 22 {
		return slowFloat(b)
	}
	f := float64(n) / powers[fraction]
	if negative {
		f = -f
	}
	return f, true
}

// slowFloat reads whatever is a decimal number, an infinity or not a number; numbers too large are none.
func slowFloat(b []byte) (float64, bool) {
	for _, c := range b {
		if c == '_' || c == 'x' || c == 'X' || c == 'p' || c == 'P' {
			return 0, false // Go's own forms
		}
	}
	if len(b) > 400 || b[0] > '9' && !special(b) {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(b), 64)
	return f, err == nil
}

// special says whether a text may be one of nan, inf and infinity.
func special(b []byte) bool {
	switch b[0] | 0x20 {
	case 'n':
		return len(b) == 3
	case 'i':
		return len(b) == 3 || len(b) == 8
	}
	return false
}
