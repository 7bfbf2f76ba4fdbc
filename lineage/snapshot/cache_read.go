package snapshot

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// cacheReader reads a stat cache beside the walk: enter and leave follow the walk into folders and out of them.
// What is damaged or not there is as if nothing were remembered.
type cacheReader struct {
	file  *os.File // nil when there is nothing
	in    *bufio.Reader
	left  int64 // bytes of in that may be records
	stamp Stamp

	kind byte   // of the record that comes next, 0 at the end
	body []byte // its body
	name []byte // of the folder, when it is one
	rest []byte // its entries
	used bool   // the walk has seen the record
}

// openCache opens the stat cache at path.
func openCache(path string) *cacheReader {
	r := &cacheReader{}
	if path == "" {
		return r
	}
	file, err := os.Open(path)
	if err != nil {
		return r
	}
	if err := r.open(file); err != nil {
		_ = file.Close()
		return &cacheReader{}
	}
	r.file = file
	r.advance()
	return r
}

func (r *cacheReader) open(file *os.File) error {
	size, err := file.Seek(-8, io.SeekEnd)
	if err != nil {
		return err
	}
	var offset [8]byte
	if _, err := io.ReadFull(file, offset[:]); err != nil {
		return err
	}
	at := int64(binary.BigEndian.Uint64(offset[:]))
	if at < int64(len(cacheMagic)) || at > size {
		return errDamaged
	}
	if err := r.readStamp(io.NewSectionReader(file, at, size-at), size-at); err != nil {
		return err
	}
	r.in, r.left = bufio.NewReaderSize(io.NewSectionReader(file, 0, at), 256<<10), at
	magic := make([]byte, len(cacheMagic))
	if _, err := io.ReadFull(r.in, magic); err != nil || string(magic) != cacheMagic {
		return errors.Join(err, errDamaged)
	}
	r.left -= int64(len(magic))
	return nil
}

// errDamaged says that a stat cache is not to be used. Nobody is told.
var errDamaged = errors.New("the stat cache is damaged")

func (r *cacheReader) readStamp(from io.Reader, size int64) (err error) {
	r.in, r.left = bufio.NewReader(from), size
	if r.advance(); r.kind != stampRecord {
		return errDamaged
	}
	r.stamp, err = parseStamp(r.body)
	return err
}

// advance reads the next record.
func (r *cacheReader) advance() {
	if r.in == nil || r.next() != nil {
		r.kind, r.in = 0, nil
	}
}

func (r *cacheReader) next() error {
	kind, err := r.in.ReadByte()
	if err != nil {
		return err
	}
	length, err := binary.ReadUvarint(r.in)
	if err != nil {
		return err
	}
	if length > uint64(r.left) {
		return errDamaged
	}
	if uint64(cap(r.body)) < length {
		r.body = make([]byte, length+length/4)
	}
	r.body = r.body[:length]
	if _, err := io.ReadFull(r.in, r.body); err != nil {
		return err
	}
	var sum [4]byte
	if _, err := io.ReadFull(r.in, sum[:]); err != nil {
		return err
	}
	if castagnoli(r.body) != binary.BigEndian.Uint32(sum[:]) {
		return errDamaged
	}
	return r.take(kind)
}

func (r *cacheReader) take(kind byte) error {
	r.kind, r.name, r.rest = kind, nil, nil
	if kind == folderRecord {
		f := fields{r.body, true}
		r.name = f.bytes(f.unsigned())
		if r.rest = f.b; !f.ok {
			return errDamaged
		}
	}
	return nil
}

// ready reads the next record when the last one was used.
func (r *cacheReader) ready() {
	if r.used {
		r.used = false
		r.advance()
	}
}

// enter looks, in the folder that was entered last, for the folder called name, and returns what was
// remembered of its entries; it is valid until the next call. Names must ascend. When found is true leave
// must follow.
func (r *cacheReader) enter(name string) (entries []byte, found bool) {
	r.ready()
	for r.kind == folderRecord && string(r.name) < name {
		r.used = true
		r.leave()
		r.ready()
	}
	if r.kind != folderRecord || string(r.name) != name {
		return nil, false
	}
	r.used = true
	return r.rest, true
}

// leave goes out of the folder that was entered last, and returns what was remembered of it as a whole.
func (r *cacheReader) leave() (s summary, ok bool) {
	for depth := 0; ; r.used = true {
		r.ready()
		switch {
		case r.kind == folderRecord:
			depth++
		case r.kind == endRecord && depth == 0:
			r.used = true
			return parseSummary(r.body)
		case r.kind == endRecord:
			depth--
		default:
			return summary{}, false
		}
	}
}

func (r *cacheReader) close() {
	if r.file != nil {
		_ = r.file.Close()
	}
}
