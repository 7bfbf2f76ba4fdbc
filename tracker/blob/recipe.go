package blob

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/gemba-ml/gemba/tracker"
)

// Chunk is a part of a blob, itself stored as a blob.
type Chunk struct {
	Digest tracker.Digest
	Size   int64 // bytes, at least 1
}

// chunkSize is the length of a chunk in a recipe: digest 32, length 8.
const chunkSize = 32 + 8

// maxRecipe is the most bytes of a recipe that are read: enough for blobs of 16 TB.
const maxRecipe = 1 << 30

// appendRecipe appends the recipe of chunks to b.
func appendRecipe(b []byte, chunks []Chunk) []byte {
	for _, c := range chunks {
		b = append(b, c.Digest[:]...)
		b = binary.BigEndian.AppendUint64(b, uint64(c.Size))
	}
	return b
}

// parseRecipe returns the chunks that a recipe lists, which together have size bytes.
func parseRecipe(b []byte, size int64) ([]Chunk, error) {
	if len(b)%chunkSize != 0 {
		return nil, fmt.Errorf("parse recipe: %w: it ends in the middle of a chunk", ErrCorrupt)
	}
	chunks := make([]Chunk, 0, len(b)/chunkSize)
	left := uint64(size)
	for ; len(b) > 0; b = b[chunkSize:] {
		n := binary.BigEndian.Uint64(b[32:])
		if n == 0 || n > left {
			return nil, fmt.Errorf("parse recipe: %w: chunk %d has %d bytes of the %d that are left", ErrCorrupt, len(chunks)+1, n, left)
		}
		left -= n
		chunks = append(chunks, Chunk{tracker.Digest(b[:32]), int64(n)})
	}
	if left != 0 {
		return nil, fmt.Errorf("parse recipe: %w: it lacks %d bytes", ErrCorrupt, left)
	}
	return chunks, nil
}

// readRecipe returns the chunks of the blob whose recipe the frame f in file holds.
func readRecipe(file io.ReaderAt, f Frame) ([]Chunk, error) {
	b, err := recipeBytes(file, f)
	if err != nil {
		return nil, fmt.Errorf("read recipe of blob %s: %w", f.Digest, err)
	}
	chunks, err := parseRecipe(b, f.Raw)
	if err != nil {
		return nil, fmt.Errorf("read recipe of blob %s: %w", f.Digest, err)
	}
	return chunks, nil
}

func recipeBytes(file io.ReaderAt, f Frame) ([]byte, error) {
	if f.Stored > maxRecipe {
		return nil, fmt.Errorf("%w: a recipe of %d bytes is too long", ErrCorrupt, f.Stored)
	}
	b := make([]byte, f.Stored)
	if _, err := file.ReadAt(b, f.Offset+headerSize); err != nil {
		return nil, err
	}
	if crc32.ChecksumIEEE(b) != f.CRC {
		return nil, fmt.Errorf("%w: its CRC is wrong", ErrCorrupt)
	}
	if f.Flags&flagZstd == 0 {
		return b, nil
	}
	return inflateRecipe(b)
}

func inflateRecipe(z []byte) ([]byte, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxRecipe))
	if err != nil {
		return nil, fmt.Errorf("start zstd: %w", err)
	}
	defer dec.Close()
	b, err := dec.DecodeAll(z, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return b, nil
}
