package profile

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// keptText is how many bytes of the smallest and the largest text are kept.
const keptText = 256

// byteRange is the smallest and the largest text by the order of their bytes.
type byteRange struct {
	some                bool
	first, last         []byte
	firstHead, lastHead uint64 // their first bytes: most texts are told apart by them
}

func head(text []byte) uint64 {
	if len(text) >= 8 {
		return binary.BigEndian.Uint64(text)
	}
	var padded [8]byte
	copy(padded[:], text)
	return binary.BigEndian.Uint64(padded[:])
}

func (r *byteRange) add(text []byte) {
	h := head(text)
	if r.some && h > r.firstHead && h < r.lastHead {
		return
	}
	if !r.some || bytes.Compare(text, r.first) < 0 {
		r.first, r.firstHead = append(r.first[:0], text[:min(len(text), keptText+1)]...), h
	}
	if !r.some || bytes.Compare(text, r.last) > 0 {
		r.last, r.lastHead = append(r.last[:0], text[:min(len(text), keptText+1)]...), h
	}
	r.some = true
}

func (r *byteRange) merge(o byteRange) {
	if o.some {
		r.add(o.first)
		r.add(o.last)
	}
}

// lengths are those of texts, in characters.
type lengths struct {
	n, total, least, most int64
}

func (l *lengths) add(text []byte) {
	n := int64(utf8.RuneCount(text))
	l.n++
	l.total += n
	l.least, l.most = min(l.least, n), max(l.most, n)
}

func (l *lengths) merge(o lengths) {
	l.n, l.total = l.n+o.n, l.total+o.total
	l.least, l.most = min(l.least, o.least), max(l.most, o.most)
}
