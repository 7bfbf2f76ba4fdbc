package table

import (
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// textOf appends a value's text, as a CSV file would have it, and tells its kind.
type textOf func(to []byte, v parquet.Value) ([]byte, Kind)

// textFor returns how values of a type are written (github.com/apache/parquet-format, LogicalTypes.md).
func textFor(t parquet.Type) textOf {
	if logical := t.LogicalType(); logical != nil {
		switch l := logical.Value.(type) {
		case *format.DateType:
			return dateText
		case *format.TimestampType:
			return timestampText(l.Unit)
		case *format.DecimalType:
			return decimalText(t.Kind(), int(l.Scale))
		case *format.IntType:
			if !l.IsSigned {
				return unsignedText(t.Kind())
			}
		case *format.UUIDType:
			return uuidText
		}
	}
	switch t.Kind() {
	case parquet.Int96:
		return int96Text
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return bytesText
	}
	return plainText
}

func plainText(to []byte, v parquet.Value) ([]byte, Kind) {
	switch v.Kind() {
	case parquet.Boolean:
		return strconv.AppendBool(to, v.Boolean()), Boolean
	case parquet.Int32:
		return strconv.AppendInt(to, int64(v.Int32()), 10), Number
	case parquet.Int64:
		return strconv.AppendInt(to, v.Int64(), 10), Number
	case parquet.Float:
		return floatText(to, float64(v.Float()), 32), Number
	case parquet.Double:
		return floatText(to, v.Double(), 64), Number
	}
	return bytesText(to, v)
}

// floatText writes whole numbers too so that they are seen to be floats.
func floatText(to []byte, f float64, bits int) []byte {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.AppendFloat(to, f, 'f', 1, bits)
	}
	return strconv.AppendFloat(to, f, 'g', -1, bits)
}

// bytesText writes text as it is, and other bytes in hexadecimal behind 0x.
func bytesText(to []byte, v parquet.Value) ([]byte, Kind) {
	b := v.ByteArray()
	if utf8.Valid(b) {
		return append(to, b...), Text
	}
	return hex.AppendEncode(append(to, "0x"...), b), Text
}

func unsignedText(kind parquet.Kind) textOf {
	if kind == parquet.Int32 {
		return func(to []byte, v parquet.Value) ([]byte, Kind) {
			return strconv.AppendUint(to, uint64(v.Uint32()), 10), Number
		}
	}
	return func(to []byte, v parquet.Value) ([]byte, Kind) { return strconv.AppendUint(to, v.Uint64(), 10), Number }
}

func dateText(to []byte, v parquet.Value) ([]byte, Kind) {
	return time.Unix(int64(v.Int32())*86400, 0).UTC().AppendFormat(to, time.DateOnly), Time
}

// timestampForm is how timestamps are written.
const timestampForm = "2006-01-02 15:04:05.999999999"

func timestampText(unit format.TimeUnit) textOf {
	of := time.UnixMicro
	switch unit.Value.(type) {
	case *format.MilliSeconds:
		of = time.UnixMilli
	case *format.NanoSeconds:
		of = func(n int64) time.Time { return time.Unix(n/1e9, n%1e9) }
	}
	return func(to []byte, v parquet.Value) ([]byte, Kind) {
		return of(v.Int64()).UTC().AppendFormat(to, timestampForm), Time
	}
}

// int96Text writes a timestamp of old: nanoseconds of the day, then the Julian day.
func int96Text(to []byte, v parquet.Value) ([]byte, Kind) {
	n := v.Int96()
	nanoseconds, day := int64(n[0])|int64(n[1])<<32, int64(n[2])-2440588
	return time.Unix(day*86400, nanoseconds).UTC().AppendFormat(to, timestampForm), Time
}

func uuidText(to []byte, v parquet.Value) ([]byte, Kind) {
	b := v.ByteArray()
	if len(b) != 16 {
		return bytesText(to, v)
	}
	for i, part := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
		if i > 0 {
			to = append(to, '-')
		}
		to = hex.AppendEncode(to, part)
	}
	return to, Text
}

func decimalText(kind parquet.Kind, scale int) textOf {
	return func(to []byte, v parquet.Value) ([]byte, Kind) {
		var n big.Int
		switch kind {
		case parquet.Int32:
			n.SetInt64(int64(v.Int32()))
		case parquet.Int64:
			n.SetInt64(v.Int64())
		default:
			twosComplement(&n, v.ByteArray())
		}
		return appendDecimal(to, &n, scale), Number
	}
}

func twosComplement(n *big.Int, b []byte) {
	n.SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
}

func appendDecimal(to []byte, n *big.Int, scale int) []byte {
	digits := new(big.Int).Abs(n).String()
	if n.Sign() < 0 {
		to = append(to, '-')
	}
	if scale <= 0 || scale > 100 {
		return append(to, digits...)
	}
	for len(digits) <= scale {
		digits = "0" + digits
	}
	whole := len(digits) - scale
	return append(append(append(to, digits[:whole]...), '.'), digits[whole:]...)
}
