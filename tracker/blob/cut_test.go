package blob

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	chunkers "github.com/PlakarKorp/go-cdc-chunkers"
	"github.com/google/go-cmp/cmp"
)

// What was cut by the library must be found again.
func TestChunksAreTheLibrarys(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, minChunk - 1, minChunk, minChunk + 1, normalChunk - 1, normalChunk, normalChunk + 1, normalChunk + 3,
		maxChunk - 1, maxChunk, maxChunk + 1, 40<<20 + 3} {
		for name, fill := range map[string]func(i int) byte{
			"random": func(int) byte { return byte(random.Uint32()) },
			"zeros":  func(int) byte { return 0 },
			"text":   func(int) byte { return "0123456789,.\n"[random.IntN(13)] },
			"period": func(i int) byte { return byte(i % 251) },
		} {
			b := make([]byte, size)
			for i := range b {
				b[i] = fill(i)
			}
			if diff := cmp.Diff(libraryCuts(t, b), cut(b, true)); diff != "" {
				t.Errorf("chunks of %d bytes, %s (-library +own):\n%s", size, name, diff)
			}
		}
	}
}

func libraryCuts(t *testing.T, b []byte) (lengths []int) {
	t.Helper()
	opts := &chunkers.ChunkerOpts{MinSize: minChunk, NormalSize: normalChunk, MaxSize: maxChunk}
	c, err := chunkers.NewChunker("fastcdc-v1.0.0", bytes.NewReader(b), opts)
	if err != nil {
		t.Fatal(err)
	}
	for err != io.EOF {
		var chunk []byte
		if chunk, err = c.Next(); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if len(chunk) > 0 {
			lengths = append(lengths, len(chunk))
		}
	}
	return lengths
}

func TestCutLeavesWhatMayGrow(t *testing.T) {
	b := randomBytes(3, 5<<20)
	all := cut(b, true)
	var got []int
	for at, upTo := 0, 0; at < len(b); {
		upTo = min(len(b), upTo+700_000)
		lengths := cut(b[at:upTo], upTo == len(b))
		for _, n := range lengths {
			at += n
		}
		got = slices.Concat(got, lengths)
	}
	if diff := cmp.Diff(all, got); diff != "" {
		t.Errorf("cut in parts (-whole +parts):\n%s", diff)
	}
}
