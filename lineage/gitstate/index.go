package gitstate

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// errIndex says that an index file is not what gitformat-index describes.
var errIndex = errors.New("corrupt index")

// Modes of git's entries: what tree and index say of a path.
const (
	modeTree    = 0o040000
	modeFile    = 0o100644
	modeProgram = 0o100755
	modeLink    = 0o120000
	modeModule  = 0o160000
	modeType    = 0o170000
)

// indexEntry is a path in the index. Times are seconds and nanoseconds as git stores them, 32 bits each.
type indexEntry struct {
	path                  string
	changedSec, changedNs uint32
	modSec, modNs         uint32
	inode                 uint32
	mode                  uint32
	size                  uint32
	hash                  plumbing.Hash
	stage                 uint8 // 1 to 3 in a conflict
	assumeUnchanged       bool
	skipWorktree          bool
	intentToAdd           bool
}

// gitIndex is git's index: its entries sorted by path and stage, and the trees that it knows to hold them.
type gitIndex struct {
	entries []indexEntry
	cache   *cacheTree // nil when the index has none
	modSec  int64      // when the file was written
	modNs   int64
	sum     plumbing.Hash // the file's checksum
}

// indexFile is the bytes of an index file while it is parsed.
type indexFile struct {
	data    []byte
	text    string // the same bytes: paths are parts of it
	at      int
	version uint32
	index   *gitIndex
	link    *splitLink
}

// readIndex reads the index in gitDir. One that is not there is empty.
func readIndex(gitDir string) (*gitIndex, error) {
	return readIndexFile(gitDir, "index")
}

func readIndexFile(gitDir, name string) (*gitIndex, error) {
	path := gitDir + string(os.PathSeparator) + name
	before := lstat(path)
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && name == "index" {
		return &gitIndex{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read index: %w", err)
	}
	f := &indexFile{data: data, text: string(data), index: &gitIndex{modSec: before.modified / 1e9, modNs: before.modified % 1e9}}
	if err := f.parse(); err != nil {
		return nil, fmt.Errorf("read index %s: %w", path, err)
	}
	if f.link != nil {
		return f.joined(gitDir)
	}
	return f.index, nil
}

// fault returns an error about the place that is parsed.
func (f *indexFile) fault(what string) error {
	return fmt.Errorf("%w: %s at byte %d", errIndex, what, f.at)
}

func (f *indexFile) parse() error {
	const header, checksum = 12, sha1.Size
	if len(f.data) < header+checksum || !bytes.HasPrefix(f.data, []byte("DIRC")) {
		return fmt.Errorf("%w: it has no signature", errIndex)
	}
	end := len(f.data) - checksum
	copy(f.index.sum[:], f.data[end:])
	if sum := sha1.Sum(f.data[:end]); sum != f.index.sum && !f.index.sum.IsZero() { // zero: index.skipHash
		return fmt.Errorf("%w: its checksum is wrong", errIndex)
	}
	f.data = f.data[:end]
	f.version = binary.BigEndian.Uint32(f.data[4:])
	if f.version < 2 || f.version > 4 {
		return fmt.Errorf("index version %d is not known here: 2, 3 and 4 are", f.version)
	}
	f.at = header
	if err := f.entries(int(binary.BigEndian.Uint32(f.data[8:]))); err != nil {
		return err
	}
	return f.extensions()
}

// entrySize is the length of an entry's part before flags and path.
const entrySize = 60

func (f *indexFile) entries(n int) error {
	if n > len(f.data)/entrySize {
		return f.fault("too many entries")
	}
	f.index.entries = make([]indexEntry, n)
	previous := ""
	for i := range f.index.entries {
		e := &f.index.entries[i]
		if err := f.entry(e, previous); err != nil {
			return err
		}
		previous = e.path
	}
	return nil
}

func (f *indexFile) entry(e *indexEntry, previous string) error {
	start, number := f.at, binary.BigEndian.Uint32
	if f.at+entrySize+4 > len(f.data) {
		return f.fault("entry cut short")
	}
	b := f.data[f.at:]
	e.changedSec, e.changedNs, e.modSec, e.modNs = number(b), number(b[4:]), number(b[8:]), number(b[12:])
	e.inode, e.mode, e.size = number(b[20:]), number(b[24:]), number(b[36:])
	copy(e.hash[:], b[40:])
	flags := binary.BigEndian.Uint16(b[entrySize:])
	e.assumeUnchanged, e.stage = flags&0x8000 != 0, uint8(flags>>12&3)
	f.at += entrySize + 2
	if flags&0x4000 != 0 {
		more := binary.BigEndian.Uint16(f.data[f.at:])
		e.skipWorktree, e.intentToAdd = more&0x4000 != 0, more&0x2000 != 0
		f.at += 2
	}
	return f.path(e, previous, start)
}

// path reads an entry's path: whole and padded with zeros to a multiple of eight bytes, or, in version 4,
// what it shares with the one before left out.
func (f *indexFile) path(e *indexEntry, previous string, start int) error {
	strip := 0
	if f.version == 4 {
		n, err := f.offset()
		if err != nil || n > len(previous) {
			return f.fault("wrong prefix of a path")
		}
		strip = len(previous) - n
	}
	length := strings.IndexByte(f.text[f.at:len(f.data)], 0)
	if length < 0 {
		return f.fault("path without an end")
	}
	e.path = f.text[f.at : f.at+length]
	f.at += length + 1
	if f.version == 4 {
		e.path = previous[:strip] + e.path
	} else {
		f.at = start + (f.at-1-start+8)&^7
	}
	if f.at > len(f.data) {
		return f.fault("entry cut short")
	}
	return nil
}

// offset reads a number in git's offset encoding: seven bits a byte, the first ones highest.
func (f *indexFile) offset() (n int, err error) {
	for i := 0; f.at < len(f.data) && i < 5; i++ {
		c := f.data[f.at]
		f.at++
		if n |= int(c & 0x7f); c&0x80 == 0 {
			return n, nil
		}
		n = (n + 1) << 7
	}
	return 0, f.fault("number without an end")
}
