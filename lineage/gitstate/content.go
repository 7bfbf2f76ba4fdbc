package gitstate

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/gemba-ml/gemba/lineage/files"
)

// content is what is known of the bytes of a file in the work tree.
type content struct {
	stamp  stamp
	at     int64 // when it was read, nanoseconds since 1970
	conv   conversion
	blob   plumbing.Hash // git's name of the bytes
	clean  plumbing.Hash // and of what git would make of them
	size   int64
	binary bool
	crlf   bool   // every line ends in \r\n
	sha256 string // of the bytes, or of what the LFS pointer stands for; empty when it was not needed
	lfs    bool   // the bytes are an LFS pointer
	target string // of a link

	kept   bool // the store holds the bytes
	stored kept

	used uint64
}

// memory keeps, from one capture to the next, what is known of files that were read. It may be used from
// several goroutines.
type memory struct {
	mu    sync.Mutex
	known map[string]*content
	round uint64
}

// get returns what is known of a file that has not changed since, or nil.
func (m *memory) get(f *found) *content {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.known[f.path]
	if c == nil || c.stamp != stampOfEntry(&f.file) || !c.stamp.settled(c.at) || c.conv != f.conv {
		return nil
	}
	c.used = m.round
	return c
}

func (m *memory) put(path string, c *content) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.used = m.round
	m.known[path] = c
}

// next begins another round, and forgets what was of no use in the last one.
func (m *memory) next() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for path, c := range m.known {
		if c.used != m.round {
			delete(m.known, path)
		}
	}
	m.round++
}

const (
	// wholeFile is how many bytes a file may have to be read into memory as a whole.
	wholeFile = 16 << 20
	// firstBytes is how many bytes git looks at to tell text from binary.
	firstBytes = 8000
	// tries is how often a file is read that changes meanwhile.
	tries = 3
)

// errChanging says that a file changed each time it was read.
var errChanging = errors.New("it changed while it was read")

// look returns what is known of a file, and its bytes if it had to be read and was small.
func (w *work) look(f *found) (c *content, b []byte, err error) {
	if c := w.memory.get(f); c != nil {
		return c, nil, nil
	}
	if f.file.Mode&fs.ModeSymlink != 0 {
		c, err = w.link(f)
	} else {
		c, b, err = w.readFile(f)
	}
	if err == nil {
		w.memory.put(f.path, c)
	}
	return c, b, err
}

func (w *work) link(f *found) (*content, error) {
	at := time.Now().UnixNano()
	target, err := w.root.Readlink(f.path)
	if err != nil {
		return nil, err
	}
	hash := blobHash([]byte(target))
	return &content{stamp: stampOfEntry(&f.file), at: at, conv: f.conv, blob: hash, clean: hash, size: int64(len(target)), target: target}, nil
}

// readFile reads a file until it does so without a change meanwhile.
func (w *work) readFile(f *found) (c *content, b []byte, err error) {
	for range tries {
		if c, b, err = w.readOnce(f); !errors.Is(err, errChanging) {
			break
		}
	}
	return c, b, err
}

func (w *work) readOnce(f *found) (c *content, b []byte, err error) {
	at := time.Now().UnixNano()
	file, before, err := w.root.Open(f.path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = file.Close() }()
	c = &content{stamp: stampOfEntry(&before), at: at, conv: f.conv, size: before.Size}
	if before.Size <= wholeFile {
		b, err = c.whole(file, before.Size)
	} else {
		err = c.stream(w.goesOn, file)
	}
	if after, statErr := file.Stat(); err == nil && (statErr != nil || stampOfEntry(&after) != c.stamp) {
		err = errChanging
	}
	f.file.Mode, f.file.Size, f.file.ModTime, f.file.Change = before.Mode, before.Size, before.ModTime, before.Change
	return c, b, err
}

// whole reads all bytes of a file into memory.
func (c *content) whole(r io.Reader, size int64) ([]byte, error) {
	b := make([]byte, size+1)
	n, err := io.ReadFull(r, b)
	if err == nil || int64(n) != size {
		return nil, errChanging // longer or shorter than it was
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	b = b[:n]
	c.blob = blobHash(b)
	c.clean, c.binary = c.blob, bytes.IndexByte(b[:min(n, firstBytes)], 0) >= 0
	c.sha256, _, c.lfs = parsePointer(b)
	if !c.conv.none() {
		c.clean, c.crlf = blobHash(c.conv.toGit(b)), onlyCRLF(b)
		if c.conv.filter == "lfs" && !c.lfs {
			c.sha256 = hexSHA256(b)
		}
	}
	return b, nil
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// stream reads a file that is too large for memory. Line ends of such a file are not converted.
func (c *content) stream(stopped func() error, r io.Reader) error {
	blob, sums := sha1.New(), []io.Writer{}
	fmt.Fprintf(blob, "blob %d\x00", c.size)
	sums = append(sums, blob)
	var whole hash.Hash
	if c.conv.filter == "lfs" {
		whole = sha256.New()
		sums = append(sums, whole)
	}
	n, err := io.Copy(io.MultiWriter(sums...), &stoppable{r, stopped, c})
	if err == nil && n != c.size {
		err = errChanging
	}
	blob.Sum(c.blob[:0])
	c.clean = c.blob
	if whole != nil {
		c.sha256 = hex.EncodeToString(whole.Sum(nil))
		c.clean = blobHash(fmt.Appendf(nil, "%soid sha256:%s\nsize %d\n", lfsVersion, c.sha256, c.size))
	}
	return err
}

// goesOn rests when it is time, and says whether the work ended.
func (w *work) goesOn() error {
	w.pacer.rest(w.ctx)
	return w.ctx.Err()
}

// stoppable ends a long read when it is no longer wanted, and looks at what comes first.
type stoppable struct {
	io.Reader
	stopped func() error
	first   *content
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.stopped(); err != nil {
		return 0, err
	}
	n, err := s.Reader.Read(p)
	if s.first != nil {
		s.first.binary = bytes.IndexByte(p[:min(n, firstBytes)], 0) >= 0
		s.first = nil
	}
	return n, err
}

// open opens a file again, to store it.
func (w *work) open(f *found, c *content) (*files.File, error) {
	file, now, err := w.root.Open(f.path)
	if err != nil {
		return nil, err
	}
	if stampOfEntry(&now) != c.stamp {
		_ = file.Close()
		return nil, errChanging
	}
	return file, nil
}
