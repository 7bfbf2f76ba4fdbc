package imports

import (
	"encoding/binary"
	"math"
)

// tensor is a TensorProto (tensorflow/core/framework/tensor.proto), as far as it is a number or texts.
type tensor struct {
	kind    int64 // DataType
	size    int64 // how many elements its shape has
	content []byte
	bits    uint64 // of the first element
	has     bool
	texts   [][]byte // parts of the message
}

// Numbers of DataType (tensorflow/core/framework/types.proto).
const (
	kindFloat, kindDouble, kindInt32, kindUint8, kindInt16, kindInt8, kindString = 1, 2, 3, 4, 5, 6, 7
	kindInt64, kindBool, kindBfloat16, kindHalf, kindUint32, kindUint64          = 9, 10, 14, 19, 22, 23
)

// elements maps fields of a TensorProto that hold elements to the size of one, 0 for varints.
var elements = map[int32]int{5: 4, 6: 8, 7: 0, 10: 0, 11: 0, 13: 0, 16: 0, 17: 0}

func parseTensor(message []byte) (t tensor, err error) {
	t.size = 1
	err = fields(message, func(f field) error {
		switch f.number {
		case 1:
			t.kind = f.integer()
		case 2:
			return t.shape(f.bytes)
		case 4:
			t.content = f.bytes
		case 8:
			t.texts = append(t.texts, f.bytes)
		default:
			if size, holds := elements[int32(f.number)]; holds && !t.has {
				t.bits, t.has = f.single(size)
			}
		}
		return nil
	})
	return t, err
}

func (t *tensor) shape(message []byte) error {
	return fields(message, func(f field) error {
		if f.number != 2 {
			return nil
		}
		return fields(f.bytes, func(dim field) error {
			if dim.number == 1 {
				t.size = min(t.size*max(0, min(dim.integer(), 1<<20)), 1<<20) // more than one is enough to know
			}
			return nil
		})
	})
}

// number returns the value of a tensor with one element.
func (t tensor) number() (float64, bool) {
	if t.size != 1 {
		return 0, false
	}
	widths := map[int64]int{kindFloat: 4, kindDouble: 8, kindInt32: 4, kindInt64: 8, kindBfloat16: 2, kindHalf: 2, kindUint32: 4, kindUint64: 8,
		kindUint8: 1, kindInt16: 2, kindInt8: 1, kindBool: 1}
	bits := t.bits
	if w := widths[t.kind]; len(t.content) > 0 && w > 0 && len(t.content) >= w {
		var room [8]byte
		copy(room[:], t.content[:w])
		bits = binary.LittleEndian.Uint64(room[:])
	} else if !t.has && len(t.content) > 0 {
		return 0, false
	}
	switch t.kind {
	case kindFloat:
		return float64(math.Float32frombits(uint32(bits))), true
	case kindDouble:
		return math.Float64frombits(bits), true
	case kindInt32:
		return float64(int32(bits)), true
	case kindInt16:
		return float64(int16(bits)), true
	case kindInt8:
		return float64(int8(bits)), true
	case kindInt64:
		return float64(int64(bits)), true
	case kindUint8, kindUint32, kindUint64, kindBool:
		return float64(bits), true
	case kindBfloat16:
		return float64(math.Float32frombits(uint32(bits) << 16)), true
	case kindHalf:
		return half(uint16(bits)), true
	}
	return 0, false
}

// half reads a number of IEEE 754 binary16.
func half(b uint16) float64 {
	sign := 1.0
	if b>>15 != 0 {
		sign = -1
	}
	exponent, fraction := int(b>>10&31), float64(b&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1+fraction/1024, exponent-15)
}
