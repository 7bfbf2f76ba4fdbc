package table

import (
	"encoding/binary"
	"errors"
)

// Limits of what a Parquet file's metadata may claim.
const (
	maxFooter = 32 << 20 // bytes
	maxList   = 1 << 20  // items
	maxDepth  = 32
)

var errMetadata = errors.New("its metadata is damaged")

// walker goes over a structure in Thrift's compact protocol (github.com/apache/thrift,
// doc/specs/thrift-compact-protocol.md), to see that no length in it is larger than what is there: decoders believe it.
type walker struct {
	rest []byte
	bad  bool
}

// structureLength returns how many bytes the structure at the beginning of data takes, 0 when it is damaged.
func structureLength(data []byte) int {
	w := &walker{rest: data}
	w.structure(0)
	if w.bad {
		return 0
	}
	return len(data) - len(w.rest)
}

func (w *walker) take(n uint64) {
	if n > uint64(len(w.rest)) {
		w.bad, w.rest = true, nil
		return
	}
	w.rest = w.rest[n:]
}

func (w *walker) byte() byte {
	if len(w.rest) == 0 {
		w.bad = true
		return 0
	}
	b := w.rest[0]
	w.rest = w.rest[1:]
	return b
}

func (w *walker) varint() uint64 {
	v, n := binary.Uvarint(w.rest)
	if n <= 0 {
		w.bad, w.rest = true, nil
		return 0
	}
	w.rest = w.rest[n:]
	return v
}

func (w *walker) structure(depth int) {
	for !w.bad && depth < maxDepth {
		field := w.byte()
		if field == 0 {
			return
		}
		if field>>4 == 0 {
			w.varint() // the field's id
		}
		if kind := field & 15; kind > 2 { // 1 and 2 are true and false
			w.value(kind, depth)
		}
	}
	w.bad = true
}

// value goes over a value of a type.
func (w *walker) value(kind byte, depth int) {
	switch kind {
	case 1, 2, 3:
		w.take(1)
	case 4, 5, 6:
		w.varint()
	case 7:
		w.take(8)
	case 8:
		w.take(w.varint())
	case 9, 10:
		w.list(depth)
	case 12:
		w.structure(depth + 1)
	default: // maps are not in Parquet
		w.bad = true
	}
}

func (w *walker) list(depth int) {
	head := w.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = w.varint()
	}
	if n > maxList || n > uint64(len(w.rest)) || depth >= maxDepth {
		w.bad = true
		return
	}
	for ; n > 0 && !w.bad; n-- {
		w.value(head&15, depth+1)
	}
}
