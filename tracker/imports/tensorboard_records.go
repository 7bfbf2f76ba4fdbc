package imports

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// castagnoli is the polynomial of the checksums of event files and LevelDB's logs.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked is the checksum as TFRecord writes it
// (https://www.tensorflow.org/tutorials/load_data/tfrecord, "TFRecords format details").
func masked(b []byte) uint32 {
	crc := crc32.Checksum(b, castagnoli)
	return crc>>15 | crc<<17 + 0xa282ead8
}

// maxRecord bounds a record of an event file or a W&B log, in bytes.
const maxRecord = 1 << 30

// tfRecords calls take for each record of a file, with where its bytes begin. Bytes behind the last whole record were left by a
// writer that was killed, or is writing, and count for nothing.
func tfRecords(r io.Reader, place string, size int64, take func(at int64, record []byte) error) error {
	head := make([]byte, 12)
	var room []byte
	for at := int64(0); ; {
		if _, err := io.ReadFull(r, head); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		} else if err != nil {
			return err
		}
		n := binary.LittleEndian.Uint64(head)
		if masked(head[:8]) != binary.LittleEndian.Uint32(head[8:]) || n > maxRecord {
			return damaged(place, "the record at byte %d has no right length", at)
		}
		if at+12+int64(n)+4 > size {
			return nil
		}
		if uint64(cap(room)) < n+4 {
			room = make([]byte, n+4)
		}
		room = room[:n+4]
		if _, err := io.ReadFull(r, room); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		} else if err != nil {
			return err
		}
		if masked(room[:n]) != binary.LittleEndian.Uint32(room[n:]) {
			return damaged(place, "the record at byte %d has a wrong checksum", at)
		}
		if err := take(at+12, room[:n:n]); err != nil {
			return err
		}
		at += 12 + int64(n) + 4
	}
}
