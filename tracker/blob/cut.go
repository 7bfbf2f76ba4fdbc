package blob

import "github.com/PlakarKorp/go-cdc-chunkers/chunkers/fastcdc"

// The sizes of chunks in bytes. The least is near to the normal one, since bytes before it need not be looked at;
// the most bounds what a changed byte costs.
const (
	minChunk    = 448 << 10
	normalChunk = 512 << 10
	maxChunk    = 1 << 20
)

// A chunk ends before the first byte whose fingerprint has none of the bits of a mask: 21 bits, two more than the
// normal size has, while the chunk is shorter than that, then 17 (normalized chunking).
const (
	shortMask = 0x9249249249249248
	longMask  = 0x9249249249248000
)

// cut returns the lengths of the chunks that b begins with, by FastCDC (Xia et al., USENIX ATC 2016). They are those
// of the library whose gear table it uses (its "fastcdc-v1.0.0"), found in half the time. Unless b is the
// end of a blob, what is left behind them is shorter than maxChunk, and is to be cut with what follows.
func cut(b []byte, end bool) (lengths []int) {
	for len(b) >= maxChunk || end && len(b) > 0 {
		n := chunkLength(b[:min(len(b), maxChunk)])
		lengths, b = append(lengths, n), b[n:]
	}
	return lengths
}

func chunkLength(b []byte) int {
	if len(b) <= minChunk {
		return len(b)
	}
	normal := min(len(b), normalChunk)
	n, fingerprint := scanGear(b[:normal], minChunk, 0, shortMask)
	if n == normal {
		n, _ = scanGear(b, normal, fingerprint, longMask)
	}
	return n
}

// scanGear returns the place of the first byte of b, from the one at on, whose fingerprint has no bit of the mask, or
// len(b); and the last fingerprint. Four bytes are looked at together, since they need not wait for each other.
func scanGear(b []byte, at int, fingerprint, mask uint64) (int, uint64) {
	gear := &fastcdc.G
	for ; at+4 <= len(b); at += 4 {
		four := (*[4]byte)(b[at:])
		g0 := gear[four[0]]
		g1 := g0<<1 + gear[four[1]]
		g2 := g1<<1 + gear[four[2]]
		g3 := g2<<1 + gear[four[3]]
		if (fingerprint<<1+g0)&mask == 0 || (fingerprint<<2+g1)&mask == 0 ||
			(fingerprint<<3+g2)&mask == 0 || (fingerprint<<4+g3)&mask == 0 {
			break // the loop below finds which
		}
		fingerprint = fingerprint<<4 + g3
	}
	for ; at < len(b); at++ {
		if fingerprint = fingerprint<<1 + gear[b[at]]; fingerprint&mask == 0 {
			return at, fingerprint
		}
	}
	return at, fingerprint
}
