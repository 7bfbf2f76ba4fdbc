package imports

import (
	"encoding/binary"
	"errors"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Messages of protocol buffers are read field by field from the wire (https://protobuf.dev/programming-guides/encoding/): only those
// that are needed, so that what other versions add does no harm.

// field is one field of a message.
type field struct {
	number protowire.Number
	kind   protowire.Type
	varint uint64 // of VarintType, Fixed32Type and Fixed64Type
	bytes  []byte // of BytesType: a part of the message
}

var errProto = errors.New("it is no message of protocol buffers")

// fields calls take for each field of a message.
func fields(message []byte, take func(field) error) error {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return errProto
		}
		f := field{number: number, kind: kind}
		rest := message[n:]
		switch kind {
		case protowire.VarintType:
			f.varint, n = protowire.ConsumeVarint(rest)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(rest)
			f.varint = uint64(v)
		case protowire.Fixed64Type:
			f.varint, n = protowire.ConsumeFixed64(rest)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(rest)
		default:
			n = protowire.ConsumeFieldValue(number, kind, rest)
		}
		if n < 0 {
			return errProto
		}
		if err := take(f); err != nil {
			return err
		}
		message = rest[n:]
	}
	return nil
}

func (f field) text() string    { return string(f.bytes) }
func (f field) integer() int64  { return int64(f.varint) }
func (f field) double() float64 { return math.Float64frombits(f.varint) }
func (f field) float() float64  { return float64(math.Float32frombits(uint32(f.varint))) }
func (f field) isBytes() bool   { return f.kind == protowire.BytesType }

// single returns the first element of a repeated number, which may be packed, of so many bytes each.
func (f field) single(size int) (bits uint64, ok bool) {
	if !f.isBytes() {
		return f.varint, true
	}
	switch {
	case size == 4 && len(f.bytes) >= 4:
		return uint64(binary.LittleEndian.Uint32(f.bytes)), true
	case size == 8 && len(f.bytes) >= 8:
		return binary.LittleEndian.Uint64(f.bytes), true
	case size == 0:
		v, n := protowire.ConsumeVarint(f.bytes)
		return v, n > 0
	}
	return 0, false
}

// within returns where in a message a part of it begins.
func within(message, part []byte) int64 { return int64(cap(message) - cap(part)) }
