package absorb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/gemba-ml/gemba/tracker"
)

// The head of a track log (see FORMAT.md).
const (
	magic    = "gmbtrk1\n"
	endAt    = 8
	lostAt   = 16
	idAt     = 24
	headSize = 64
)

// errNotALog is for a file that has no head: its program is just beginning, or it is something else.
var errNotALog = errors.New("not a track log")

// head is the beginning of a track log.
type head struct {
	id   tracker.ID
	end  int64 // of the records, in bytes
	lost int64 // records that found no room on the disk
}

func readHead(f io.ReaderAt, size int64) (h head, err error) {
	var b [headSize]byte
	if _, err := f.ReadAt(b[:], 0); err != nil || string(b[:len(magic)]) != magic {
		return h, errNotALog
	}
	copy(h.id[:], b[idAt:])
	h.end = int64(binary.LittleEndian.Uint64(b[endAt:]))
	h.lost = int64(binary.LittleEndian.Uint64(b[lostAt:]))
	if h.end < headSize || h.end > size {
		return h, fmt.Errorf("%w: it says that it has %d bytes, and has %d", errDamaged, h.end, size)
	}
	return h, nil
}

// maxRecord bounds a record, which is a line of JSON at most: more is damage.
const maxRecord = 64 << 20

// records calls take for each record between two places of a log, with the place where it ends.
func records(f *os.File, from, to int64, take func(next int64, kind byte, body []byte) error) error {
	var buffer []byte
	for at := from; at < to; {
		kind, body, n := split(buffer)
		if n == 0 {
			var err error
			if buffer, err = more(f, buffer, at, to); err != nil {
				return err
			}
			continue
		}
		at += int64(n)
		if err := take(at, kind, body); err != nil {
			return err
		}
		buffer = buffer[n:]
	}
	return nil
}

// split returns the first record of b and its length, 0 when it is not whole.
func split(b []byte) (kind byte, body []byte, n int) {
	if len(b) == 0 {
		return 0, nil, 0
	}
	size, used := binary.Uvarint(b[1:])
	if used <= 0 || size > uint64(len(b)-1-used) {
		return 0, nil, 0
	}
	n = 1 + used + int(size)
	return b[0], b[1+used : n], n
}

// more reads on: have is what is at hand from place at.
func more(f *os.File, have []byte, at, to int64) ([]byte, error) {
	if int64(len(have)) >= min(to-at, maxRecord) {
		return nil, fmt.Errorf("%w: the record at %d has no end", errDamaged, at)
	}
	size := min(to-at, int64(max(1<<20, 2*len(have))))
	b := make([]byte, size)
	if _, err := f.ReadAt(b, at); err != nil {
		return nil, fmt.Errorf("read track log: %w", err)
	}
	return b, nil
}

// fields reads the numbers at the beginning of a record.
type fields struct {
	rest []byte
	bad  bool
}

func (f *fields) uvarint() uint64 {
	v, n := binary.Uvarint(f.rest)
	f.take(n)
	return v
}

func (f *fields) varint() int64 {
	v, n := binary.Varint(f.rest)
	f.take(n)
	return v
}

func (f *fields) float() float64 {
	if len(f.rest) < 8 {
		f.bad = true
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(f.rest))
	f.take(8)
	return v
}

func (f *fields) take(n int) {
	if n <= 0 {
		f.bad, n = true, 0
	}
	f.rest = f.rest[n:]
}
