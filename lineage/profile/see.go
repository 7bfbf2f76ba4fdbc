package profile

import (
	"bytes"
	"math"

	"github.com/cespare/xxhash/v2"

	"github.com/gemba-ml/gemba/lineage/profile/sketch"
	"github.com/gemba-ml/gemba/lineage/profile/table"
)

// see notes what a value is, and returns its hash: equal for equal numbers and moments, however they are written.
func (c *column) see(text []byte, kind table.Kind) uint64 {
	switch kind {
	case table.Any:
		return c.seeAny(text)
	case table.Number:
		if h, ok := c.seeNumber(text); ok {
			return h
		}
	case table.Boolean:
		return c.seeBoolean(text)
	case table.String, table.Time:
		if h, ok := c.seeMoment(text); ok {
			return h
		}
	case table.Nested:
		c.kinds[nested]++
		return xxhash.Sum64(text)
	}
	return c.seeText(text)
}

// seeAny looks at the text: what may be around it, blanks, does not count for numbers.
func (c *column) seeAny(text []byte) uint64 {
	t := text
	if t[0] == ' ' || t[len(t)-1] == ' ' {
		if t = bytes.Trim(t, " "); len(t) == 0 {
			return c.seeText(text)
		}
	}
	switch first := t[0]; {
	case first <= '9':
		if h, ok := c.seeMoment(t); ok {
			return h
		}
		if h, ok := c.seeNumber(t); ok {
			return h
		}
	case isBoolean(t):
		return c.seeBoolean(t)
	case special(t):
		if h, ok := c.seeNumber(t); ok {
			return h
		}
	}
	return c.seeText(text)
}

func (c *column) seeNumber(text []byte) (uint64, bool) {
	if n, ok := integer(text); ok {
		c.kinds[integers]++
		c.leastInt, c.mostInt = min(c.leastInt, n), max(c.mostInt, n)
		c.floats = append(c.floats, float64(n))
		return sketch.Mix(uint64(n)), true
	}
	f, ok := float(text)
	if !ok {
		return 0, false
	}
	c.kinds[floats]++
	switch {
	case math.IsNaN(f):
		c.nans++
	case math.IsInf(f, 0):
		c.infinities++
	default:
		c.floats = append(c.floats, f)
		c.least, c.most = min(c.least, f), max(c.most, f)
		if n := int64(f); float64(n) == f {
			return sketch.Mix(uint64(n)), true
		}
	}
	return sketch.Mix(math.Float64bits(f) ^ floatSeed), true
}

// The seeds keep the hashes of different kinds apart.
const floatSeed, momentSeed, booleanSeed = 0x5bf0363500f1a3d7, 0x2545f4914f6cdd1d, 0x8c7f0aac97c4aa2f

func (c *column) seeMoment(text []byte) (uint64, bool) {
	t, date, ok := moment(text)
	if !ok {
		return 0, false
	}
	if date {
		c.kinds[dates]++
	} else {
		c.kinds[timestamps]++
	}
	c.earliest, c.latest = min(c.earliest, t), max(c.latest, t)
	c.moments = append(c.moments, float64(t))
	return sketch.Mix(uint64(t) ^ momentSeed), true
}

// isBoolean says whether text is true or false, in any case.
func isBoolean(text []byte) bool {
	switch len(text) {
	case 4:
		return (text[0]|0x20) == 't' && bytes.EqualFold(text, []byte("true"))
	case 5:
		return (text[0]|0x20) == 'f' && bytes.EqualFold(text, []byte("false"))
	}
	return false
}

func (c *column) seeBoolean(text []byte) uint64 {
	c.kinds[booleans]++
	return sketch.Mix(booleanSeed + uint64(len(text)))
}

func (c *column) seeText(text []byte) uint64 {
	c.kinds[texts]++
	c.length.add(text)
	return xxhash.Sum64(text)
}
