package journal

import (
	"errors"
	"io"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
)

// evidence is what the files of one journal say, read once from front to back.
type evidence struct {
	first     tracker.Entry // the first entry, nil when there is none that can be read
	lines     tree
	torn      int64
	stored    int64               // leaf hashes in the hashes file
	differs   bool                // some line is not what the hashes file says
	roots     map[int64]tlog.Hash // of the lines, at the sizes asked for
	hashRoots map[int64]tlog.Hash // of the hashes file
}

// visitor is called for each line; the line is nil when it is too long to be an entry.
type visitor func(n int64, leaf tlog.Hash, line []byte)

// gather reads a journal's lines beside their stored hashes. It notes the roots at the given sizes,
// and calls visit for each line.
func (l layout) gather(name string, sizes []int64, visit visitor) (*evidence, error) {
	file, err := l.open(l.lines(name))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	hashes, err := l.openHashes(l.hashes(name))
	if err != nil {
		return nil, err
	}
	defer hashes.close()
	e := &evidence{roots: make(map[int64]tlog.Hash), hashRoots: make(map[int64]tlog.Hash)}
	e.note(sizes, hashes)
	lines := newLineReader(file, Position{})
	for {
		text, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, tracker.ErrEntry) {
			return nil, err
		}
		if lines.n == 1 {
			e.first, _ = tracker.DecodeEntry(text)
		}
		leaf := leafOf(text, err)
		e.add(leaf, hashes)
		e.note(sizes, hashes)
		visit(lines.n, leaf, text)
	}
	e.torn = lines.torn
	for leaf, ok := hashes.next(); ok; leaf, ok = hashes.next() { // of lines that are gone
		hashes.tree.add(leaf)
		e.note(sizes, hashes)
	}
	e.stored = hashes.tree.n
	return e, nil
}

// leafOf returns a line's leaf hash; one that is too long has none that was ever signed.
func leafOf(text []byte, err error) tlog.Hash {
	if err != nil {
		return tlog.Hash{}
	}
	return tlog.RecordHash(text)
}

// add takes a line's leaf and compares it with the stored one, if there is one.
func (e *evidence) add(leaf tlog.Hash, hashes *hashReader) {
	e.lines.add(leaf)
	if stored, ok := hashes.next(); ok {
		hashes.tree.add(stored)
		e.differs = e.differs || stored != leaf
	}
}

// note keeps the roots when the trees have a size that was asked for.
func (e *evidence) note(sizes []int64, hashes *hashReader) {
	for _, size := range sizes {
		if size == e.lines.n {
			e.roots[size] = e.lines.root()
		}
		if size == hashes.tree.n {
			e.hashRoots[size] = hashes.tree.root()
		}
	}
}

// hashReader reads a hashes file.
type hashReader struct {
	file *source
	buf  []byte
	rest []byte
	tree tree
}

// openHashes opens a hashes file; one that is missing has no hashes.
func (l layout) openHashes(path string) (*hashReader, error) {
	file, err := l.open(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &hashReader{file: file, buf: make([]byte, 1024*tlog.HashSize)}, nil
}

func (h *hashReader) close() {
	if h.file != nil {
		_ = h.file.Close() // it was only read
	}
	h.file = nil
}

// next returns the next hash, false at the end. Once it has met the end it stays there, though a
// writer may append.
func (h *hashReader) next() (leaf tlog.Hash, ok bool) {
	if len(h.rest) < tlog.HashSize && h.file != nil {
		n, err := io.ReadFull(h.file, h.buf)
		h.rest = h.buf[:n]
		if err != nil {
			h.close()
		}
	}
	if len(h.rest) < tlog.HashSize {
		return leaf, false
	}
	h.rest = h.rest[copy(leaf[:], h.rest):]
	return leaf, true
}
