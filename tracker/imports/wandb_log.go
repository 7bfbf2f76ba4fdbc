package imports

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// A .wandb file is a head of 7 bytes and then a log as LevelDB writes it
// (https://github.com/google/leveldb/blob/main/doc/log_format.md): blocks of 32 KiB, the head being a part of the first, with records
// in pieces. The checksum is the CRC-32 of IEEE 802.3 here, over the piece's type and its bytes.

const (
	wandbBlock = 32 << 10
	wandbHead  = ":W&B\xe1\xbe\x00"
	pieceHead  = 7
)

// The types of pieces.
const (
	pieceFull = iota + 1
	pieceFirst
	pieceMiddle
	pieceLast
)

// wandbRecords calls take for each record. What a killed writer left unfinished at the end counts for nothing.
func wandbRecords(from io.Reader, place string, take func(record []byte) error) error {
	r := &wandbReader{in: bufio.NewReaderSize(from, 2*wandbBlock), place: place}
	if head, err := r.next(len(wandbHead)); err != nil || string(head) != wandbHead {
		return damaged(place, "it does not begin as a log of W&B")
	}
	var record []byte
	open := false // a record has begun
	for {
		kind, piece, err := r.piece()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if begins := kind == pieceFull || kind == pieceFirst; begins == open {
			return damaged(place, "the piece before byte %d belongs to no record", r.at)
		}
		if kind == pieceFull || kind == pieceFirst {
			record = record[:0]
		}
		if record = append(record, piece...); len(record) > maxRecord {
			return damaged(place, "the record before byte %d is longer than %d bytes", r.at, maxRecord)
		}
		if open = kind == pieceFirst || kind == pieceMiddle; open {
			continue
		}
		if err := take(record); err != nil {
			return err
		}
	}
}

// wandbReader reads pieces.
type wandbReader struct {
	in    *bufio.Reader
	place string
	at    int64
	room  [wandbBlock]byte
}

// next reads n bytes, which stay until the next call.
func (r *wandbReader) next(n int) ([]byte, error) {
	b := r.room[:n]
	read, err := io.ReadFull(r.in, b)
	r.at += int64(read)
	return b, err
}

// piece returns the next piece.
func (r *wandbReader) piece() (kind byte, piece []byte, err error) {
	if left := wandbBlock - int(r.at%wandbBlock); left < pieceHead { // no head fits: the rest is filled up
		if _, err := r.next(left); err != nil {
			return 0, nil, err
		}
	}
	began := r.at
	head, err := r.next(pieceHead)
	if err != nil {
		return 0, nil, err
	}
	sum, size, kind := binary.LittleEndian.Uint32(head), int(binary.LittleEndian.Uint16(head[4:])), head[6]
	if size == 0 && kind == 0 && sum == 0 {
		return 0, nil, io.EOF // the file was made longer, and never written
	}
	if kind < pieceFull || kind > pieceLast || size > wandbBlock-int(r.at%wandbBlock) && r.at%wandbBlock != 0 || r.at%wandbBlock == 0 && size > 0 {
		return 0, nil, damaged(r.place, "the piece at byte %d has no right head", began)
	}
	if piece, err = r.next(size); err != nil {
		return 0, nil, err
	}
	if crc32.Update(crc32.ChecksumIEEE([]byte{kind}), crc32.IEEETable, piece) != sum {
		return 0, nil, damaged(r.place, "the piece at byte %d has a wrong checksum", began)
	}
	return kind, piece, nil
}
