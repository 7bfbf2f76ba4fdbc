package secrets

import (
	"bytes"
	"slices"
)

// text is a text as its readers see it, and how to find the places of the raw one in it.
type text struct {
	raw     []byte
	decoded []byte
	parts   []part // nil: decoded is raw
}

// part is a piece of raw text that one decoding made a piece of decoded text of.
type part struct {
	raw, decoded place
	notation     notation
}

// notation is how a part is written.
type notation int

const (
	plainText notation = iota
	jsonString
	jsonNumber // a value that is no string, so that what replaces it brings its quotes
)

// place is a range of bytes.
type place struct{ start, end int }

// mark is a place to replace, and the quotes that the replacement needs.
type mark struct {
	place
	quote string
}

// newPlain returns a text that is written as it is read, but for the control sequences of terminals.
func newPlain(raw []byte) *text {
	if bytes.IndexByte(raw, escape) < 0 {
		return &text{raw: raw, decoded: raw}
	}
	t := &text{raw: raw, decoded: make([]byte, 0, len(raw))}
	t.add(place{0, len(raw)}, plainText)
	return t
}

// newString returns the text of the inside of a JSON string, decoded into a buffer.
func newString(raw, buffer []byte) *text {
	t := &text{raw: raw, decoded: slices.Grow(buffer[:0], len(raw))}
	t.add(place{0, len(raw)}, jsonString)
	return t
}

// add decodes a piece of the raw text and puts it behind the rest.
func (t *text) add(raw place, n notation) {
	start := len(t.decoded)
	t.decoded = decode(t.decoded, t.raw[raw.start:raw.end], n)
	t.parts = append(t.parts, part{raw, place{start, len(t.decoded)}, n})
}

// places returns what of the raw text stands for decoded[start:end].
func (t *text) places(start, end int) (all []mark) {
	if t.parts == nil {
		return []mark{{place{start, end}, ""}}
	}
	for _, p := range t.parts {
		if p.decoded.end <= start || p.decoded.start >= end {
			continue
		}
		if p.notation == jsonNumber {
			all = append(all, mark{p.raw, `"`})
			continue
		}
		from, to := p.locate(t.raw, max(start, p.decoded.start)-p.decoded.start, min(end, p.decoded.end)-p.decoded.start)
		all = append(all, mark{place{p.raw.start + from, p.raw.start + to}, ""})
	}
	return all
}

// locate returns the places in the raw part of what is decoded to start and end, both relative to it.
func (p part) locate(raw []byte, start, end int) (from, to int) {
	b := raw[p.raw.start:p.raw.end]
	from = -1
	for at := 0; at < end && to < len(b); {
		plain := min(p.notation.special(b[to:]), end-at)
		if from < 0 && at+plain > start {
			from = to + start - at
		}
		to, at = to+plain, at+plain
		if at == end || to == len(b) {
			break
		}
		u, length := readUnit(b[to:], p.notation)
		if from < 0 && at+u.n > start {
			from = to
		}
		to, at = to+length, at+u.n
	}
	return max(from, 0), to
}

// rawEnd returns where in the raw text ends what is decoded before at.
func (t *text) rawEnd(at int) int {
	if t.parts == nil {
		return at
	}
	if at == 0 {
		return 0
	}
	if at >= len(t.decoded) {
		return len(t.raw)
	}
	_, to := t.parts[0].locate(t.raw, 0, at)
	return to
}
