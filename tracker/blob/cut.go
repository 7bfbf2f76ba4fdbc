package blob

import (
	"fmt"
	"io"

	chunkers "github.com/PlakarKorp/go-cdc-chunkers"
	_ "github.com/PlakarKorp/go-cdc-chunkers/chunkers/fastcdc" // registers the algorithm
)

// The sizes of chunks in bytes. The least is near to the normal one, since bytes before it need not be looked at;
// the most bounds what a changed byte costs.
const (
	minChunk    = 448 << 10
	normalChunk = 512 << 10
	maxChunk    = 1 << 20
)

// cut returns the lengths of the chunks that b begins with, by FastCDC (Xia et al., USENIX ATC 2016). Unless b is
// the end of a blob, what is left behind them is shorter than maxChunk, and is to be cut with what follows.
// The capacity of b must be larger than its length, lest the library moves bytes, and than maxChunk.
func cut(b []byte, end bool) (lengths []int, err error) {
	opts := &chunkers.ChunkerOpts{MinSize: minChunk, NormalSize: normalChunk, MaxSize: maxChunk}
	chunker, err := chunkers.NewChunkerBuffer("fastcdc-v1.0.0", &inPlace{len(b)}, opts, b[:cap(b)])
	if err != nil {
		return nil, fmt.Errorf("cut chunks: %w", err)
	}
	for left := len(b); left >= maxChunk || end && left > 0; {
		chunk, err := chunker.Next()
		if err != nil && err != io.EOF || len(chunk) == 0 {
			return nil, fmt.Errorf("cut chunks: %w", err)
		}
		lengths = append(lengths, len(chunk))
		left -= len(chunk)
	}
	return lengths, nil
}

// inPlace reads bytes that lie already where they are to be read to: it copies none.
type inPlace struct{ n int }

func (r *inPlace) Read(b []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := min(r.n, len(b))
	r.n -= n
	return n, nil
}
