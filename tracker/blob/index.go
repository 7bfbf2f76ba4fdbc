package blob

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// An index lists the frames of a pack, ordered by digest, so that a store need not read the pack to know them. It can
// be removed at any time. FORMAT.md tells its bytes.
const (
	indexMagic  = "gembaix1"
	indexHeader = len(indexMagic) + 8 + 8
	indexEntry  = 32 + 8 + 8 + 8 + 4 + 4
)

// indexFrom is the number of frames from which on a pack gets an index: fewer are read fast, and packs without one
// are looked up in one map.
const indexFrom = 10_000

// errIndex says that an index does not tell what is in its pack; it is as if there were none.
var errIndex = errors.New("index of pack does not count")

// appendIndexEntry appends what the index tells of a frame.
func appendIndexEntry(b []byte, f Frame) []byte {
	b = append(b, f.Digest[:]...)
	for _, n := range []int64{f.Offset, f.Raw, f.Stored} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	b = binary.BigEndian.AppendUint32(b, f.Flags)
	return binary.BigEndian.AppendUint32(b, f.CRC)
}

func parseIndexEntry(b []byte) Frame {
	number := func(at int) int64 { return int64(binary.BigEndian.Uint64(b[at:])) }
	return Frame{
		Digest: tracker.Digest(b[:32]), Offset: number(32), Raw: number(40), Stored: number(48),
		Flags: binary.BigEndian.Uint32(b[56:]), CRC: binary.BigEndian.Uint32(b[60:]),
	}
}

// PackOf returns the name of the pack of which a file tells: an index or a note. It is false for other files.
func PackOf(name string) (pack string, ok bool) {
	for _, end := range []string{indexEnd, noteEnd} {
		if id, ok := strings.CutSuffix(name, end); ok && !strings.HasPrefix(name, ".") {
			return id + ".pack", true
		}
	}
	return "", false
}

const indexEnd = ".idx"

func indexName(pack string) string { return strings.TrimSuffix(pack, ".pack") + indexEnd }

// WriteIndex writes the index of the pack, which lies at path now, if it holds many blobs. What was not flushed is
// not in it.
func (p *Pack) WriteIndex(path string) error {
	if len(p.index) < indexFrom*indexEntry {
		return nil
	}
	entries := make([][]byte, 0, len(p.index)/indexEntry)
	for e := range slices.Chunk(p.index, indexEntry) {
		if parseIndexEntry(e).End() <= p.size {
			entries = append(entries, e)
		}
	}
	slices.SortFunc(entries, bytes.Compare)
	b := make([]byte, 0, indexHeader+len(entries)*indexEntry+4)
	b = append(b, indexMagic...)
	b = binary.BigEndian.AppendUint64(b, uint64(p.size))
	b = binary.BigEndian.AppendUint64(b, uint64(len(entries)))
	b = append(b, bytes.Join(entries, nil)...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	if err := replaceFile(indexName(path), b); err != nil {
		return fmt.Errorf("write index of pack: %w", err)
	}
	return nil
}

// replaceFile writes a file that may as well not be there: it is not made durable.
func replaceFile(path string, b []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = temp.Write(b)
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err
}

// RemovePack removes the pack at path, its index and its note.
func RemovePack(path string) error {
	if err := os.Remove(indexName(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove index of pack: %w", err)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove pack: %w", err)
	}
	if err := os.Remove(noteName(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove note of pack: %w", err)
	}
	return nil
}

// index is an index in memory.
type index struct {
	covers  int64    // bytes of the pack
	entries []byte   // ordered by digest
	first   []uint32 // the number of the first entry for each value of a digest's leading bits
	shift   uint     // how many of a digest's first 64 bits are not leading
}

// readIndex reads the index of a pack of size bytes.
func readIndex(pack string, size int64) (*index, error) {
	b, err := os.ReadFile(indexName(pack))
	if err != nil {
		return nil, err
	}
	last := len(b) - 4
	if last < indexHeader || string(b[:len(indexMagic)]) != indexMagic || crc32.ChecksumIEEE(b[:last]) != binary.BigEndian.Uint32(b[last:]) {
		return nil, errIndex
	}
	covers, count := binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[16:])
	if covers > uint64(size) || count != uint64(last-indexHeader)/indexEntry || (last-indexHeader)%indexEntry != 0 {
		return nil, errIndex
	}
	x := &index{covers: int64(covers), entries: b[indexHeader:last]}
	x.fan()
	return x, nil
}

// fan finds where the digests of each leading value begin, about eight in each.
func (x *index) fan() {
	leading := max(1, bits.Len(uint(x.count()/8)))
	x.shift = uint(64 - leading)
	x.first = make([]uint32, 1<<leading+1)
	for i := range x.count() {
		x.first[x.leading(x.entries[i*indexEntry:])+1] = uint32(i + 1)
	}
	for i := 1; i < len(x.first); i++ {
		x.first[i] = max(x.first[i], x.first[i-1])
	}
}

func (x *index) count() int { return len(x.entries) / indexEntry }

func (x *index) leading(digest []byte) uint64 { return binary.BigEndian.Uint64(digest) >> x.shift }

// find returns the frame of a blob, in one piece where there is such a one.
func (x *index) find(d tracker.Digest) (f Frame, ok bool) {
	at := x.leading(d[:])
	for i := x.first[at]; i < x.first[at+1]; i++ {
		e := x.entries[i*indexEntry:][:indexEntry]
		if bytes.Equal(e[:len(d)], d[:]) && (!ok || f.Recipe()) {
			f, ok = parseIndexEntry(e), true
		}
	}
	return f, ok
}
