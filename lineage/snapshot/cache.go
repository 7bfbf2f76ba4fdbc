package snapshot

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/lineage/files"
	"github.com/gemba-ml/gemba/tracker"
)

// The stat cache remembers of one root what each file was like when it was read, and its digest. It is a stream in
// the order of the walk, so that an old one is read and a new one written beside the walk in little memory:
// cacheMagic, for each folder a record 'f' with its entries, the records of the folders below it, and a record 'e'
// with its tree; then a record 's' with the Stamp of the store, and the offset of that record in 8 bytes. A record is
// its kind, the length of its body, the body, and the CRC-32C of the body. Wherever it is damaged it ends. It
// can be deleted at any time.

// cacheMagic begins a stat cache; its number is that of the form of the records.
const cacheMagic = "gembast1"

// The kinds of record.
const (
	stampRecord  = 's'
	folderRecord = 'f'
	endRecord    = 'e'
)

// defaultWindow is how old a change of a file must be, when the file is looked at before it is read, for the file's
// times to tell of every later change: some file systems count in steps of two seconds.
const defaultWindow = 2 * time.Second

// settled reports whether a file, as it was before it was read at the time now, cannot be changed afterwards and
// look the same.
func settled(e *files.Entry, now time.Time, window time.Duration) bool {
	return now.Sub(e.ModTime) > window && now.Sub(e.Change) > window
}

// remembered is a line of a folder record.
type remembered struct {
	name    []byte
	mode    fs.FileMode
	size    int64
	modTime int64 // nanoseconds since 1970
	change  int64
	inode   uint64
	device  uint64
	known   bool // the digest is that of every file that looks like this
	digest  tracker.Digest
}

// summary is what is remembered of a folder as a whole.
type summary struct {
	tree         tracker.Digest
	files, bytes int64
	lacks        bool // something in it or below is missing
}

// same reports whether a thing looks as it did.
func (o *remembered) same(e *files.Entry) bool {
	return o.mode == e.Mode && o.size == e.Size && o.inode == e.Inode && o.device == e.Device &&
		o.modTime == nanoseconds(e.ModTime) && o.change == nanoseconds(e.Change)
}

// nanoseconds is a time as the cache has it. Years beyond 2262 are cut off, the same way each time.
func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func appendRemembered(b []byte, e *files.Entry, i *item) []byte {
	b = binary.AppendUvarint(b, uint64(len(e.Name)))
	b = append(b, e.Name...)
	b = binary.AppendUvarint(b, uint64(e.Mode))
	b = binary.AppendVarint(b, e.Size)
	b = binary.AppendVarint(b, nanoseconds(e.ModTime))
	b = binary.AppendVarint(b, nanoseconds(e.Change))
	b = binary.AppendUvarint(b, e.Inode)
	b = binary.AppendUvarint(b, e.Device)
	if !i.settled {
		return append(b, 0)
	}
	return append(append(b, 1), i.digest[:]...)
}

// next takes the first line off a folder record's rest; ok is false when there is none, or it is damaged.
func (o *remembered) next(b []byte) (rest []byte, ok bool) {
	f := fields{b: b, ok: len(b) > 0}
	o.name = f.bytes(f.unsigned())
	o.mode = fs.FileMode(f.unsigned())
	o.size, o.modTime, o.change = f.signed(), f.signed(), f.signed()
	o.inode, o.device = f.unsigned(), f.unsigned()
	flag := f.bytes(1)
	if o.known = f.ok && flag[0] == 1; o.known {
		copy(o.digest[:], f.bytes(uint64(len(o.digest))))
	}
	return f.b, f.ok
}

func appendSummary(b []byte, s summary) []byte {
	b = append(b, s.tree[:]...)
	b = binary.AppendVarint(b, s.files)
	b = binary.AppendVarint(b, s.bytes)
	return append(b, map[bool]byte{true: 1}[s.lacks])
}

func parseSummary(b []byte) (s summary, ok bool) {
	f := fields{b: b, ok: true}
	copy(s.tree[:], f.bytes(uint64(len(s.tree))))
	s.files, s.bytes = f.signed(), f.signed()
	if flag := f.bytes(1); f.ok {
		s.lacks = flag[0] == 1
	}
	return s, f.ok
}

// fields takes fields off the front of b; ok becomes false when one is not there.
type fields struct {
	b  []byte
	ok bool
}

func (f *fields) bytes(n uint64) []byte {
	if !f.ok || n > uint64(len(f.b)) {
		f.ok = false
		return nil
	}
	v := f.b[:n]
	f.b = f.b[n:]
	return v
}

func (f *fields) unsigned() uint64 {
	v, n := binary.Uvarint(f.b)
	return f.advance(v, n)
}

func (f *fields) signed() int64 {
	v, n := binary.Varint(f.b)
	f.advance(0, n)
	return v
}

func (f *fields) advance(v uint64, n int) uint64 {
	if n <= 0 {
		f.ok = false
		return 0
	}
	f.b = f.b[n:]
	return v
}

// castagnoli sums records: most processors have an instruction for it.
func castagnoli(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// Stamp tells which packs a store had, so that a stat cache knows without a look at every blob that the store
// still has what it had: a blob is in no other place than the pack it was written to, and a pack only grows, unless
// it is removed or replaced. It is for comparing with covers only.
type Stamp map[string]Pack

// Pack is what a stamp knows of a pack: the file's identity and length.
type Pack struct {
	Inode, Device uint64
	Size          int64
}

// covers reports whether a store with this stamp has all that it had when it had the old one.
func (s Stamp) covers(old Stamp) bool {
	for name, was := range old {
		is, ok := s[name]
		if !ok || is.Inode != was.Inode || is.Device != was.Device || is.Size < was.Size || was.Inode == 0 {
			return false
		}
	}
	return true
}

// StampOf returns the stamp of the packs in a folder, which need not exist.
func StampOf(packs string) Stamp {
	s := Stamp{}
	list, _ := files.Read(packs) // a folder that cannot be read has no packs that count
	for _, e := range list {
		if e.Mode.IsRegular() && strings.HasSuffix(e.Name, ".pack") {
			s[e.Name] = Pack{e.Inode, e.Device, e.Size}
		}
	}
	return s
}

func (s Stamp) append(b []byte) []byte {
	for name, p := range s {
		b = append(binary.AppendUvarint(b, uint64(len(name))), name...)
		b = binary.AppendUvarint(binary.AppendUvarint(b, p.Inode), p.Device)
		b = binary.AppendVarint(b, p.Size)
	}
	return b
}

func parseStamp(b []byte) (Stamp, error) {
	s := Stamp{}
	for f := (fields{b, true}); len(f.b) > 0; {
		name := string(f.bytes(f.unsigned()))
		s[name] = Pack{f.unsigned(), f.unsigned(), f.signed()}
		if !f.ok {
			return nil, fmt.Errorf("read stat cache: its stamp is damaged")
		}
	}
	return s, nil
}
