package blob

import (
	"fmt"
	"hash/crc32"
	"runtime"

	"github.com/klauspost/compress/zstd"

	"github.com/gemba-ml/gemba/tracker"
)

// smallest is the size in bytes from which on a blob is worth compressing.
const smallest = 512

// newEncoder returns a compressor of the fastest level, since what is recorded must not wait for it.
func newEncoder(concurrency int) (*zstd.Encoder, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(concurrency), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<20),
		zstd.WithEncoderCRC(false)) // the digest is the check
	if err != nil {
		return nil, fmt.Errorf("start zstd: %w", err)
	}
	return enc, nil
}

// squeezer makes frames. It may be used from several goroutines.
type squeezer struct{ zstd *zstd.Encoder }

func newSqueezer() (*squeezer, error) {
	enc, err := newEncoder(runtime.GOMAXPROCS(0))
	return &squeezer{enc}, err
}

// frame returns the frame of b and its payload: b itself, or, when it is told to squeeze and that makes it smaller by
// a sixteenth at least, b compressed into room.
func (s *squeezer) frame(digest tracker.Digest, b []byte, squeeze bool, room []byte) (Frame, []byte) {
	f, payload := Frame{Digest: digest, Raw: int64(len(b))}, b
	if squeeze && len(b) >= smallest {
		if z := s.zstd.EncodeAll(b, room[:0]); shrunk(z, b) {
			payload, f.Flags = z, flagZstd
		}
	}
	f.Stored, f.CRC = int64(len(payload)), crc32.ChecksumIEEE(payload)
	return f, payload
}

func shrunk(z, b []byte) bool { return len(z) < len(b)-len(b)/16 }

// sampleSize is how much of a blob is compressed to learn how much smaller it would get.
const sampleSize = 8 << 10

// ratio estimates from a sample out of the middle how many times smaller b would get; it costs a few microseconds
// for bytes that do not compress.
func (s *squeezer) ratio(b, room []byte) float64 {
	middle := max(0, (len(b)-sampleSize)/2)
	sample := b[middle:min(len(b), middle+sampleSize)]
	return float64(len(sample)) / float64(max(1, len(s.zstd.EncodeAll(sample, room[:0]))))
}
