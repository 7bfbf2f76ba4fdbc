// Package sketch summarises streams of values in bounded memory: quantiles, distinct counts, frequent values,
// moments. Sketches of two streams merge into the one of both. Nothing here is random from run to run: the same
// values in the same order give the same summary. It knows numbers and hashes, no tables.
package sketch

// Size says how much memory a set of sketches may use, and so how exact they are.
type Size struct {
	Quantile  int   // values in each level of Quantiles
	Precision uint8 // 1<<Precision registers in Distinct
	Counters  int   // values that Frequent counts
}

// sizes are tried in order: the first whose columns are enough is taken. All take less than 200 MB.
var sizes = []struct {
	columns int
	size    Size
}{
	{200, Size{1024, 14, 1024}},
	{1000, Size{256, 12, 256}},
	{1 << 62, Size{64, 9, 64}},
}

// SizeFor returns the size for a table with so many columns.
func SizeFor(columns int) Size {
	for _, row := range sizes {
		if columns <= row.columns {
			return row.size
		}
	}
	return sizes[len(sizes)-1].size
}

// Bytes returns about how much memory a set of sketches takes when it is full.
func (s Size) Bytes() int {
	return s.Quantile*quantileLevels*8 + 1<<s.Precision + s.Counters*2*(8+8+16+64)
}

// Mix spreads the bits of a number over a hash (the finalizer of MurmurHash3, Austin Appleby).
func Mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
