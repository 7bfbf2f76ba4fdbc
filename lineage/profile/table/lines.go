package table

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
)

// lines gives the rows of a text format to sinks: one goroutine cuts the file into chunks, each lane takes its
// chunks apart.
func (t *Table) lines(ctx context.Context, lanes int, sink func(lane int) Sink) (*Summary, error) {
	file, err := t.text()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	pool := sync.Pool{New: func() any { return new([]byte) }}
	flight := newFlight(32 * t.block)
	workers := make([]*lane, lanes)
	queues := make([]chan chunk, lanes)
	var running sync.WaitGroup
	for i := range workers {
		workers[i], queues[i] = newLane(&t.Format, sink(i)), make(chan chunk, 1)
		running.Go(func() {
			for c := range queues[i] {
				if ctx.Err() == nil {
					if err := workers[i].read(c); err != nil {
						cancel(err)
					}
				}
				flight.land(c.data, &pool)
			}
		})
	}
	cut := &cutter{file: file, dialect: t.dialect(), config: t.config, line: 1, pool: &pool}
	for n := 0; ctx.Err() == nil && cut.next(); n++ {
		flight.start(len(cut.chunk.data))
		queues[n%lanes] <- cut.chunk
	}
	for _, q := range queues {
		close(q)
	}
	running.Wait()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("read table %s: %w", t.source.Name, context.Cause(ctx))
	}
	return t.summary(workers, cut)
}

// summary joins what the lanes and the cutter found.
func (t *Table) summary(workers []*lane, cut *cutter) (*Summary, error) {
	s := cut.summary
	if cut.err != nil {
		s.Cut = cut.err.Error()
	}
	since := map[string]int64{}
	for _, l := range workers {
		s.Rows += l.summary.Rows
		s.Bad += l.summary.Bad
		s.Findings = append(s.Findings, l.summary.Findings...)
		for i, name := range l.block.Columns {
			if first, ok := since[name]; !ok || l.since[i] < first {
				since[name] = l.since[i]
			}
		}
	}
	slices.SortFunc(s.Findings, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	s.Findings = s.Findings[:min(len(s.Findings), maxFindings)]
	s.Columns = t.Format.Columns
	if t.Name == JSONLines {
		s.Columns = slices.SortedFunc(keys(since), func(a, b string) int {
			return cmp.Or(cmp.Compare(since[a], since[b]), cmp.Compare(position(t.Format.Columns, a), position(t.Format.Columns, b)), cmp.Compare(a, b))
		})
	}
	return &s, nil
}

func keys(m map[string]int64) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func position(names []string, name string) int {
	if i := slices.Index(names, name); i >= 0 {
		return i
	}
	return len(names)
}

// cutter cuts a file into chunks of whole records.
type cutter struct {
	file    io.Reader
	dialect dialect
	config
	pool    *sync.Pool
	chunk   chunk
	rest    []byte // read, and in no chunk yet
	line    int64  // of the first byte of rest
	started bool
	ended   bool
	err     error // why reading ended early
	summary Summary
}

// next makes the next chunk, false when there is none.
func (c *cutter) next() bool {
	for {
		end, open := c.boundary()
		switch {
		case end > 0:
			c.take(end)
			return true
		case c.ended && len(c.rest) == 0:
			return false
		case c.ended && !open:
			c.take(len(c.rest)) // the last line has no line end
			return true
		case open && (c.ended || len(c.rest) >= c.record):
			c.skip("a quote that is not closed")
		case len(c.rest) >= c.record:
			c.skip(fmt.Sprintf("longer than %d bytes", c.record))
		default:
			c.read(max(c.block, len(c.rest)))
		}
	}
}

// boundary returns where a chunk may end: at once when there is enough for one.
func (c *cutter) boundary() (int, bool) {
	if len(c.rest) == 0 {
		if !c.ended {
			c.read(c.block)
		}
		if len(c.rest) == 0 {
			return 0, false
		}
	}
	return c.dialect.safe(c.rest)
}

// read reads about n bytes more.
func (c *cutter) read(n int) {
	if c.ended {
		return
	}
	at := len(c.rest)
	c.rest = slices.Grow(c.rest, n)[:at+n]
	for at < len(c.rest) && !c.ended {
		got, err := c.file.Read(c.rest[at:])
		at += got
		if err != nil {
			c.ended = true
		}
		if err != nil && err != io.EOF { // decoders say io.ErrUnexpectedEOF when a file is cut short
			c.err = err
		}
	}
	c.rest = c.rest[:at]
}

// take makes a chunk of the first bytes of rest.
func (c *cutter) take(end int) {
	buffer := *c.pool.Get().(*[]byte)
	rest := append(buffer[:0], c.rest[end:]...)
	c.chunk = chunk{c.rest[:end], c.line, !c.started}
	c.line += int64(bytes.Count(c.chunk.data, lineFeed))
	c.rest, c.started = rest, true
}

// skip leaves a line out that is no record, however long it is.
func (c *cutter) skip(what string) {
	c.summary.bad(Finding{c.line, what})
	for {
		if n := bytes.IndexByte(c.rest, '\n'); n >= 0 {
			c.rest = append(c.rest[:0], c.rest[n+1:]...)
			c.line++
			return
		}
		c.rest = c.rest[:0]
		c.read(c.block)
		if len(c.rest) == 0 {
			return
		}
	}
}

// flight bounds how many bytes are with the lanes.
type flight struct {
	limit, bytes int
	landed       *sync.Cond
}

func newFlight(limit int) *flight {
	return &flight{limit: limit, landed: sync.NewCond(new(sync.Mutex))}
}

// start waits until there is room for so many bytes, or nothing else.
func (f *flight) start(bytes int) {
	f.landed.L.Lock()
	defer f.landed.L.Unlock()
	for f.bytes > 0 && f.bytes+bytes > f.limit {
		f.landed.Wait()
	}
	f.bytes += bytes
}

// land gives the room of a chunk back, and its memory to the pool if it is not uncommonly large.
func (f *flight) land(data []byte, pool *sync.Pool) {
	if cap(data) <= f.limit/8 {
		pool.Put(&data)
	}
	f.landed.L.Lock()
	f.bytes -= len(data)
	f.landed.L.Unlock()
	f.landed.Signal()
}
