package blob

import (
	"crypto/sha256"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/gemba-ml/gemba/tracker"
)

const (
	segmentSize = 4 << 20 // bytes that are read at a time
	segments    = 4       // how many are under way for one blob
)

// stream stores one large blob: its caller reads and cuts, a goroutine hashes the whole, and some store the
// chunks. Segments are read into the same few buffers again and again, so memory is bounded.
type stream struct {
	bulk   *Bulk
	free   chan *segment
	whole  chan *segment // in the blob's order
	chunks chan part
	failed atomic.Pointer[error]
	all    []*segment
}

func newStream(b *Bulk) *stream {
	s := &stream{bulk: b, free: make(chan *segment, segments), whole: make(chan *segment, segments)}
	s.chunks = make(chan part, segments*segmentSize/minChunk)
	for range segments {
		seg := b.segments.Get().(*segment)
		seg.home, s.all = s.free, append(s.all, seg)
		s.free <- seg
	}
	return s
}

// close gives the memory back when all work is done.
func (s *stream) close() {
	for _, seg := range s.all {
		s.bulk.segments.Put(seg)
	}
}

// segment is a part of the blob that is being worked on.
type segment struct {
	buf   []byte
	fresh int // where the bytes begin that the segment before did not have
	users atomic.Int32
	home  chan *segment
}

func newSegment() *segment { return &segment{buf: make([]byte, segmentSize)} }

// done says that one user needs the segment no longer.
func (s *segment) done() {
	if s.users.Add(-1) == 0 {
		s.home <- s
	}
}

// part is a chunk in a segment.
type part struct {
	*segment
	bytes []byte
	into  *Chunk
}

// put stores head and all that r reads behind it.
func (s *stream) put(head []byte, r io.Reader) (tracker.Digest, int64, error) {
	hash, work := sha256.New(), new(sync.WaitGroup)
	work.Go(func() {
		for seg := range s.whole {
			_, _ = hash.Write(seg.buf[seg.fresh:]) // a hash never fails
			seg.done()
		}
	})
	for range runtime.GOMAXPROCS(0) {
		work.Go(s.storeChunks)
	}
	list, size, err := s.read(head, r)
	close(s.whole)
	close(s.chunks)
	work.Wait()
	if failed := s.failed.Load(); failed != nil {
		err = *failed
	}
	digest := tracker.Digest(hash.Sum(nil))
	if err == nil {
		err = s.bulk.putRecipe(digest, size, list)
	}
	return digest, size, err
}

// read hands the blob out segment by segment. It returns its chunks, whose digests are there when all work is
// done, and its size.
func (s *stream) read(head []byte, r io.Reader) (list [][]Chunk, size int64, err error) {
	left, fresh, done := head, 0, func() {} // left is what the last segment has behind its chunks
	defer func() { done() }()
	for end := false; !end && s.failed.Load() == nil; {
		seg := <-s.free
		n := copy(seg.buf[:segmentSize], left)
		done()
		done = seg.done
		m, err := fill(seg.buf[n:segmentSize], r)
		if end = err == io.EOF; err != nil && !end {
			return nil, 0, fmt.Errorf("read blob: %w", err)
		}
		seg.buf, seg.fresh = seg.buf[:n+m], fresh
		size += int64(n + m - fresh)
		var chunks []Chunk
		chunks, left = s.hand(seg, cut(seg.buf, end))
		list, fresh = append(list, chunks), len(left)
	}
	return list, size, nil
}

// hand gives a segment and its chunks out. It returns the chunks and the bytes behind them; the segment
// has one more user, the caller.
func (s *stream) hand(seg *segment, lengths []int) (chunks []Chunk, left []byte) {
	chunks, left = make([]Chunk, len(lengths)), seg.buf
	seg.users.Store(int32(len(lengths)) + 2)
	s.whole <- seg
	for i, n := range lengths {
		chunks[i].Size = int64(n)
		s.chunks <- part{seg, left[:n], &chunks[i]}
		left = left[n:]
	}
	return chunks, left
}

func (s *stream) storeChunks() {
	room := make([]byte, 0, maxChunk)
	for p := range s.chunks {
		if s.failed.Load() == nil {
			var err error
			if p.into.Digest, err = s.bulk.putChunk(p.bytes, s.idle(), room); err != nil {
				s.failed.CompareAndSwap(nil, &err)
			}
		}
		p.done()
	}
}

// idle reports whether all wait for the reader: no other segment is under way.
func (s *stream) idle() bool { return len(s.free) >= segments-2 }

// fill reads until b is full or r ends, as io.ReadFull, but keeps the end of r, io.EOF, apart from a reader that
// fails with io.ErrUnexpectedEOF, as one of a broken connection does.
func fill(b []byte, r io.Reader) (n int, err error) {
	for n < len(b) && err == nil {
		var m int
		m, err = r.Read(b[n:])
		n += m
	}
	if n == len(b) {
		err = nil
	}
	return n, err
}
