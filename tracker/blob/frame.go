package blob

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/gemba-ml/gemba/tracker"
)

// fileMagic begins every pack, frameMagic every frame in it.
var (
	fileMagic  = []byte("gembapk1")
	frameMagic = []byte("blob")
)

// headerSize is the length of a frame's header in bytes:
// magic 4, flags 4, digest 32, raw length 8, stored length 8, CRC-32 of the payload 4, CRC-32 of all
// before it 4. The CRCs tell an unfinished frame from a whole one; only the digest is trusted.
const headerSize = 4 + 4 + 32 + 8 + 8 + 4 + 4

const (
	// flagZstd says that the payload is one zstd frame; without it the payload is as it is.
	flagZstd uint32 = 1 << iota
	// flagRecipe says that the payload is a recipe, not the blob itself.
	flagRecipe
)

// Frame says where a blob is in a pack.
type Frame struct {
	Digest tracker.Digest
	Flags  uint32
	Offset int64  // of the header, from the start of the pack
	Raw    int64  // bytes of the blob
	Stored int64  // bytes of the payload
	CRC    uint32 // of the payload
}

// Recipe reports whether the frame tells which chunks its blob is made of instead of holding its bytes.
func (f Frame) Recipe() bool { return f.Flags&flagRecipe != 0 }

// Size returns the bytes that the frame takes in its pack, header and payload.
func (f Frame) Size() int64 { return headerSize + f.Stored }

// End returns the offset of the byte behind the frame.
func (f Frame) End() int64 { return f.Offset + f.Size() }

// maxLength bounds both lengths of a frame, so that sums of offsets cannot overflow.
const maxLength = 1 << 56

// appendHeader appends the frame's header to b. All numbers are big-endian.
func (f Frame) appendHeader(b []byte) []byte {
	start := len(b)
	b = append(b, frameMagic...)
	b = binary.BigEndian.AppendUint32(b, f.Flags)
	b = append(b, f.Digest[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(f.Raw))
	b = binary.BigEndian.AppendUint64(b, uint64(f.Stored))
	b = binary.BigEndian.AppendUint32(b, f.CRC)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
}

// errHeader says that bytes are not a frame's header, errUnfinished that they are one, and its payload is cut short.
var (
	errHeader     = errors.New("not the header of a frame")
	errUnfinished = fmt.Errorf("%w that is whole", errHeader)
)

func parseHeader(b []byte, offset int64) (Frame, error) {
	if len(b) < headerSize || !bytes.HasPrefix(b, frameMagic) {
		return Frame{}, errHeader
	}
	if crc32.ChecksumIEEE(b[:headerSize-4]) != binary.BigEndian.Uint32(b[headerSize-4:]) {
		return Frame{}, errHeader
	}
	f := Frame{Flags: binary.BigEndian.Uint32(b[4:]), Offset: offset}
	copy(f.Digest[:], b[8:40])
	raw, stored := binary.BigEndian.Uint64(b[40:]), binary.BigEndian.Uint64(b[48:])
	if raw > maxLength || stored > maxLength {
		return Frame{}, errHeader
	}
	f.Raw, f.Stored = int64(raw), int64(stored)
	f.CRC = binary.BigEndian.Uint32(b[56:])
	return f, nil
}
